"""What staff read of families and parties. The scope stands inside every query: out of it, nothing exists."""

import functools
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    any_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import aliased, joinedload

from shared.extensions import db
from shared.folding import fold
from shared.keyset import Order, Page, one_of, read_page
from shared.people.models import EmailCell, EmailSlot, Family, Grant, Party, Role, Staff
from shared.people.scopes import Scope

LONGEST = 200  # characters of what is searched: a name has no more
_NAME_WORDS = func.array_to_tsvector(func.string_to_array(Party.name_folded, literal_column("' '")))  # has an index
LAST = "\U0010ffff"  # sorts after whatever a text may go on with
SORTS: dict[str, ColumnElement[Any]] = {
    "code": Party.code_sort.expression,
    "name": Party.name_folded.expression,
    "city": func.coalesce(Party.city, ""),
    "email": func.coalesce(EmailCell.address_folded, ""),
}


def may_sign(permission: str) -> Sequence[Staff]:
    """The staff who hold this permission somewhere, by name."""
    holding = select(Grant.staff_id).join(Role).where(literal(permission) == any_(Role.permissions))
    query = select(Staff).where(Staff.id.in_(holding), Staff.disabled_at.is_(None))
    return db.session.scalars(query.order_by(Staff.name, Staff.id)).all()


_FAMILIES = select(Family).order_by(Family.position, Family.label)


def families(scope: Scope) -> list[Family]:
    """The families of which something is in reach, in the order of the tabs."""
    rows = db.session.scalars(_FAMILIES)
    return [family for family in rows if scope.reaches_family(family.id)]


def family_named(key: str | None, reached: list[Family]) -> Family | None:
    """The family of a tab: the one named, else the first; None when the name is nobody's."""
    if not key:
        return reached[0] if reached else None
    return next((family for family in reached if family.key == key), None)


def party_in(scope: Scope, party_id: uuid.UUID) -> Party | None:
    """A party in reach with its cells and contacts, or None as if it did not exist."""
    query = select(Party).where(Party.id == party_id, scope.parties())
    query = query.options(joinedload(Party.cells), joinedload(Party.contacts))
    return db.session.scalars(query).unique().one_or_none()


def parties(family: Family, scope: Scope, *, q: str = "", sort: str = "", after: str = "", before: str = "") -> Page:
    """A page of parties: id, code, name, city, siret, closed_at, address of the card and whether it bounces."""
    query = select(Party.id).where(Party.family_id == family.id, scope.parties(), *matching(q))
    if sort.removeprefix("-") == "email":
        query = query.outerjoin(EmailCell, on_card())
    order, ident = order_of(sort, q, SORTS), Party.id.expression
    return read_page(query, order, ident, after=after, before=before, whole=_lines())


@functools.cache
def _lines() -> Select[*tuple[Any, ...]]:
    query = select(Party.id, Party.code, Party.name, Party.city, Party.siret, Party.closed_at)
    return query.add_columns(EmailCell.address, EmailCell.bounced_at).outerjoin(EmailCell, on_card())


def on_card() -> ColumnElement[bool]:
    """How the address of the card is joined to its party."""
    return and_(EmailCell.party_id == Party.id, EmailCell.slot == EmailSlot.CARD)


def few(scope: Scope, q: str, limit: int) -> Sequence[Row[Any]]:
    """The parties of every family that `q` finds, the best match first: id, code, name, label of the family."""
    order = order_of("", q, SORTS).column
    query: Select[*tuple[Any, ...]] = select(Party.id, Party.code, Party.name, Family.label.label("family"))
    query = query.join(Family).where(scope.parties(), *matching(q)).order_by(order, Party.id).limit(limit)
    return db.session.execute(query).all()


def count(family: Family, scope: Scope, q: str = "") -> int:
    """How many parties the same filter holds."""
    query: Select[int] = select(func.count()).select_from(Party)
    return db.session.scalar(query.where(Party.family_id == family.id, scope.parties(), *matching(q))) or 0


def matches(scope: Scope, q: str) -> dict[uuid.UUID, int]:
    """Family → how many of its parties `q` finds: a search without a tab opens where there is something."""
    query = select(Party.family_id, func.count()).where(scope.parties(), *matching(q)).group_by(Party.family_id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def matching(q: str) -> list[ColumnElement[bool]]:
    """Code, name, a word of the name, or any of the addresses begins with `q`: three indexes, put together."""
    text = fold(q)[:LONGEST]
    if not text:
        return []
    cell = aliased(EmailCell)
    addressed = select(cell.party_id).where(begins(cell.address_folded, text)).correlate(None)
    return [or_(begins(Party.code_folded, text), named(text), Party.id == one_of(addressed))]


def named(text: str) -> ColumnElement[bool]:
    """The name, or a word of it, begins with `text`, which is folded."""
    words = text.split()
    quoted = ["'" + word.replace("\\", r"\\").replace("'", "''") + "'" for word in words]
    found = _NAME_WORDS.op("@@", is_comparison=True)(cast(" & ".join(quoted) + ":*", TSQUERY))
    if len(words) == 1:
        return found
    beside = or_(
        Party.name_folded.startswith(text, autoescape=True), Party.name_folded.contains(f" {text}", autoescape=True)
    )
    return and_(found, beside)  # the words are somewhere in the name: in this order too


def begins(column: Any, text: str) -> ColumnElement[bool]:
    """`column` begins with `text`, found by an index of `text_pattern_ops`.

    A pattern would need a plan of its own for each text, two bounds do not: PostgreSQL keeps one plan for all.
    """
    least, most = column.op("~>=~", is_comparison=True), column.op("~<~", is_comparison=True)
    return and_(least(text), most(text + LAST))


def order_of(sort: str, q: str, sorts: dict[str, ColumnElement[Any]], **readers: Any) -> Order:
    """The column asked for; else the best match first when something is searched, else the code."""
    key, descending = sort.removeprefix("-"), sort.startswith("-")
    if key in sorts:
        return Order(sorts[key], readers.get(key, str), descending)
    text = fold(q)
    if not text:
        return Order(Party.code_sort.expression)
    rank = case(
        (Party.code_folded == text, literal("0")),
        (Party.code_folded.startswith(text, autoescape=True), literal("1")),
        (Party.name_folded.startswith(text, autoescape=True), literal("2")),
        else_=literal("3"),
    )
    return Order(func.concat(rank, Party.code_sort))


def without_address(party_ids: Sequence[uuid.UUID]) -> int:
    """How many of these have an empty card cell, so that nothing can be sent to them."""
    cell = exists().where(EmailCell.party_id == Party.id, EmailCell.slot == EmailSlot.CARD)
    return db.session.scalar(select(func.count()).select_from(Party).where(Party.id.in_(party_ids), ~cell)) or 0
