"""The staff as their screen shows them: habilitations in words, in a bounded number of queries."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from shared.documents.models import Folder
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Activity, Family, Grant, Role, Staff


@dataclass(frozen=True)
class Places:
    """What a grant may be limited to, by id."""

    families: dict[uuid.UUID, Family]
    folders: dict[uuid.UUID, Folder]
    activities: dict[uuid.UUID, Activity]

    def words(self, grant: Grant) -> str:
        """« partout », « Clients », « Bulletin de salaire (Salariés) »."""
        parts = []
        if grant.folder_id in self.folders:
            folder = self.folders[grant.folder_id]
            parts.append(f"{folder.label} ({folder.family.label})")
        elif grant.family_id in self.families:
            parts.append(self.families[grant.family_id].label)
        if grant.activity_id in self.activities:
            parts.append(self.activities[grant.activity_id].name)
        return ", ".join(parts) or _("partout")


def all_staff() -> Sequence[Staff]:
    """Everybody with their grants and roles, those who may come in first, then by name."""
    found = db.session.scalars(select(Staff).options(selectinload(Staff.grants).joinedload(Grant.role))).all()
    return sorted(found, key=lambda one: (one.disabled_at is not None, fold(one.name), one.id))


def one_staff(staff_id: uuid.UUID) -> Staff | None:
    """One of them, with grants and roles."""
    query = select(Staff).where(Staff.id == staff_id).options(joinedload(Staff.grants).joinedload(Grant.role))
    return db.session.scalars(query).unique().one_or_none()


def places() -> Places:
    """Families, folders and activities, in three queries."""
    families = db.session.scalars(select(Family).order_by(Family.position)).all()
    folders = db.session.scalars(select(Folder).order_by(Folder.family_id, Folder.position, Folder.path)).all()
    activities = db.session.scalars(select(Activity).order_by(Activity.position)).all()
    return Places(
        {each.id: each for each in families},
        {each.id: each for each in folders},
        {each.id: each for each in activities},
    )


def roles() -> Sequence[Role]:
    """Those that may be given, in their order."""
    return db.session.scalars(select(Role).where(Role.deleted_at.is_(None)).order_by(Role.position, Role.label)).all()


def holders() -> dict[uuid.UUID, int]:
    """Role → how many people have it."""
    query = select(Grant.role_id, func.count(Grant.staff_id.distinct())).group_by(Grant.role_id)
    return {row[0]: row[1] for row in db.session.execute(query)}
