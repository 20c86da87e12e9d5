"""Deleting one document for good: what refers to it goes first, a certificate with its hashes stays.

The bytes follow by the daily round of the storage, once nothing points to them any more.
"""

import uuid
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Table, delete, select, update
from sqlalchemy.schema import Column, ForeignKey

from shared.clock import now
from shared.documents.models import Document, Version
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import Model, db
from shared.retention.models import DeletionCertificate, PurgeLine, RetentionRule
from shared.retention.terms import is_held

TERM, ERASURE = "term", "erasure"


def destroy(*, document: Document, because: str, term_on: date | None, by: str) -> DeletionCertificate:
    """Delete the document, its versions and what is about them; the caller has checked that it may go.

    Raises Refused for what is held. The database refuses too, and a payslip before its end date (IntegrityError).
    """
    if db.session.scalar(select(is_held()).where(Document.id == document.id)):
        raise Refused(_("Ce document est gelé : il ne peut pas être supprimé."))
    certificate = _certificate(document, because, term_on, by)
    document_id, party_id = document.id, document.party_id
    db.session.flush()
    remove(Document.__table__, Document.__table__.c.id == document_id)  # type: ignore[arg-type]
    _forget(document_id)
    db.session.add(certificate)
    db.session.flush()
    facts = {"certificate": str(certificate.id), "because": because, "sha256": certificate.versions[-1]["sha256"]}
    record("document.deleted", by=by, party_id=party_id, document_id=document_id, facts=facts)
    return certificate


def reached_tables() -> set[str]:
    """The tables from which a deletion takes rows: read by a test, so that a new one is looked at by somebody."""
    found: set[str] = set()
    waiting: list[Any] = [Document.__table__]
    while waiting:
        table = waiting.pop()
        if table.name not in found:
            found.add(table.name)
            waiting += [key.parent.table for key in _referring(table) if not _is_loosed(key)]
    return found


def _forget(document_id: uuid.UUID) -> None:
    """What the session still holds of the rows that are gone; everything else it holds stays as it was read."""
    gone = reached_tables()
    for known in list(db.session.identity_map.values()):
        if isinstance(known, PurgeLine) and known.document_id == document_id:
            db.session.expire(known)
        elif getattr(known, "__tablename__", "") in gone and document_id in (
            known.__dict__.get("document_id"),
            known.__dict__.get("id"),
        ):
            db.session.expunge(known)


def _certificate(document: Document, because: str, term_on: date | None, by: str) -> DeletionCertificate:
    folder, party = document.folder, document.party
    rule = db.session.get(RetentionRule, folder.retention_class)
    versions = db.session.execute(
        select(Version.number, Version.sha256, Version.size)
        .where(Version.document_id == document.id)
        .order_by(Version.number)
    )
    return DeletionCertificate(
        at=now(),
        by=by,
        because=because,
        document_id=document.id,
        family_id=party.family_id,
        folder_id=folder.id,
        party_code=party.code,
        folder_label=folder.label,
        document_class=folder.document_class,
        retention_class=folder.retention_class,
        number=document.number,
        issued_on=document.issued_on,
        filed_at=document.filed_at,
        term_on=term_on,
        law=rule.law if rule else "",
        versions=[{"number": number, "sha256": sha256, "size": size} for number, sha256, size in versions],
    )


def remove(table: Table, which: ColumnElement[bool]) -> None:
    """Delete rows, and before them those that refer to them; what may do without loses the reference only."""
    for key in _referring(table):
        mine = select(key.column).where(which).scalar_subquery()
        inside = key.parent.in_(mine)
        if _is_loosed(key):
            db.session.execute(update(key.parent.table).where(inside).values({key.parent.name: None}))
        elif key.parent.table is not table:
            remove(key.parent.table, inside)
    db.session.execute(delete(table).where(which))


def _referring(table: Table) -> list[ForeignKey]:
    """What names a row of it. The columns that follow one of its values (`publication.folder_id`) name no row."""
    return [
        key
        for other in reversed(Model.metadata.sorted_tables)
        for key in sorted(other.foreign_keys, key=lambda each: each.parent.name)
        if key.column.table is table and key.column.primary_key
    ]


def _is_loosed(key: ForeignKey) -> bool:
    """A reference that may be empty is emptied, unless its row has no meaning without it."""
    column: Column[Any] = key.parent
    return bool(column.nullable) and key.ondelete != "CASCADE"
