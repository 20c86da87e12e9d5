"""The grid « Droits d’accès au portail »: one line a party, read in one query of plain columns.

Nothing here ever selects a secret.
"""

import functools
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    ScalarSelect,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    true,
)

from shared.access.filtering import Filters, conditions
from shared.access.grid_columns import Sent, is_red, password_of, state_of, told_last
from shared.access.models import Access, Account, Seat
from shared.clock import day_of, now
from shared.events.models import Event
from shared.extensions import db
from shared.keyset import NEVER, Page, Way, by_date, planned, read_planned
from shared.people.finding import on_card, order_of
from shared.people.models import EmailCell, Family, Party
from shared.people.scopes import Scope
from shared.tallying import tally

OF_MESSAGE = ("sent_to", "sent_at")
OF_ACCESS = ("state", "identifier", "password", "allowed", "notify", "last_login", *OF_MESSAGE)
READERS = dict.fromkeys(("state", "password", "allowed", "notify"), int) | dict.fromkeys(
    ("sent_at", "last_login"), by_date
)


def lines(
    family: Family,
    scope: Scope,
    filters: Filters,
    *,
    sort: str = "",
    after: str = "",
    before: str = "",
    size: int = 100,
) -> Page:
    """A page of the grid, sorted by any of its columns; each row says the `total` of the filter."""
    order = order_of(sort, filters.q, _sorts(), **READERS)
    values = {**_present(), "family_id": family.id if scope.reaches_family(family.id) else None}

    def plan(way: Way) -> Select[*tuple[Any, ...]]:
        return _page(filters, sort, way, size)

    return read_planned(plan, order, after=after, before=before, size=size, values=values)


def lines_of(party_ids: Sequence[uuid.UUID], scope: Scope) -> Sequence[Row[Any]]:
    """The lines of these parties, for those in reach."""
    query = _lines().where(Party.id.in_(party_ids), scope.parties())
    return db.session.execute(query.order_by(Party.code_sort, Party.id), _present()).all()


def count(family: Family, scope: Scope, filters: Filters) -> int:
    """How many lines the filter holds."""
    query: Select[*tuple[Any, ...]] = select(func.count()).select_from(Party)
    return db.session.scalar(*_narrowed(query, family, scope, filters)) or 0


def counted(family: Family, scope: Scope, filters: Filters) -> tuple[ScalarSelect[int], dict[str, Any]]:
    """The same within bounds, as a part of a query that is asked anyway, and the parameters which that wants."""
    query, values = _narrowed(select(Party.id), family, scope, filters)
    return tally(query), values


def chosen(family: Family, scope: Scope, filters: Filters, *, most: int) -> list[uuid.UUID]:
    """The parties of the filter, one more than `most` when there are too many."""
    query, values = _narrowed(select(Party.id), family, scope, filters)
    return list(db.session.scalars(query.order_by(Party.code_sort, Party.id).limit(most + 1), values))


def every_line(
    family: Family, scope: Scope, filters: Filters, *, sort: str = "", size: int = 500
) -> Iterator[Sequence[Row[Any]]]:
    """The whole filter in the order of the screen, a page at a time, for the export."""
    after: str | None = ""
    while after is not None:
        found = lines(family, scope, filters, sort=sort, after=after, size=size)
        yield found.rows
        after = found.after


def story(access_id: uuid.UUID, most: int = 50) -> Sequence[Event]:
    """Who did what to an access and when, the latest first."""
    query = select(Event).where(Event.access_id == access_id).order_by(Event.at.desc(), Event.id.desc()).limit(most)
    return db.session.scalars(query).all()


def _narrowed(
    query: Select[*tuple[Any, ...]], family: Family, scope: Scope, filters: Filters
) -> tuple[Select[*tuple[Any, ...]], dict[str, Any]]:
    query = _narrowing(query, filters).where(Party.family_id == family.id, scope.parties())
    return query, _present() if filters.is_wide else {}


def _narrowing(query: Select[*tuple[Any, ...]], filters: Filters) -> Select[*tuple[Any, ...]]:
    return _joined_for(query, filters).where(*conditions(filters))


