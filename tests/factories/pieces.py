"""Records laid straight in their table: what a reading page needs, without the verbs that would cause messages."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from shared.clock import day_of, now
from shared.documents.models import Document
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Party
from shared.records.kinds import KINDS
from shared.records.models import Answer, Record, RecordDocument, RecordParty
from shared.records.money_models import PaymentShare


def a_piece(
    party: Party,
    kind: str = "invoice",
    number: str = "",
    *,
    status: str = "validated",
    amount: str | None = None,
    papers: list[Document] | None = None,
    age: timedelta = timedelta(0),
    **fields: Any,
) -> Record:
    at: datetime = now() - age
    record = Record(
        kind=kind,
        number=number,
        number_folded=fold(number),
        party_id=party.id,
        status=status,
        is_open=KINDS[kind].status(status).open,
        amount=None if amount is None else Decimal(amount),
        is_credit_note=amount is not None and amount.startswith("-"),
        created_at=at,
        created_by="system",
        **{"moved_at": at, "moved_by": "system", "issued_on": day_of(at), **fields},
    )
    db.session.add(record)
    db.session.flush()
    for document in papers or []:
        db.session.add(RecordDocument(record_id=record.id, document_id=document.id, is_main=True))
    db.session.flush()
    return record


def a_payment(party: Party, amount: str, *invoices: tuple[Record, str], **more: Any) -> Record:
    """A confirmed payment, and what it takes off each invoice."""
    payment = a_piece(party, "payment", status=more.pop("status", "confirmed"), amount=amount, **more)
    for invoice, share in invoices:
        db.session.add(PaymentShare(payment_id=payment.id, invoice_id=invoice.id, amount=Decimal(share)))
        invoice.paid += Decimal(share)
    db.session.flush()
    return payment


def joined(record: Record, party: Party, answer: Answer | None = None, *, sees: bool = True, reason: str = "") -> None:
    """One more party of an exchange."""
    row = RecordParty(record_id=record.id, party_id=party.id, answer=answer, sees_answers=sees, reason=reason)
    row.answered_at = now() if answer else None
    db.session.add(row)
    db.session.flush()
