"""A payment arrives: it is a record, and what it takes off invoices."""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shared.clock import today
from shared.people.models import Party
from shared.records import moving, sharing
from shared.records.entering import enter
from shared.records.models import Record


def pay(
    *,
    party: Party,
    amount: Decimal,
    by: str,
    shares: Mapping[uuid.UUID, Decimal] | None = None,
    invoice: Record | None = None,
    day: date | None = None,
    number: str = "",
    external_id: str | None = None,
    memo: str = "",
    internal: bool = False,
    source: str = "backoffice",
    record_id: uuid.UUID | None = None,
) -> Record:
    """Enter a payment and confirm it: `payment.confirmed`, or `internal_payment.confirmed`, once for one `external_id`.

    It is taken off what `shares` says (id of an invoice → amount), off `invoice`, else off those due first; what is
    left over stays on the payment. An invoice that owes nothing any more moves to « Payée ». Raises Refused with the
    field: `amount`, `invoices`, `number`. `record_id` is that of a payment that will be new.
    """
    values: dict[str, Any] = {"amount": amount, "issued_on": day or today(), "memo": memo, "number": number}
    if external_id:
        values["external_id"] = external_id
    if invoice is not None:
        values |= {"parent_id": invoice.id, "currency": invoice.currency}
    kind = "internal_payment" if internal else "payment"
    payment = enter(kind=kind, party=party, by=by, values=values, source=source, record_id=record_id)
    if payment.status == "draft" and shares:
        sharing.put_shares(payment=payment, shares=shares)
    moving.move(record=payment, move="confirm", by=by)
    return payment
