"""Until when each document is kept: one expression, the same in the list of what falls due and at the deletion."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, case, cast, exists, func, literal, null, or_, select

from shared.days import day_of_column
from shared.documents.models import Document, Folder
from shared.extensions import db
from shared.people.models import Party
from shared.retention.models import RetentionHold, RetentionRule, RetentionStart
from shared.signatures.consenting import KEPT_YEARS
from shared.signatures.models import Signature, SignatureRequest, Signer
from shared.words import N_

PAYSLIP = "payslip"
SIGNED_LAW = N_("Code de la consommation, L213-1 et D213-2 : dix ans, comme la preuve de sa signature")

# The requests for each document that was ever to be signed: whether one runs, when the last ended, whether one signed.
ASKED = (
    select(
        SignatureRequest.document_id,
        func.bool_or(SignatureRequest.ended_at.is_(None)).label("runs"),
        func.max(SignatureRequest.ended_at).label("ended_at"),
        func.bool_or(exists().where(Signer.request_id == SignatureRequest.id, Signature.signer_id == Signer.id)).label(
            "is_signed"
        ),
    )
    .group_by(SignatureRequest.document_id)
    .subquery("asked")
)


def termed(*columns: Any) -> Select[*tuple[Any, ...]]:
    """A query over documents with their folder, party, rule and signatures, for `term()`, `law()` and `is_held()`."""
    return (
        select(*columns)
        .select_from(Document)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Party, Party.id == Document.party_id)
        .join(RetentionRule, RetentionRule.key == Folder.retention_class)
        .outerjoin(ASKED, ASKED.c.document_id == Document.id)
    )


def term() -> ColumnElement[date | None]:
    """The day from which the document is no longer kept; NULL while the relation on which it depends goes on.

    A payslip's is that of the database itself (Code du travail, D3243-8), or later where staff chose so. What people
    were asked to sign stays while they may sign it, then as long as the proof says that it is kept: both go together.
    """
    usual, proof = _usual(), _proof_until()
    day = case((ASKED.c.runs.is_(True), null()), (usual.is_(None), null()), else_=func.greatest(usual, proof))
    return cast(day, Date)


def law() -> ColumnElement[str]:
    """What has the document kept until `term()`."""
    longer = or_(RetentionRule.is_duty.is_(False), _usual() < _proof_until())
    return case((is_signed() & longer, SIGNED_LAW), else_=RetentionRule.law)


def is_signed() -> ColumnElement[bool]:
    """Whether somebody has signed it, whatever became of the request."""
    return func.coalesce(ASKED.c.is_signed, False)


def is_held() -> ColumnElement[bool]:
    """Whether a hold stands on the document or on its party."""
    return exists().where(
        RetentionHold.lifted_at.is_(None),
        or_(RetentionHold.document_id == Document.id, RetentionHold.party_id == Document.party_id),
    )


def term_of(document: Document) -> date | None:
    """The same for one document; None too for a retention class that has no rule."""
    found: date | None = db.session.scalar(termed(term()).where(Document.id == document.id))
    return found


def may_go(document: Document, day: date) -> str:
    """Why this document may not be deleted on that day, as a word; empty when it may. `held` or `kept`."""
    row = db.session.execute(termed(term(), is_held()).where(Document.id == document.id)).one_or_none()
    if row is None or row[0] is None or row[0] > day:
        return "kept"
    return "held" if row[1] else ""


def _usual() -> ColumnElement[Any]:
    usual = _after(_start(), RetentionRule.months)
    longer = case(
        (RetentionRule.months > RetentionRule.legal_months, _after(_filed_on(), RetentionRule.months)), else_=null()
    )
    slip = func.greatest(func.payslip_kept_until(Document.filed_at, Document.party_id), longer)
    return cast(case((Folder.document_class == PAYSLIP, slip), else_=usual), Date)


def _proof_until() -> ColumnElement[Any]:
    return _after(day_of_column(ASKED.c.ended_at), literal(12 * KEPT_YEARS))


def _start() -> ColumnElement[Any]:
    issued = func.coalesce(Document.issued_on, _filed_on())
    departure = func.coalesce(Party.left_on, day_of_column(Party.closed_at))
    return case(
        (RetentionRule.start == RetentionStart.ISSUE, issued),
        (
            RetentionRule.start == RetentionStart.YEAR_END,
            func.make_date(cast(func.extract("year", issued), Integer), 12, 31),
        ),
        (RetentionRule.start == RetentionStart.DEPARTURE, departure),
        else_=_filed_on(),
    )


def _filed_on() -> ColumnElement[Any]:
    return day_of_column(Document.filed_at)


def _after(day: Any, months: Any) -> ColumnElement[Any]:
    return cast(day + func.make_interval(literal(0), months), Date)
