"""Records of every kind, entered by the verbs."""

import itertools
from datetime import timedelta
from decimal import Decimal
from typing import Any

from shared.clock import now, today
from shared.people.models import Party
from shared.records import moving
from shared.records.coding import add_code
from shared.records.entering import enter
from shared.records.kinds import KINDS
from shared.records.models import Record, StateCode
from shared.records.paying import pay
from tests.factories import office

BY = "command"
_numbers = itertools.count(1)


def a_record(kind: str, party: Party | None = None, *, status: str = "", **values: Any) -> Record:
    """A record of that kind with plausible values, led to `status` by its moves."""
    declared = KINDS[kind]
    party = party or office.customer(key=declared.families[0])
    plausible: dict[str, Any] = {"number": f"{kind[:2].upper()}-{next(_numbers):05}", "title": "Enseigne lumineuse"}
    if declared.has_amount:
        plausible |= {"amount": Decimal("1200.00"), "net_amount": Decimal("1000.00")}
    plausible["issued_on"] = today() - timedelta(days=10)
    if "due_on" in declared.dates:
        plausible["due_on"] = today() + timedelta(days=20)
    if "valid_until" in declared.dates:
        plausible["valid_until"] = today() + timedelta(days=20)
    given = {
        name: value for name, value in values.items() if name in ("lines", "documents", "parties", "source", "quiet")
    }
    plausible |= {name: value for name, value in values.items() if name not in given}
    return enter(kind=kind, party=party, by=BY, values=plausible, status=status, **given)


def a_quote(party: Party | None = None, *, status: str = "validated", **values: Any) -> Record:
    return a_record("quote", party, status=status, **values)


def an_invoice(party: Party | None = None, *, status: str = "validated", **values: Any) -> Record:
    return a_record("invoice", party, status=status, **values)


def an_order(party: Party | None = None, *, status: str = "validated", **values: Any) -> Record:
    values.setdefault("lines", [{"reference": "LED-12", "label": "Module LED", "quantity": "4", "price": "25"}])
    values.setdefault("amount", None)
    values.setdefault("net_amount", None)
    return a_record("order", party, status=status, **values)


def an_intervention(party: Party | None = None, *, status: str = "", **values: Any) -> Record:
    values.setdefault("appointment_at", now() + timedelta(days=3))
    return a_record("intervention", party, status=status, **values)


def an_exchange(party: Party | None = None, others: int = 2, *, status: str = "submitted", **values: Any) -> Record:
    values.setdefault("parties", [office.customer(key="suppliers") for _ in range(others)])
    return a_record("exchange_voucher", party, status=status, **values)


def a_payment(party: Party, amount: str = "100.00", **given: Any) -> Record:
    return pay(party=party, amount=Decimal(amount), by=BY, **given)


def moved(record: Record, move: str, **given: Any) -> bool:
    return moving.move(record=record, move=move, by=BY, **given)


def a_code(code: str = "103", label: str = "Intervention planifiée", kind: str = "intervention") -> StateCode:
    return add_code(kind=kind, code=code, label=label, by=BY)
