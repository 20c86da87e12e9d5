"""What the parties of an internal exchange answered: as far as one of them may read it, and for staff who decide."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import joinedload

from shared.extensions import db
from shared.records.models import Answer, Record, RecordParty

SUBMITTED = "submitted"


class PartyAnswer(NamedTuple):
    """One party; `answer` None while it has not said."""

    party_id: uuid.UUID
    name: str
    answer: Answer | None
    at: datetime | None
    reason: str
    is_mine: bool


def answers_seen(*, record: Record, party_id: uuid.UUID) -> list[PartyAnswer]:
    """That party's own answer, then the others' where it was allowed to see them; one query."""
    query = select(RecordParty).where(RecordParty.record_id == record.id).options(joinedload(RecordParty.party))
    rows = {row.party_id: row for row in db.session.scalars(query)}
    mine = rows.get(party_id)
    names = {row.party_id: row.party.name for row in rows.values()} | {record.party_id: record.party.name}
    if mine is not None and not mine.sees_answers:
        names = {party_id: names[party_id]}
    told = [_answer(ident, name, rows.get(ident), party_id) for ident, name in names.items()]
    return sorted(told, key=lambda each: (not each.is_mine, each.name))


def own_answers(*, record_ids: Sequence[uuid.UUID], party_id: uuid.UUID) -> dict[uuid.UUID, Answer]:
    """What that party said of these exchanges, where it said something; one query."""
    mine = (RecordParty.record_id.in_(record_ids), RecordParty.party_id == party_id, RecordParty.answer.is_not(None))
    query = select(RecordParty.record_id, RecordParty.answer).where(*mine)
    return {row.record_id: row.answer for row in db.session.execute(query)} if record_ids else {}


def has_refusal(record: Any) -> ColumnElement[bool]:
    """Whether one of the parties refused what staff have not decided yet; `record`: the table."""
    said = (RecordParty.record_id == record.id, RecordParty.answer == Answer.REFUSED)
    return and_(record.status == SUBMITTED, exists().where(*said))


def _answer(ident: uuid.UUID, name: str, row: RecordParty | None, mine: uuid.UUID) -> PartyAnswer:
    if row is None:
        return PartyAnswer(ident, name, None, None, "", ident == mine)
    return PartyAnswer(ident, name, row.answer, row.answered_at, row.reason, ident == mine)
