"""The portal's pages about records: a customer with some of each kind, an employee with expense reports."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from shared.clock import now, today
from shared.events.actors import staff_actor
from shared.extensions import db
from shared.people.models import Activity
from shared.records import banking, remarks
from shared.records.models import Record, RecordLine
from shared.settings.reading import forget
from tests.factories.pieces import a_payment, a_piece, joined

if TYPE_CHECKING:
    from tests.factories.company import Company

IBAN = "FR7630006000011234567890189"


def pages_of_till(company: "Company", rows: int) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Endpoint → addresses, for the customer and for the employee; `rows` of each list."""
    customer, employee, words = company.customer.party, company.employee.party, company.customer.party.name
    made: dict[str, list[Record]] = {"quote": [], "invoice": [], "order": [], "intervention": [], "exchange": []}
    for n in range(rows):
        until = today() + timedelta(days=n - 1)
        quote = a_piece(customer, "quote", f"DP-{n}", title=f"Devis {words}", amount="120", valid_until=until)
        made["quote"].append(quote)
        made["invoice"].append(a_piece(customer, "invoice", f"FP-{n}", title=f"Facture {words}", amount="671.15"))
        a_payment(customer, "10", (made["invoice"][-1], "10"), number=f"RP-{n}", title=words)
        made["order"].append(a_piece(customer, "order", f"BP-{n}", title=f"Commande {words}", deposit=Decimal(30)))
        visit = {"status": "open", "title": words, "appointment_at": now() + timedelta(days=n - 1, hours=1)}
        made["intervention"].append(a_piece(customer, "intervention", f"IP-{n}", **visit))  # type: ignore[arg-type]
        made["exchange"].append(a_piece(customer, "exchange_voucher", f"EP-{n}", status="submitted", title=words))
        joined(made["exchange"][-1], company.parties[-1], reason=words)
        a_piece(employee, "expense_report", f"NP-{n}", title=words, amount="42")
    _around(company, made, rows)
    record = [f"/records/{each[-1].id}" for each in made.values()]
    theirs = {
        "portal.quote_list": ["/quotes"],
        "portal.quote": [f"/quotes/{each.id}" for each in made["quote"][:3]],
        "portal.quote_refuse": [f"/quotes/{made['quote'][-1].id}/refuse"],
        "portal.statement_page": ["/statement"],
        "portal.order_list": ["/orders"],
        "portal.appointment_list": ["/appointments"],
        "portal.exchange_list": ["/exchanges"],
        "portal.record": record,
    }
    return theirs, {"portal.expense_list": ["/expense-reports"]}


def _around(company: "Company", made: dict[str, list[Record]], rows: int) -> None:
    """Messages, lines, and an account that customers see."""
    by = staff_actor(company.clerk)
    if db.session.scalars(select(Activity)).first() is None:
        db.session.add(Activity(name="Lumière & Fils", domain="exemple.fr"))
        db.session.flush()
        forget()
    account = banking.enter(holder="Lumière & Fils", iban=IBAN, bic="", by=by)
    banking.verify(account=account, by="command")
    for record in (made["quote"][-1], made["invoice"][-1]):
        for n in range(rows):
            remarks.say(subject=record, text=f"{company.customer.party.name} {n}", by=by)
    order = made["order"][-1]
    for n in range(rows):
        db.session.add(RecordLine(record_id=order.id, position=n, label=company.customer.party.name, quantity=4))
    db.session.flush()
