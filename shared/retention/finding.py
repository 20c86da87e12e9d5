"""What the pages of « Conservation » show: the open list, durations, holds, certificates, erasures."""

import uuid
from datetime import timedelta

from sqlalchemy import func, select

from shared.clock import today
from shared.documents.models import Document, Folder
from shared.extensions import db
from shared.keyset import Order, Page, by_date, read_page
from shared.people.models import Family, Party
from shared.people.rights_models import Erasure
from shared.retention.models import DeletionCertificate, Purge, PurgeLine, RetentionHold, RetentionRule
from shared.retention.terms import is_held, term, termed

SOON = timedelta(days=90)
MOST = 2_000  # certificates in one PDF


def lines(purge: Purge, *, after: str = "", before: str = "") -> Page:
    """A page of a list, in the order in which its documents fell due. Titles stay out: they may say too much."""
    query = (
        select(
            PurgeLine.id,
            PurgeLine.term_on,
            PurgeLine.done_at,
            PurgeLine.kept_because,
            Document.id.label("document_id"),
            Document.number,
            Document.filed_at,
            Folder.label,
            Party.id.label("party_id"),
            Party.code,
            Party.name,
        )
        .outerjoin(Document, Document.id == PurgeLine.document_id)
        .outerjoin(Folder, Folder.id == Document.folder_id)
        .outerjoin(Party, Party.id == Document.party_id)
        .where(PurgeLine.purge_id == purge.id)
    )
    order = Order(func.to_char(PurgeLine.term_on, "YYYY-MM-DD"))
    return read_page(query, order, PurgeLine.id.expression, after=after, before=before)


def last_purge() -> Purge | None:
    """The last list that was carried out."""
    query = select(Purge).where(Purge.ended_at.is_not(None)).order_by(Purge.ended_at.desc())
    return db.session.scalars(query.limit(1)).first()


def soon() -> list[tuple[str, int]]:
    """How many documents fall due in the next ninety days, by retention class; those that are held left out."""
    day = today()
    query = termed(RetentionRule.key, func.count()).where(term() > day, term() <= day + SOON, ~is_held())
    return [(key, number) for key, number in db.session.execute(query.group_by(RetentionRule.key))]


def rules() -> list[RetentionRule]:
    """Every duration, the longest first."""
    return list(db.session.scalars(select(RetentionRule).order_by(RetentionRule.months.desc(), RetentionRule.key)))


def holds(*, lifted: bool = False, after: str = "", before: str = "") -> Page:
    """A page of the holds that stand, or of those that were lifted; the latest first."""
    query = (
        select(
            RetentionHold.id,
            RetentionHold.reason,
            RetentionHold.placed_at,
            RetentionHold.placed_by,
            RetentionHold.lifted_at,
            RetentionHold.lifted_by,
            RetentionHold.lifted_because,
            RetentionHold.document_id,
            Folder.label,
            Party.id.label("party_id"),
            Party.code,
            Party.name,
        )
        .outerjoin(Document, Document.id == RetentionHold.document_id)
        .outerjoin(Folder, Folder.id == Document.folder_id)
        .outerjoin(Party, Party.id == func.coalesce(RetentionHold.party_id, Document.party_id))
        .where(RetentionHold.lifted_at.is_not(None) if lifted else RetentionHold.lifted_at.is_(None))
    )
    order = Order(RetentionHold.placed_at.expression, by_date, descending=True)
    return read_page(query, order, RetentionHold.id.expression, after=after, before=before)


def certificates(*, after: str = "", before: str = "") -> Page:
    """A page of certificates, the latest first."""
    columns = (
        DeletionCertificate.id,
        DeletionCertificate.at,
        DeletionCertificate.by,
        DeletionCertificate.because,
        DeletionCertificate.party_code,
        DeletionCertificate.folder_label,
        DeletionCertificate.number,
        DeletionCertificate.term_on,
        DeletionCertificate.versions,
        Family.one,
    )
    query = select(*columns).join(Family, Family.id == DeletionCertificate.family_id)
    order = Order(DeletionCertificate.at.expression, by_date, descending=True)
    return read_page(query, order, DeletionCertificate.id.expression, after=after, before=before)


def certificates_of(purge: Purge) -> list[DeletionCertificate]:
    """Those that one list left, the oldest first."""
    query = select(DeletionCertificate).where(
        DeletionCertificate.because == purge.because,
        DeletionCertificate.by == purge.confirmed_by,
        DeletionCertificate.at >= purge.confirmed_at,
        DeletionCertificate.at <= purge.ended_at,
    )
    return list(db.session.scalars(query.order_by(DeletionCertificate.at, DeletionCertificate.id).limit(MOST)))


def erasures(party_id: uuid.UUID | None = None) -> list[Erasure]:
    """The latest erasures, of one party or of all."""
    query = select(Erasure).order_by(Erasure.at.desc(), Erasure.id.desc())
    return list(db.session.scalars(query.where(Erasure.party_id == party_id) if party_id else query.limit(50)))
