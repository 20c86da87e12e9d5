"""What the API tells of parties, records and documents, a page at a time; never what staff note among themselves.

Folders that need a grant (payslips, medical) are read by no token: nobody can grant one to a program.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload

from shared.documents.models import Document, Folder, Publication, Version
from shared.extensions import db
from shared.folding import fold
from shared.keyset import Order, Page, by_date, read_page
from shared.people.changing import FIELDS
from shared.people.models import Family, Party
from shared.records.models import Record, RecordDocument

COLUMNS = (
    "number",
    "external_id",
    "status",
    "state_code",
    "title",
    "memo",
    "issued_on",
    "due_on",
    "valid_until",
    "accepted_on",
    "appointment_at",
    "appointment_ends_at",
    "appointment_place",
    "appointment_answer",
    "appointment_note",
    "amount",
    "net_amount",
    "paid",
    "deposit",
    "currency",
    "is_credit_note",
    "disputed_at",
    "refusal_reason",
    "platform",
    "platform_status",
    "transmitted_at",
    "revision",
    "created_at",
    "moved_at",
)


def record_told(record: Record, documents: Sequence[uuid.UUID] | None = None) -> dict[str, Any]:
    """A record as JSON: amounts with a dot, instants in UTC."""
    held = [row.document_id for row in record.documents] if documents is None else documents
    return {
        "id": str(record.id),
        "kind": record.kind,
        "party": {"family": record.party.family.key, "code": record.party.code},
        **{name: plain(getattr(record, name)) for name in COLUMNS},
        "documents": sorted(str(each) for each in held),
    }


def party_told(party: Party) -> dict[str, Any]:
    """A party with its four addresses."""
    cells = {cell.slot.value: cell.address for cell in party.cells}
    return {
        "id": str(party.id),
        "family": party.family.key,
        **{name: plain(getattr(party, name)) for name in FIELDS},
        "emails": {slot: cells.get(slot, "") for slot in ("card", "quote", "billing", "reminder")},
        "closed": party.closed_at is not None,
    }


def records(kind: str, *, after: str, size: int, party: str = "", status: str = "") -> tuple[list[dict[str, Any]], str]:
    """Records of a kind in the order of their creation, and the cursor of the next page, empty at the end."""
    beside = (selectinload(Record.documents), contains_eager(Record.party))
    query = select(Record).join(Record.party).where(Record.kind == kind).options(*beside)
    if party:
        query = query.where(Party.code_folded == fold(party))
    if status:
        query = query.where(Record.status == status)
    page = read_page(query, Order(Record.created_at.expression, by_date), Record.id.expression, after=after, size=size)
    return [record_told(row.Record) for row in page.rows], page.after or ""


def parties(family: Family, *, after: str, size: int) -> tuple[list[dict[str, Any]], str]:
    """Parties of a family in the order of their codes."""
    query = select(Party).where(Party.family_id == family.id).options(selectinload(Party.cells))
    page = read_page(query, Order(Party.code_sort.expression), Party.id.expression, after=after, size=size)
    return [party_told(row.Party) for row in page.rows], page.after or ""


def documents(*, after: str, size: int, party: str = "") -> tuple[list[dict[str, Any]], str]:
    """Documents in the order in which they were filed."""
    query = _documents()
    if party:
        query = query.where(Party.code_folded == fold(party))
    order = Order(Document.filed_at.expression, by_date)
    page: Page = read_page(query, order, Document.id.expression, after=after, size=size)
    records = _records_of([row.Document.id for row in page.rows])
    return [document_told(row, records.get(row.Document.id, [])) for row in page.rows], page.after or ""


def document(ident: uuid.UUID) -> dict[str, Any] | None:
    """One document."""
    row = db.session.execute(_documents().where(Document.id == ident)).first()
    return document_told(row, _records_of([ident]).get(ident, [])) if row is not None else None


def document_told(row: Any, records: list[dict[str, str]]) -> dict[str, Any]:
    """Its metadata, without a word of its content."""
    found: Document = row.Document
    names = ("title", "number", "issued_on", "due_on", "amount", "currency", "is_credit_note", "source", "filed_at")
    return {
        "id": str(found.id),
        "party": {"family": row.family, "code": row.code},
        "folder": row.path,
        "document_class": row.document_class,
        **{name: plain(getattr(found, name)) for name in names},
        "sha256": row.sha256,
        "size": row.size,
        "mime": row.mime,
        "on_portal_since": plain(row.live_at),
        "records": records,
    }


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def _documents() -> Select[*tuple[Any, ...]]:
    live = (Publication.document_id == Document.id) & Publication.withdrawn_at.is_(None)
    columns = (Folder.path, Folder.document_class, Party.code, Family.key.label("family"), Publication.live_at)
    return (
        select(Document, *columns, Version.sha256, Version.size, Version.mime)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Party, Party.id == Document.party_id)
        .join(Family, Family.id == Party.family_id)
        .join(Version, (Version.document_id == Document.id) & (Version.number == 1))
        .outerjoin(Publication, live)
        .where(Folder.needs_grant.is_(False))
    )


def _records_of(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, str]]]:
    query = select(RecordDocument.document_id, Record.kind, Record.number).join(
        Record, Record.id == RecordDocument.record_id
    )
    found: dict[uuid.UUID, list[dict[str, str]]] = {}
    for ident, kind, number in db.session.execute(query.where(RecordDocument.document_id.in_(ids))):
        found.setdefault(ident, []).append({"kind": kind, "number": number})
    return found
