"""People of the back office and their roles."""

import uuid

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import exists, func, select

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import Grant, Role, Staff
from shared.people.roles import ADMINISTRATOR, ROLES, SECOND_FACTOR


def ship_roles() -> int:
    """Add the shipped roles that are missing; returns how many. Those that stand are left as they are.

    But the administrator's: it holds everything that this release knows, and asks for a second factor.
    """
    known = {role.key: role for role in db.session.scalars(select(Role))}
    if ADMINISTRATOR in known:
        known[ADMINISTRATOR].permissions = list(ROLES[ADMINISTRATOR][1])
        known[ADMINISTRATOR].second_factor = True
    missing = [
        Role(
            key=key,
            label=label,
            permissions=list(permissions),
            position=position,
            second_factor=key in SECOND_FACTOR,
        )
        for position, (key, (label, permissions)) in enumerate(ROLES.items())
        if key not in known
    ]
    db.session.add_all(missing)
    db.session.flush()
    return len(missing)


def create_staff(
    *,
    email: str,
    name: str,
    password_hash: str | None,
    role: str,
    by: str,
    family_id: uuid.UUID | None = None,
    folder_id: uuid.UUID | None = None,
) -> Staff:
    """A member of staff with one role, everywhere or in one family or folder. Raises Refused, KeyError for the role."""
    address, name = newcomer(email, name)
    found = db.session.scalars(select(Role).where(Role.key == role, Role.deleted_at.is_(None))).one_or_none()
    if found is None:
        raise KeyError(role)
    staff = Staff(id=uuid7(), email=address, name=name, password_hash=password_hash)
    staff.grants = [Grant(role=found, family_id=family_id, folder_id=folder_id)]
    db.session.add(staff)
    db.session.flush()
    record("staff.created", by=by, facts={"role": role, "staff": str(staff.id)})
    return staff


def newcomer(email: str, name: str) -> tuple[str, str]:
    """The address and the name of somebody who is not there yet; raises Refused."""
    address, name = _checked_email(email), name.strip()
    if not name:
        raise Refused(_("Écrivez le nom de la personne."), field="name")
    if db.session.scalar(select(exists().where(Staff.email == address))):
        raise Refused(_("Un gestionnaire a déjà cette adresse."), field="email")
    return address, name


def _checked_email(email: str) -> str:
    """The address in lower case; raises Refused when nobody could be reached there."""
    try:
        found = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Refused(_("Cette adresse e-mail n’a pas la forme attendue."), field="email") from error
    return found.normalized.lower()


def is_first_start() -> bool:
    """Nobody can sign in yet."""
    return not db.session.scalar(select(exists(select(Staff.id))))


def hold_first_start() -> bool:
    """The same, holding off any other first administrator until the end of the transaction."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("guichet.first-start", 0))))
    return is_first_start()


def staff_named(email: str) -> Staff | None:
    """Who signs in with this address, whatever its case and spaces."""
    return db.session.scalars(select(Staff).where(Staff.email == "".join(email.split()).lower())).one_or_none()


def seen(staff: Staff) -> None:
    """They have just signed in."""
    staff.last_login_at = now()
