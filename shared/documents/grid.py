"""What the grid of folders shows: settings, the text that really announces a document, and the last changes."""

import uuid
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import exists, func, literal, or_, select

from shared.documents.effective import Settings, excepted, settings_of
from shared.documents.models import Document, Folder, FolderChange, FolderException, LinkTarget
from shared.documents.shelving import openers
from shared.extensions import db
from shared.keyset import Order, Page, by_date, read_page
from shared.notifications import choosing
from shared.notifications.models import Template
from shared.people.models import Family, Party, Staff
from shared.retention.models import RetentionRule

Key = TypeVar("Key", bound=Hashable)
CHANGES_SHOWN = 5
NEEDS = {LinkTarget.QUOTES: "quote", LinkTarget.STATEMENT: "invoice", LinkTarget.PAYSLIPS: "payslip"}


class Row(NamedTuple):
    """One folder; `openers` parties can open it on the portal."""

    folder: Folder
    is_empty: bool
    openers: int


class PartyRow(NamedTuple):
    """One folder as it is for one party, and what of it is the party's own."""

    folder: Folder
    settings: Settings
    exception: FolderException | None
    documents: int


class Change(NamedTuple):
    """One change of the grid: `cells` of them, by whom, and whether it was undone."""

    change: FolderChange
    who: str


def rows_of(families: Sequence[Family]) -> list[Row]:
    """The folders of these families, in the order of the families and their own; one query."""
    is_empty = ~exists().where(Document.folder_id == Folder.id).correlate(Folder)
    query = (
        select(Folder, is_empty, openers())
        .join(Family, Family.id == Folder.family_id)
        .where(Folder.family_id.in_([family.id for family in families]))
        .order_by(Family.position, Folder.position, Folder.path_folded)
    )
    return [Row._make(row) for row in db.session.execute(query)]


def held(folder_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Folder → how many documents are filed in it; none for an empty one."""
    count = select(Document.folder_id, func.count()).where(Document.folder_id.in_(folder_ids))
    return {row[0]: row[1] for row in db.session.execute(count.group_by(Document.folder_id))} if folder_ids else {}


def last_changes(folder_ids: Sequence[uuid.UUID], *, after: str = "", before: str = "") -> tuple[list[Change], Page]:
    """A page of the changes that touched one of these folders, the newest first."""
    if not folder_ids:
        return [], Page([])
    touched = or_(*(FolderChange.cells.contains([{"folder_id": str(folder_id)}]) for folder_id in folder_ids))
    query = (
        select(FolderChange, func.coalesce(Staff.name, "Guichet").label("who"))
        .outerjoin(Staff, FolderChange.by == func.concat("staff:", Staff.id))
        .where(touched)
    )
    order = Order(FolderChange.at.expression, by_date, True)
    found = read_page(query, order, FolderChange.id.expression, after=after, before=before, size=CHANGES_SHOWN)
    return [Change(row.FolderChange, row.who) for row in found.rows], found


def targets_of(folders: Sequence[Folder]) -> list[LinkTarget]:
    """The targets that mean something in a family: « bulletins » only where payslips are filed, and so on."""
    classes = {folder.document_class for folder in folders}
    used = {folder.link_target for folder in folders}
    return [each for each in LinkTarget if each in used or each not in NEEDS or NEEDS[each] in classes]


def texts_and_terms() -> tuple[list[Template], dict[str, int]]:
    """The texts that a folder may name, those about a document that stand; retention class → months; one query."""
    terms = select(func.jsonb_object_agg(RetentionRule.key, RetentionRule.months)).scalar_subquery()
    query = select(Template, terms.label("terms")).where(Template.context == "document", Template.deleted_at.is_(None))
    rows = db.session.execute(query.order_by(Template.label, Template.id)).all()
    return [row[0] for row in rows], (rows[0].terms or {}) if rows else {}


def texts_used(settings: Mapping[Key, Folder | Settings]) -> dict[Key, Template]:
    """Which text really announces a document under each of these settings: chosen as by the engine; one query."""
    named = [each.template_id for each in settings.values()]
    _rule, texts = choosing.announcing("document.published", "folder_slot", named)
    if texts is None:
        return {}
    found = {key: texts.pick(each.template_id, each.link_target.value) for key, each in settings.items()}
    return {key: text for key, text in found.items() if text is not None}


def party_rows(party: Party) -> list[PartyRow]:
    """The folders of the party's family as they hold for it; one query."""
    mine = (Document.folder_id == Folder.id, Document.party_id == party.id)
    filed = select(func.count()).select_from(Document).where(*mine).correlate(Folder)
    query = (
        select(Folder, FolderException, filed.scalar_subquery())
        .outerjoin(FolderException, excepted(literal(party.id)))
        .where(Folder.family_id == party.family_id)
        .order_by(Folder.position, Folder.path_folded)
    )
    rows = db.session.execute(query).all()
    return [PartyRow(folder, settings_of(folder, own), own, count) for folder, own, count in rows]
