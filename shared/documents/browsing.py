"""The lists of the portal: plain columns, fifty rows at a time, by key and never by offset."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from shared.access.models import Seat
from shared.asking import columns_of
from shared.documents import listing as statements
from shared.documents.searching import terms_of
from shared.documents.visible import who
from shared.paging import known, spelled

PAGE = 50


class Line(NamedTuple):
    """One row of a list: only what the list shows."""

    id: uuid.UUID
    title: str
    number: str
    issued_on: date | None
    due_on: date | None
    amount: Decimal | None
    currency: str
    is_credit_note: bool
    folder_label: str
    document_class: str
    to_sign: bool
    live_at: datetime
    day: date
    is_new: bool


class Shelf(NamedTuple):
    """A folder on the portal, how many documents it holds for this seat and how many were never opened."""

    id: uuid.UUID
    label: str
    document_class: str
    to_sign: bool
    notifies: bool
    accepts: bool  # deposits
    documents: int
    new: int
    of_people: bool  # of a family whose parties are persons


class Choice(NamedTuple):
    """A folder that this seat may open, as a list offers it."""

    id: uuid.UUID
    label: str
    document_class: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and where the next ones begin; None at the end."""

    lines: Sequence[Line]
    after: str | None


def latest(
    *,
    seat: Seat,
    folder_id: uuid.UUID | None = None,
    search: str = "",
    new: bool | None = None,
    to_sign: bool | None = None,
    first: uuid.UUID | None = None,
    after: str = "",
    limit: int = PAGE,
) -> Page:
    """What this seat may read, the newest on the portal first, and before them the document `first` if it is there.

    `after` is the key that the former page gave; a key that means nothing starts at the top.
    """
    terms = terms_of(search)
    if search.strip() and not terms:
        return Page([], None)
    key = known(after, datetime.fromisoformat)
    shape = (folder_id is not None, len(terms), new, to_sign, first is not None, bool(key), limit)
    values: dict[str, Any] = {"folder_id": folder_id, "first": first, **key}
    for n, term in enumerate(terms):
        values |= {f"word{n}": f"%{' '.join(term.words)}%", f"query{n}": term.query}
    query = statements.latest(seat.is_borrowed, *shape)
    return _page(query, seat, values, "live_at", limit)


def of_class(*, seat: Seat, document_class: str, after: str = "", limit: int = PAGE) -> Page:
    """The invoices, the quotes or the payslips of this seat, by their own date, the newest first."""
    key = known(after)
    query = statements.of_class(seat.is_borrowed, bool(key), limit)
    return _page(query, seat, {"document_class": document_class, **key}, "day", limit)


def shelves(*, seat: Seat) -> list[Shelf]:
    """Every folder that this seat may open, empty ones included, in the order of the settings."""
    return [Shelf._make(row) for row in columns_of(statements.shelves(seat.is_borrowed), who(seat))]


def choices(*, seat: Seat) -> list[Choice]:
    """The same folders without their counts: what every list shows at its top."""
    return [Choice._make(row) for row in columns_of(statements.folders(seat.is_borrowed), who(seat))]


def _page(query: statements.Rows, seat: Seat, values: dict[str, Any], by: str, limit: int) -> Page:
    rows = columns_of(query, values | who(seat))
    lines = [Line._make(row) for row in rows[:limit]]
    last = lines[-1] if len(rows) > limit else None
    return Page(lines, spelled(getattr(last, by), last.id) if last else None)
