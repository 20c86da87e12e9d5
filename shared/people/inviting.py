"""Inviting somebody to the back office: a link by mail, by which they choose a password."""

import uuid

from flask_babel import gettext as _

from shared.catalogues import SOURCE, languages
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.granting import grant
from shared.people.models import Role, Staff
from shared.people.staffing import newcomer


def invite(
    *,
    email: str,
    name: str,
    role: Role,
    by: str,
    locale: str = "fr",
    family_id: uuid.UUID | None = None,
    folder_id: uuid.UUID | None = None,
    activity_id: uuid.UUID | None = None,
) -> Staff:
    """A member of staff with one habilitation and no password yet; the invitation leaves. Raises Refused."""
    address, name = newcomer(email, name)
    staff = Staff(id=uuid7(), email=address, name=name, locale=locale if locale in languages() else SOURCE)
    db.session.add(staff)
    db.session.flush()
    record("staff.created", by=by, facts={"role": role.key, "staff": str(staff.id)})
    grant(staff=staff, role=role, by=by, family_id=family_id, folder_id=folder_id, activity_id=activity_id)
    invite_again(staff=staff, by=by)
    return staff


def invite_again(*, staff: Staff, by: str) -> None:
    """Another link, which ends the former one; for whoever has a password, the way to another. Raises Refused."""
    if staff.disabled_at is not None:
        raise Refused(_("%(name)s est désactivé : réactivez d’abord son compte.", name=staff.name))
    record("staff.invited", by=by, facts={"staff": str(staff.id), "name": staff.name})
