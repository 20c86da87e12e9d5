"""Roles as data: what each may do, and whether it asks for a second factor."""

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import delete, exists, func, select

from shared.clock import now
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.marking import mark_of
from shared.people.models import Grant, Role
from shared.people.roles import ADMINISTRATOR, ALWAYS, ROLES

LONGEST = 60


def create_role(*, label: str, permissions: Iterable[str], second_factor: bool, by: str) -> Role:
    """A role of one's own. Raises Refused for a name that is empty or taken."""
    label = _checked(label, None)
    position = (db.session.scalar(select(func.max(Role.position))) or 0) + 1
    identity = uuid7()
    role = Role(
        id=identity,
        key=f"own-{identity}",
        label=label,
        permissions=_kept(permissions),
        second_factor=second_factor,
        position=position,
    )
    db.session.add(role)
    db.session.flush()
    record("role.created", by=by, facts={"role": label, "permissions": role.permissions})
    return role


def change_role(*, role: Role, label: str, permissions: Iterable[str], second_factor: bool, seen: str, by: str) -> None:
    """What the role is called and may do, from the next request of whoever holds it. Raises Refused.

    The administrator's keeps every permission and its second factor. Stale when somebody else changed it since
    `seen`, the mark of `standing`.
    """
    db.session.flush()
    db.session.refresh(role, with_for_update={"of": Role})
    before = standing(role)
    if seen != mark_of(before):
        raise Stale(_("Quelqu’un a enregistré ce rôle pendant que vous le modifiiez. Rien n’a été écrasé."))
    role.label = _checked(label, role)
    if role.key != ADMINISTRATOR:
        role.permissions, role.second_factor = _kept(permissions), second_factor
    after = standing(role)
    if after != before:
        db.session.flush()
        record("role.changed", by=by, facts={"role": role.label, "before": before, "after": after})


def delete_role(*, role: Role, by: str) -> None:
    """Drop a role that nobody holds; a shipped one leaves a tombstone. Raises Refused."""
    if role.key == ADMINISTRATOR:
        raise Refused(_("Le rôle d’administrateur ne se supprime pas."))
    if db.session.scalar(select(exists().where(Grant.role_id == role.id))):
        raise Refused(_("« %(role)s » sert encore : retirez-le d’abord des gestionnaires qui l’ont.", role=role.label))
    record("role.deleted", by=by, facts={"role": role.label})
    if role.key in ROLES:
        role.deleted_at = now()
    else:
        db.session.execute(delete(Role).where(Role.id == role.id))


def _checked(label: str, role: Role | None) -> str:
    label = " ".join(label.split())
    if not label or len(label) > LONGEST:
        raise Refused(_("Donnez au rôle un nom, de %(most)s caractères au plus.", most=LONGEST), field="label")
    query = select(Role).where(Role.deleted_at.is_(None))
    if any(fold(other.label) == fold(label) and other is not role for other in db.session.scalars(query)):
        raise Refused(_("Un rôle porte déjà ce nom."), field="label")
    return label


def _kept(permissions: Iterable[str]) -> list[str]:
    """Those that exist, each once; one's own account and the home page come with every role."""
    known = ROLES[ADMINISTRATOR][1]
    chosen = {*permissions, *ALWAYS}
    return [permission for permission in known if permission in chosen]


def standing(role: Role) -> dict[str, object]:
    """What the role is called and may do, as it stands."""
    return {"label": role.label, "permissions": list(role.permissions), "second_factor": role.second_factor}
