"""One writer at a time: the record is held until the end of the transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, event, func, select
from sqlalchemy.orm import Session, SessionTransaction, joinedload

from shared.errors import Stale
from shared.extensions import db
from shared.records.models import Record

HELD = "guichet.records_held"
UNHELD = "guichet.names_unheld"


def hold(record: Record, revision: int | None = None) -> None:
    """Hold the row and read it again; raises Stale when it was saved since `revision`."""
    if record.id not in db.session().info.get(HELD, ()):
        db.session.flush()
        db.session.refresh(record, with_for_update={"of": Record})
    if revision is not None and record.revision != revision:
        raise Stale(_("Quelqu’un a enregistré cette pièce pendant que vous la modifiiez. Rien n’a été écrasé."))


def hold_all(wanted: ColumnElement[bool]) -> Sequence[Record]:
    """Hold many at once, with their parties, in one order for everybody: `hold` asks nothing more of them.

    Outside of a savepoint, which would let them go.
    """
    query = select(Record).where(wanted).options(joinedload(Record.party)).order_by(Record.id)
    query = query.with_for_update(of=Record).execution_options(populate_existing=True)
    found = db.session.scalars(query).all()
    db.session().info.setdefault(HELD, set()).update(each.id for each in found)
    return found


@contextmanager
def names_by_their_keys() -> Iterator[None]:
    """Inside, no name is held: the unique keys of the table refuse a second entry, by `IntegrityError`.

    For thousands in one transaction, whose names would fill the table of locks of the whole database.
    """
    info = db.session().info
    info[UNHELD] = True
    try:
        yield
    finally:
        info.pop(UNHELD, None)


def hold_name(kind: str, name: str) -> None:
    """Until the end of the transaction, nobody else enters a record, or what happens to one, by this name."""
    if db.session().info.get(UNHELD):
        return
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"record {kind} {name}", 0))))


@event.listens_for(Session, "after_transaction_end")
def _let_go(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(HELD, None)
