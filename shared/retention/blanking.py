"""What an erasure takes of records: the words written on them. Numbers, dates and amounts stay.

Code de commerce, L123-22: what the accounts rest on is kept for ten years, and with it whose it is.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, or_, select, update

from shared.extensions import db
from shared.people.models import Party
from shared.records.kinds import KINDS
from shared.records.models import Record, RecordParty
from shared.records.remark_models import Remark

# The title of what was sold is part of what the accounts rest on; that of a visit or of an expense is free.
SOLD = [key for key, kind in KINDS.items() if kind.has_lines]
BOOKED = ("invoice", "order", "payment")
WRITTEN = (Record.memo, Record.appointment_place, Record.appointment_note, Record.refusal_reason)


def written_on(party: Party) -> Select[Any]:
    """The records that bear words about this party, or by it."""
    said = exists().where(
        RecordParty.record_id == Record.id, RecordParty.party_id == party.id, RecordParty.reason != ""
    )
    free = or_(*(column != "" for column in WRITTEN), and_(_is_free(), Record.title != ""))
    return select(Record.id).where(or_(and_(Record.party_id == party.id, free), said))


def is_in_the_accounts(party: Party) -> bool:
    """Whether a record that the law has kept bears its name."""
    kept = exists().where(Record.party_id == party.id, Record.kind.in_(BOOKED))
    return bool(db.session.scalar(select(kept)))


def blank(*, party: Party, instead: str) -> None:
    """Empty those words; `instead` stands where a title was, so that a list still names its row."""
    empty: dict[str, Any] = {column.key: "" for column in WRITTEN}
    title = case((and_(_is_free(), Record.title != ""), instead), else_=Record.title)
    mine = update(Record).where(Record.party_id == party.id)
    db.session.execute(mine.values(**empty, title=title, contact_id=None, revision=Record.revision + 1))
    db.session.execute(update(RecordParty).where(RecordParty.party_id == party.id).values(reason=""))
    db.session.execute(delete(Remark).where(Remark.party_id == party.id))


def _is_free() -> ColumnElement[bool]:
    return Record.kind.not_in(SOLD)
