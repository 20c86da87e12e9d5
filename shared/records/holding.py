"""One writer at a time: the record is held until the end of the transaction."""

from flask_babel import gettext as _
from sqlalchemy import func, select

from shared.errors import Stale
from shared.extensions import db
from shared.records.models import Record


def hold(record: Record, revision: int | None = None) -> None:
    """Hold the row and read it again; raises Stale when it was saved since `revision`."""
    db.session.flush()
    db.session.refresh(record, with_for_update={"of": Record})
    if revision is not None and record.revision != revision:
        raise Stale(_("Quelqu’un a enregistré cette pièce pendant que vous la modifiiez. Rien n’a été écrasé."))


def hold_name(kind: str, name: str) -> None:
    """Until the end of the transaction, nobody else enters a record of this kind by this number or identifier."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"record {kind} {name}", 0))))
