"""Records as a dashboard counts them: the same as the list shows for the same filter, and what is overdue by age."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ScalarSelect, case, func, literal, select

from shared.extensions import db
from shared.people.models import Party
from shared.people.scopes import Scope
from shared.records.finding import reached
from shared.records.listing import Filter, conditions
from shared.records.models import Record
from shared.tallying import tally

AGES = (30, 60, 90)  # days past due: up to 30, up to 60, up to 90, more


class Aged(NamedTuple):
    """Invoices of one age, a place in `AGES` or after its last, with what is still owed on them in one currency."""

    age: int
    currency: str
    invoices: int
    owed: Decimal


def records(scope: Scope, chosen: Filter) -> ScalarSelect[int]:
    """How many records the list holds for this filter, which has no text."""
    return tally(select(Record.id).join(Party).where(reached(scope), *conditions(chosen)))


def overdue(scope: Scope, today: date) -> list[Aged]:
    """Open invoices past due that payments have not covered, the youngest first, currency by currency."""
    late = literal(today) - Record.due_on
    age = case(*((late <= days, place) for place, days in enumerate(AGES)), else_=len(AGES))
    owed = func.sum(Record.amount - Record.paid)
    query = select(age.label("age"), Record.currency, func.count(), owed).join(Party)
    query = query.where(reached(scope), *conditions(Filter(kind="invoice", late=True, today=today)))
    rows = db.session.execute(query.group_by("age", Record.currency).order_by(Record.currency, "age"))
    return [Aged(*row) for row in rows]
