"""The lists of the portal: plain columns, fifty rows at a time, by key and never by offset."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from shared.access.models import Seat
from shared.documents import listing as statements
from shared.documents.searching import terms_of
from shared.documents.visible import who
from shared.extensions import db

PAGE = 50

Key = tuple[date, uuid.UUID]


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
    key = _key(after, datetime.fromisoformat)
    shape = (folder_id is not None, len(terms), new, to_sign, first is not None, key is not None, limit)
    values: dict[str, Any] = {"folder_id": folder_id, "first": first}
    for n, term in enumerate(terms):
        values |= {f"word{n}": f"%{' '.join(term.words)}%", f"query{n}": term.query}
    query = statements.latest(seat.is_borrowed, *shape)
    return _page(query, seat, values, key, limit, lambda line: line.live_at.isoformat())


def of_class(*, seat: Seat, document_class: str, after: str = "", limit: int = PAGE) -> Page:
    """The invoices, the quotes or the payslips of this seat, by their own date, the newest first."""
    key, values = _key(after, date.fromisoformat), {"document_class": document_class}
    query = statements.of_class(seat.is_borrowed, key is not None, limit)
    return _page(query, seat, values, key, limit, lambda line: line.day.isoformat())


def shelves(*, seat: Seat) -> list[Shelf]:
    """Every folder that this seat may open, empty ones included, in the order of the settings."""
    return [Shelf._make(row) for row in db.session.execute(statements.shelves(seat.is_borrowed), who(seat))]


def choices(*, seat: Seat) -> list[Choice]:
    """The same folders without their counts: what every list shows at its top."""
    return [Choice._make(row) for row in db.session.execute(statements.folders(seat.is_borrowed), who(seat))]


def _page(
    query: statements.Rows,
    seat: Seat,
    values: dict[str, Any],
    key: Key | None,
    limit: int,
    spell: Callable[[Line], str],
) -> Page:
    known = {"after": key[0], "after_id": key[1]} if key else {}
    rows = db.session.execute(query, {**values, **who(seat), **known}).all()
    lines = [Line._make(row) for row in rows[:limit]]
    return Page(lines, f"{spell(lines[-1])}~{lines[-1].id}" if len(rows) > limit else None)


def _key(after: str, read: Callable[[str], date]) -> Key | None:
    value, _, document_id = after.partition("~")
    try:
        return read(value), uuid.UUID(document_id)
    except ValueError:
        return None
