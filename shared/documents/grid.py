"""What the grid of folders shows: settings, the text that really announces a document, and the last changes."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased

from shared.documents.finding import openers
from shared.documents.models import Document, Folder, FolderChange, LinkTarget
from shared.extensions import db
from shared.notifications.models import Rule, Template
from shared.people.models import Family, Staff

CHANGES_SHOWN = 5
NEEDS = {LinkTarget.QUOTES: "quote", LinkTarget.STATEMENT: "invoice", LinkTarget.PAYSLIPS: "payslip"}


class Row(NamedTuple):
    """One folder; `template` announces its documents, `openers` parties can open it on the portal."""

    folder: Folder
    documents: int
    openers: int
    template_id: uuid.UUID | None


class Change(NamedTuple):
    """One change of the grid: `cells` of them, by whom, and whether it was undone."""

    change: FolderChange
    who: str


def rows_of(families: Sequence[Family]) -> list[Row]:
    """The folders of these families, in the order of the families and their own; one query."""
    held = select(func.count()).select_from(Document).where(Document.folder_id == Folder.id).correlate(Folder)
    query = (
        select(Folder, held.scalar_subquery(), openers(), _template())
        .join(Family, Family.id == Folder.family_id)
        .where(Folder.family_id.in_([family.id for family in families]))
        .order_by(Family.position, Folder.position, Folder.path_folded)
    )
    return [Row._make(row) for row in db.session.execute(query)]


def last_changes(folder_ids: Sequence[uuid.UUID]) -> list[Change]:
    """The last changes that touched one of these folders, the newest first."""
    touched = or_(*(FolderChange.cells.contains([{"folder_id": str(folder_id)}]) for folder_id in folder_ids))
    query = (
        select(FolderChange, func.coalesce(Staff.name, "Guichet"))
        .outerjoin(Staff, FolderChange.by == func.concat("staff:", Staff.id))
        .where(touched)
        .order_by(FolderChange.at.desc(), FolderChange.id.desc())
        .limit(CHANGES_SHOWN)
    )
    return [Change._make(row) for row in db.session.execute(query)] if folder_ids else []


def targets_of(rows: Sequence[Row]) -> list[LinkTarget]:
    """The targets that mean something in a family: « bulletins » only where payslips are filed, and so on."""
    classes = {row.folder.document_class for row in rows}
    used = {row.folder.link_target for row in rows}
    return [each for each in LinkTarget if each in used or each not in NEEDS or NEEDS[each] in classes]


def _template() -> Any:
    """As `outbox` chooses it: the folder's own, else the rule's in the variant of the folder's target."""
    usual, fitting = aliased(Template), aliased(Template)
    chosen = (
        select(fitting.id)
        .join(usual, or_(fitting.id == usual.id, fitting.key == usual.key + "." + Folder.link_target))
        .join(Rule, Rule.template_id == usual.id)
        .where(Rule.event == "document.published", Rule.deleted_at.is_(None), fitting.deleted_at.is_(None))
        .order_by(fitting.key.desc())
        .limit(1)
        .correlate(Folder)
        .scalar_subquery()
    )
    return case((Folder.template_id.is_not(None), Folder.template_id), else_=chosen)
