"""The parties of a filter with all that a card holds, some at a time, in the order of the screen: for exports."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from shared.extensions import db
from shared.people.cards import CELL_FIELDS
from shared.people.changing import FIELDS
from shared.people.finding import SORTS, matching, on_card, order_of
from shared.people.models import Contact, EmailCell, EmailSlot, Family, Party, Person
from shared.people.scopes import Scope

AT_ONCE = 500


def cards_of(family: Family, scope: Scope, *, q: str = "", sort: str = "") -> Iterator[list[dict[str, Any]]]:
    """Pages of field → value, `email_…` and `contact` included: every party of the list, as the list sorts them."""
    cells = {slot: aliased(EmailCell) for slot in EmailSlot if slot is not EmailSlot.CARD}
    contact = (
        select(func.concat(Person.given_name, " ", Person.family_name))
        .join(Contact, Contact.person_id == Person.id)
        .where(Contact.party_id == Party.id, Contact.is_main.is_(False), Contact.closed_at.is_(None))
        .order_by(Contact.id)
        .limit(1)
        .scalar_subquery()
    )
    others = [cell.address.label(CELL_FIELDS[slot]) for slot, cell in cells.items()]
    columns = [
        *(getattr(Party, name) for name in FIELDS),
        EmailCell.address.label(CELL_FIELDS[EmailSlot.CARD]),
        *others,
    ]
    query = select(*columns, func.trim(contact).label("contact")).outerjoin(EmailCell, on_card())
    for slot, cell in cells.items():
        query = query.outerjoin(cell, and_(cell.party_id == Party.id, cell.slot == slot))
    order = order_of(sort, q, SORTS)
    along = order.column.desc() if order.descending else order.column
    last = Party.id.desc() if order.descending else Party.id
    query = query.where(Party.family_id == family.id, scope.parties(), *matching(q)).order_by(along, last)
    for page in db.session.execute(query.execution_options(yield_per=AT_ONCE)).mappings().partitions():
        yield [dict(row) for row in page]
