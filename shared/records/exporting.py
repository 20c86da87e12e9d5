"""The entries of closed invoices, for the accounts: a file in the shape of the FEC, or by the API; each once.

The columns are those of the livre des procédures fiscales, article A47 A-1, VII: tabs, days as 20261231, amounts
with a comma.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from shared.clock import day_of, now
from shared.events.recording import record as record_event
from shared.extensions import db
from shared.keyset import Order, by_date, read_page
from shared.people.models import Party
from shared.records.models import Record
from shared.records.money_models import AccountingEntry

MOST = 5_000  # invoices of one file; the next export goes on
JOURNALS = {"VE": "Ventes"}
ACCOUNTS = {"411000": "Clients", "706000": "Prestations de services", "445710": "TVA collectée"}
HEADS = [
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
]


class Waiting(NamedTuple):
    """What no export has taken yet."""

    entries: int
    invoices: int
    debit: Decimal
    credit: Decimal


class Export(NamedTuple):
    """What was taken at one time, by a file or by a program."""

    at: datetime
    entries: int
    invoices: int
    debit: Decimal


def waiting() -> Waiting:
    """How much the next export would take."""
    return Waiting._make(db.session.execute(_sums().where(AccountingEntry.exported_at.is_(None))).one())


def exports(limit: int = 50) -> list[Export]:
    """The last exports, the newest first."""
    at = AccountingEntry.exported_at
    count, invoices, debit, _credit = _sums().selected_columns
    query = select(at, count, invoices, debit).where(at.is_not(None)).group_by(at).order_by(at.desc()).limit(limit)
    return [Export._make(row) for row in db.session.execute(query)]


def export(*, by: str) -> tuple[datetime, int]:
    """Take what waits; the instant that names this export, and how many entries it holds. Two at once share out."""
    moment = now()
    waits = AccountingEntry.exported_at.is_(None)
    # Whole invoices: a file that ends within one does not balance.
    oldest = func.min(AccountingEntry.at)
    invoices = select(AccountingEntry.record_id).where(waits).group_by(AccountingEntry.record_id).order_by(oldest)
    free = select(AccountingEntry.id).where(waits, AccountingEntry.record_id.in_(invoices.limit(MOST)))
    free = free.order_by(AccountingEntry.id).with_for_update(skip_locked=True)
    return moment, mark(ids=list(db.session.scalars(free)), by=by, moment=moment)


def mark(*, ids: Collection[uuid.UUID], by: str, moment: datetime | None = None) -> int:
    """These were taken over; how many had not been before. Marking again changes nothing."""
    wanted = (AccountingEntry.id.in_(ids), AccountingEntry.exported_at.is_(None))
    held = select(AccountingEntry).where(*wanted).order_by(AccountingEntry.id).with_for_update()
    rows = db.session.scalars(held).all()
    at = moment or now()
    for row in rows:
        row.exported_at = at
    db.session.flush()
    if rows:
        record_event("accounting.exported", by=by, facts={"entries": len(rows), "at": at.isoformat()})
    return len(rows)


def fec(at: datetime) -> Iterator[str]:
    """The file of one export, line by line."""
    yield _line(HEADS)
    query = _rows().where(AccountingEntry.exported_at == at)
    query = query.order_by(AccountingEntry.at, AccountingEntry.record_id, AccountingEntry.line)
    for entry, number, code, name, currency in db.session.execute(query):
        yield _line(_cells(entry, number, code, name, currency))


def told(*, after: str, size: int, exported: bool) -> tuple[list[dict[str, Any]], str]:
    """Entries as JSON, oldest first, and the cursor of the next page, empty at the end."""
    at = AccountingEntry.exported_at
    query = _rows().where(at.is_not(None) if exported else at.is_(None))
    order = Order(AccountingEntry.at.expression, by_date)
    page = read_page(query, order, AccountingEntry.id.expression, after=after, size=size)
    return [_told(row.AccountingEntry, row.number) for row in page.rows], page.after or ""


def _sums() -> Select[*tuple[Any, ...]]:
    entry = AccountingEntry
    return select(
        func.count(),
        func.count(entry.record_id.distinct()),
        func.coalesce(func.sum(entry.debit), 0),
        func.coalesce(func.sum(entry.credit), 0),
    ).select_from(entry)


def _rows() -> Select[*tuple[Any, ...]]:
    columns = (AccountingEntry, Record.number, Party.code, Party.name, Record.currency)
    return (
        select(*columns).join(Record, Record.id == AccountingEntry.record_id).join(Party, Party.id == Record.party_id)
    )


def _cells(entry: AccountingEntry, number: str, code: str, name: str, currency: str) -> Sequence[str]:
    day, auxiliary = _day(entry.day), entry.party_account
    return (
        entry.journal,
        JOURNALS.get(entry.journal, entry.journal),
        f"{entry.journal}-{number}",
        day,
        entry.account,
        ACCOUNTS.get(entry.account, entry.account),
        auxiliary,
        name if auxiliary else "",
        number,
        day,
        entry.label,
        _amount(entry.debit),
        _amount(entry.credit),
        "",
        "",
        _day(day_of(entry.at)),
        "",
        "" if currency == "EUR" else currency,
    )


def _line(cells: Sequence[str]) -> str:
    """A tab or a line's end within a cell would shift all that follows."""
    return "\t".join(" ".join(cell.split()) for cell in cells) + "\r\n"


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _told(entry: AccountingEntry, number: str) -> dict[str, Any]:
    return {
        "id": str(entry.id),
        "invoice": number,
        "line": entry.line,
        "day": entry.day.isoformat(),
        "journal": entry.journal,
        "account": entry.account,
        "party_account": entry.party_account,
        "label": entry.label,
        "debit": f"{entry.debit:.2f}",
        "credit": f"{entry.credit:.2f}",
        "exported_at": entry.exported_at.isoformat() if entry.exported_at else None,
    }
