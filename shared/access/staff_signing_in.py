"""Signing in at the back office, and one's own password there."""

import hmac
import uuid
from dataclasses import dataclass

from flask_babel import gettext as _

from shared.access import passwords
from shared.access.choosing import words_of_staff
from shared.access.ending import end_staff_sessions
from shared.access.throttling import Ticket, forgive, succeeded, take
from shared.config import config
from shared.errors import Refused
from shared.events.actors import ANONYMOUS, COMMAND, staff_actor
from shared.events.recording import record
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Staff
from shared.people.roles import ADMINISTRATOR
from shared.people.staffing import create_staff, hold_first_start, is_first_start, seen, ship_roles, staff_named
from shared.settings.reading import company

LOGIN, SETUP = "staff.login", "staff.setup"


@dataclass(frozen=True)
class AskedStaff:
    """A counted try."""

    email: str
    subject: str
    ticket: Ticket


def ask_staff(*, email: str, address: str, device: str | None, known: frozenset[uuid.UUID]) -> AskedStaff:
    """Count one try before it is made; to be committed at once. Raises TooMany."""
    found = staff_named(email)
    subject = f"staff:{found.id}" if found else f"nobody:{fold(email).replace(' ', '')}"
    trusted = [subject] if found is not None and found.id in known else []
    return AskedStaff(email, subject, take(LOGIN, [subject], address=address, device=device, known=trusted))


def answer_staff(*, asked: AskedStaff, password: str) -> Staff | None:
    """The member of staff whom the password proves, or None for every other case, at the same cost.

    Nobody is in yet: a second factor may have to follow, then `came_in`.
    """
    found = staff_named(asked.email)
    proved = passwords.verify(found.password_hash if found else None, password)
    if found is None or not proved or found.disabled_at is not None or asked.subject not in asked.ticket.allowed:
        return None
    succeeded(asked.ticket)
    return found


def came_in(*, staff: Staff, device: str, factor: str = "") -> None:
    """They are in, by the password and by `factor` where they have one."""
    seen(staff)
    record("staff.signed_in", by=staff_actor(staff), facts={"device": device} | ({"factor": factor} if factor else {}))


def change_staff_password(*, staff: Staff, old: str, new: str, keep: uuid.UUID | None) -> int:
    """Change one's own password, knowing the present one; how many other sessions it closed. Raises Refused."""
    if not passwords.verify(staff.password_hash, old):
        raise Refused(_("Le mot de passe actuel n’est pas celui-ci. Rien n’a été changé."), field="old")
    if passwords.verify(staff.password_hash, new):
        raise Refused(_("C’est déjà votre mot de passe : choisissez-en un autre."), field="password")
    return set_staff_password(staff=staff, new=new, by=staff_actor(staff), keep=keep)


def set_staff_password(*, staff: Staff, new: str, by: str, keep: uuid.UUID | None = None) -> int:
    """Make `new` the password, once checked; every other session ends. Raises Refused."""
    passwords.check_new(new, words_of_staff(staff))
    staff.password_hash = passwords.hash_password(new)
    forgive(LOGIN, [f"staff:{staff.id}"])
    ended = end_staff_sessions(staff_id=staff.id, keep=keep)
    record("staff.password_changed", by=by, facts={"staff": str(staff.id)})
    return ended


def setup_code() -> str:
    """What proves, on the very first page, that one can read this machine's terminal; stored nowhere."""
    figures = config().derive(b"first-start")
    code = "".join(passwords.ALPHABET[byte % len(passwords.ALPHABET)] for byte in figures[:12])
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def ask_setup(*, address: str) -> Ticket:
    """Count one try at the setup code; to be committed at once. Raises TooMany."""
    return take(SETUP, ["first-start"], address=address)


def first_administrator(*, ticket: Ticket, code: str, email: str, name: str, password: str) -> Staff:
    """The first administrator, from the page: only while there is no staff, and with the setup code. Raises Refused."""
    if not ticket.allowed or not hmac.compare_digest(fold(code).replace(" ", "").encode(), setup_code().encode()):
        raise Refused(_("Ce n’est pas le code affiché dans le terminal. Rien n’a été créé."), field="code")
    succeeded(ticket)
    return _administrator(email, name, password, ANONYMOUS)


def administrator_of_environment() -> Staff | None:
    """The administrator that the environment names, made while there is no staff; None when nothing is to do."""
    wanted = config()
    if not wanted.admin_email or not wanted.admin_password or not is_first_start():
        return None
    return _administrator(wanted.admin_email, wanted.admin_name or wanted.admin_email, wanted.admin_password, COMMAND)


def _administrator(email: str, name: str, password: str, by: str) -> Staff:
    if not hold_first_start():
        raise Refused(_("Un administrateur existe déjà : connectez-vous."))
    ship_roles()
    passwords.check_new(password, [email, name, company().name])
    staff = create_staff(
        email=email, name=name, password_hash=passwords.hash_password(password), role=ADMINISTRATOR, by=by
    )
    db.session.flush()
    return staff