def _present() -> dict[str, Any]:
    """What the statements below are asked with: they are built once, for the time of the process."""
    moment = now()
    return {"moment": moment, "today": day_of(moment)}


def _joined_for(query: Select[*tuple[Any, ...]], filters: Filters, sort: str = "") -> Select[*tuple[Any, ...]]:
    """With no more joined than the filter and the order look at."""
    key = sort.removeprefix("-")
    if filters.address or key == "email":
        query = query.outerjoin(EmailCell, on_card())
    if filters.state or filters.sent or filters.login or key in OF_ACCESS:
        query = _with_access(query)
    if filters.sent or key in OF_MESSAGE:
        query = query.outerjoin(Sent, told_last())
    return query


@functools.lru_cache(maxsize=256)
def _page(filters: Filters, sort: str, way: Way, size: int) -> Select[*tuple[Any, ...]]:
    """The family that the parameter names is the scope; none, out of reach, holds no party."""
    family_id = bindparam("family_id", type_=Uuid())
    order, ident = order_of(sort, filters.q, _sorts(as_shown=True), **READERS), Party.id.expression
    key = order_of(sort, filters.q, _sorts()).column
    query = _joined_for(select(Party.id), filters, sort).where(Party.family_id == family_id, *conditions(filters))
    if not (filters.q or filters.is_wide):  # how many they are is then answered by an index
        counted = select(func.count()).select_from(Party).where(Party.family_id == family_id)
        whole = _lines().add_columns(counted.correlate(None).scalar_subquery().label("total"))
        return planned(query, order, ident, way, size, whole, (key, ident))
    found = query.add_columns(key.label("key")).cte("found")  # looked for once, for the page and the count
    whole = _lines().add_columns(select(func.count()).select_from(found).scalar_subquery().label("total"))
    return planned(select(found.c.id), order, ident, way, size, whole, (found.c.key, found.c.id))


@functools.cache
def _lines() -> Select[*tuple[Any, ...]]:
    told = _told()
    query = select(
        Party.id,
        Party.code,
        Party.name,
        EmailCell.address.label("email"),
        EmailCell.bounced_at.is_not(None).label("bounced"),
        Access.id.is_not(None).label("has_access"),
        Access.identifier,
        func.coalesce(Access.allowed, False).label("allowed"),
        func.coalesce(Access.notify, False).label("notify"),
        func.coalesce(Access.revision, 0).label("revision"),
        Access.cause,
        case((is_red(), Access.changed_at)).label("changed_at"),
        state_of().label("state"),
        password_of().label("password"),
        Account.last_login_at,
        told.c.address.label("sent_to"),
        told.c.sent_at,
        told.c.status.label("sent_status"),
        told.c.reason.label("sent_reason"),
    )
    return _with_access(query.outerjoin(EmailCell, on_card())).outerjoin(told, true())


@functools.cache
def _told() -> FromClause:
    """The last message of each line of a page, looked up for it: PostgreSQL would rather go through everybody's."""
    query = select(Sent.address, Sent.sent_at, Sent.status, Sent.reason).where(told_last())
    return query.limit(literal_column("1")).correlate(Access).lateral("told")


def _with_access(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.outerjoin(Access, and_(Access.party_id == Party.id, Access.is_main))
        .outerjoin(Seat, Seat.access_id == Access.id)
        .outerjoin(Account, Account.id == Seat.account_id)
    )


@functools.cache
def _sorts(as_shown: bool = False) -> dict[str, ColumnElement[Any]]:
    """Of whoever is looked for; `as_shown`, of the lines of a page."""
    sent: Any = _told().c if as_shown else Sent
    return {
        "state": state_of(),
        "code": Party.code_sort.expression,
        "name": Party.name_folded.expression,
        "email": func.coalesce(EmailCell.address_folded, ""),
        "identifier": func.coalesce(Access.identifier, ""),
        "password": password_of(),
        "allowed": case((Access.allowed, 1), else_=0),
        "notify": case((Access.notify, 1), else_=0),
        "sent_to": func.coalesce(sent.address, ""),
        "sent_at": func.coalesce(sent.sent_at, literal(NEVER)),
        "last_login": func.coalesce(Account.last_login_at, literal(NEVER)),
    }
