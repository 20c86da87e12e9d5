"""What Atelier Lumen does with its customers, employees and suppliers, besides the papers: two years of business.

Invoices and quotes stand already: their papers were filed. Here they are paid, disputed and answered, and the records
that have no paper are entered.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shared.clock import at
from shared.demo.affairs import AFFAIRS, CODES, Affair
from shared.demo.company import manager
from shared.demo.logins import ADMINISTRATOR
from shared.demo.parties import COMPANY
from shared.documents.models import Document
from shared.events.actors import staff_actor
from shared.extensions import db
from shared.people.models import Family, Party
from shared.people.staffing import staff_named
from shared.records import banking, moving
from shared.records.changing import change
from shared.records.coding import add_code
from shared.records.entering import enter
from shared.records.models import Record
from shared.records.paying import pay

LATELY = timedelta(days=75)  # what is older is history: it stands as it ended
B2B_SINCE = date(2026, 9, 1)  # CGI, art. 289 bis: the original travels through an approved platform
PLATFORM = "Facturéo"


def do_business(last: date) -> None:
    """Everything at its own time; nobody is told of it."""
    by = manager()
    _bank(by, last)
    for code, label in CODES:
        add_code(kind="intervention", code=code, label=label, by=by)
    _collect(last, by)
    _answer_quotes(last, by)
    parties = {
        (family, party.code): party for family, party in db.session.execute(select(Family.key, Party).join(Party))
    }
    for affair in AFFAIRS:
        _enter(affair, parties, last, by)


def _bank(by: str, last: date) -> None:
    """The account where customers pay, entered by one person and verified by another."""
    other = staff_named(ADMINISTRATOR.email)
    if banking.current() is not None or other is None:
        return
    with at(_hour(last - timedelta(days=40), 9)):
        account = banking.enter(holder=COMPANY.name, iban=COMPANY.iban, bic=COMPANY.bic, by=by)
        banking.verify(account=account, by=staff_actor(other))


def _collect(last: date, by: str) -> None:
    """Most invoices are paid around their day; some are late, one is disputed, one half paid."""
    query = select(Record).where(Record.kind == "invoice", Record.status == "validated", Record.amount > 0)
    for rank, invoice in enumerate(db.session.scalars(query.order_by(Record.issued_on, Record.number))):
        if invoice.due_on is None or invoice.issued_on is None or invoice.amount is None:
            continue
        _transmit(invoice, rank, by)
        paid_on = invoice.due_on + timedelta(days=rank % 9 - 5)
        if rank % 11 == 4 and last - invoice.due_on < LATELY:
            continue  # still waited for
        if paid_on <= last:
            share = invoice.amount if rank % 13 != 7 or paid_on < last - LATELY else Decimal(100)
            _paid(invoice, min(share, invoice.amount), paid_on, rank, last, by)
    _dispute(last, by)
    _refund(last, by)
    _close(last, by)


def _transmit(invoice: Record, rank: int, by: str) -> None:
    if not invoice.party.is_business or invoice.issued_on is None or invoice.issued_on < B2B_SINCE:
        return
    sent = _hour(invoice.issued_on, 10, rank)
    statuses = ("Mise à disposition", "Prise en charge", "Approuvée")
    values = {"platform": PLATFORM, "transmitted_at": sent, "platform_status": statuses[rank % 3]}
    with at(sent + timedelta(minutes=20)):
        change(record=invoice, by=by, values=values)


def _paid(invoice: Record, amount: Decimal, day: date, rank: int, last: date, by: str) -> None:
    number = f"RG-{day.year}-{rank + 1:04}"
    with at(_hour(day, 14, rank)):
        if day >= last - LATELY:
            pay(party=invoice.party, amount=amount, by=by, invoice=invoice, day=day, number=number, source="demo")
            return
        values = {"number": number, "amount": amount, "issued_on": day, "parent_id": invoice.id}
        enter(kind="payment", party=invoice.party, by=by, values=values, status="confirmed", source="demo", quiet=True)


def _dispute(last: date, by: str) -> None:
    open_ones = select(Record).where(Record.kind == "invoice", Record.is_open, Record.due_on < last, Record.paid == 0)
    late = db.session.scalars(open_ones.where(Record.amount > 0).order_by(Record.due_on.desc()).limit(1)).first()
    if late is not None and late.due_on is not None:
        with at(_hour(late.due_on + timedelta(days=1), 11)):
            moving.move(record=late, move="dispute", by=by, reason="Deux appliques livrées avec un éclat sur le verre.")


def _refund(last: date, by: str) -> None:
    """Credit notes are paid back within three weeks."""
    notes = select(Record).where(Record.kind == "invoice", Record.is_credit_note, Record.is_open)
    for note in db.session.scalars(notes):
        if note.issued_on is not None and note.issued_on + timedelta(days=20) <= last:
            with at(_hour(note.issued_on + timedelta(days=20), 10)):
                moving.move(record=note, move="settle", by=by)


def _close(last: date, by: str) -> None:
    """The accountant closes what was paid last quarter: the entries wait for the next export."""
    query = select(Record).where(Record.kind == "invoice", Record.status == "paid", Record.is_credit_note.is_(False))
    quarter = Record.issued_on.between(last - timedelta(days=120), last - timedelta(days=60))
    for invoice in db.session.scalars(query.where(quarter).order_by(Record.issued_on, Record.number)):
        with at(_hour(last - timedelta(days=30), 17)):
            moving.move(record=invoice, move="close", by=by)


def _answer_quotes(last: date, by: str) -> None:
    """The quotes of the past two years, whose papers are filed: how each ended."""
    known = select(Record.number).where(Record.kind == "quote")
    query = select(Document).where(Document.folder.has(shipped_key="c.quotes"), Document.number.not_in(known))
    query = query.options(selectinload(Document.party)).order_by(Document.issued_on, Document.number)
    for rank, paper in enumerate(db.session.scalars(query)):
        if paper.issued_on is None or paper.due_on is None:
            continue
        status = ("accepted", "accepted", "refused", "accepted", "expired")[rank % 5]
        answered = min(paper.issued_on + timedelta(days=4 + rank % 12), last)
        values = {
            "number": paper.number,
            "title": "Éclairage sur mesure",
            "issued_on": paper.issued_on,
            "valid_until": paper.due_on,
            "amount": paper.amount,
        }
        if status == "accepted":
            values["accepted_on"] = answered
        with at(_hour(answered, 15, rank)):
            quote = enter(
                kind="quote", party=paper.party, by=by, values=values, status=status, source="demo", quiet=True
            )
            if status == "refused":
                quote.refusal_reason = "Le budget de cette année ne le permet pas, nous vous recontacterons."


def _enter(affair: Affair, parties: dict[tuple[str, str], Party], last: date, by: str) -> None:
    party = parties.get((affair.family, affair.party))
    if party is None:
        return
    day = last - timedelta(days=affair.days)
    others = [parties[key] for key in affair.parties if key in parties]
    values = {"number": affair.number.format(year=day.year), "title": affair.title, "issued_on": day, **affair.values}
    for name, days in affair.dates:
        values[name] = last + timedelta(days=days)
    if affair.appointment is not None:
        days, hour = affair.appointment
        values["appointment_at"] = _hour(last + timedelta(days=days), hour)
        values["appointment_ends_at"] = values["appointment_at"] + timedelta(hours=2)
    with at(_hour(day, 9)):
        record = enter(
            kind=affair.kind,
            party=party,
            by=by,
            values=values,
            lines=_lines(affair.lines),
            parties=others,
            source="demo",
        )
    for step, (move, later) in enumerate(affair.moves):
        with at(_hour(min(day + timedelta(days=later), last), 10, 5 * step)):
            amount = (record.amount or Decimal(0)) * 3 / 10 if move == "deposit" else None
            moving.move(record=record, move=move, by=by, amount=amount and amount.quantize(Decimal("0.01")))


def _lines(lines: Sequence[tuple[str, str, str, str]]) -> list[dict[str, str]]:
    names = ("reference", "label", "quantity", "price")
    return [dict(zip(names, line, strict=True)) for line in lines]


def _hour(day: date, hour: int, minutes: int = 0) -> datetime:
    return datetime.combine(day, time(hour), UTC) + timedelta(minutes=minutes % 60)
