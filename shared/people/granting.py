"""Habilitations: who of the staff holds which role, and on what part of the company."""

import uuid
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select

from shared.documents.models import Folder
from shared.errors import Refused
from shared.events.actors import staff_actor
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.administrators import keep_one
from shared.people.models import Activity, Family, Grant, Role, Staff


def grant(
    *,
    staff: Staff,
    role: Role,
    by: str,
    family_id: uuid.UUID | None = None,
    folder_id: uuid.UUID | None = None,
    activity_id: uuid.UUID | None = None,
) -> Grant:
    """Give `role` to `staff` within a scope; empty is all, but for the folders that must be named. Raises Refused.

    The journal says it, and whether people gave it to themselves.
    """
    if role.deleted_at is not None:
        raise Refused(_("Ce rôle vient d’être supprimé : choisissez-en un autre."), field="role")
    family, folder, activity = _named(Family, family_id), _named(Folder, folder_id), _named(Activity, activity_id)
    if folder is not None and family is not None and folder.family_id != family.id:
        raise Refused(
            _("« %(folder)s » n’est pas un répertoire de cette famille.", folder=folder.label), field="folder"
        )
    family = folder.family if folder is not None else family
    scope = {"family_id": family and family.id, "folder_id": folder_id, "activity_id": activity_id}
    told_by = set(scope) - {"family_id"} if folder else set(scope)  # older grants of a folder name no family
    same = (getattr(Grant, name).is_not_distinct_from(scope[name]) for name in told_by)
    if db.session.scalar(select(exists().where(Grant.staff_id == staff.id, Grant.role_id == role.id, *same))):
        raise Refused(_("%(name)s a déjà cette habilitation.", name=staff.name), field="role")
    made = Grant(id=uuid7(), staff_id=staff.id, role=role, **scope)
    staff.grants.append(made)
    db.session.flush()
    record("staff.granted", by=by, facts=_facts(staff, role, by, family, folder, activity))
    return made


def remove(*, grant: Grant, by: str) -> None:
    """Take an habilitation back, at once. Raises Refused for the last administrator's."""
    staff, role = grant.staff, grant.role
    keep_one(without_grant=grant.id)
    named = _named(Family, grant.family_id), _named(Folder, grant.folder_id), _named(Activity, grant.activity_id)
    record("staff.grant_removed", by=by, facts=_facts(staff, role, by, *named))
    staff.grants.remove(grant)
    db.session.flush()


def _named(kind: type[Any], identity: uuid.UUID | None) -> Any:
    if identity is None:
        return None
    found = db.session.get(kind, identity)
    if found is None:
        raise Refused(_("Ce choix n’existe plus : rechargez la page."))
    return found


def _facts(
    staff: Staff, role: Role, by: str, family: Family | None, folder: Folder | None, activity: Activity | None
) -> dict[str, Any]:
    facts: dict[str, Any] = {"staff": str(staff.id), "name": staff.name, "role": role.label}
    facts |= {"family": family.label} if family else {}
    facts |= {"folder": folder.label, "folder_id": str(folder.id)} if folder else {}
    facts |= {"activity": activity.name} if activity else {}
    return facts | ({"oneself": True} if by == staff_actor(staff) else {})
