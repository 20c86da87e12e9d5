"""Trying a text about records on a real one: what it reads like before anybody is written to."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, func, select

from shared.extensions import db
from shared.notifications.field_table import BY_KEY
from shared.notifications.pieces import reading
from shared.notifications.record_values import record_values
from shared.notifications.rule_models import Rule
from shared.notifications.values import Value, is_empty
from shared.people.models import Party
from shared.people.scopes import Scope
from shared.records.models import Record

LOOKED_AT = 300  # documents or records tried for missing values, the latest first
# What only an event says: made up in a trial, where nothing has happened.
OF_EVENTS = ("avant", "apres", "motif", "commentaire", "reponse", "rendez_vous_avant")


def records_to_try(scope: Scope, template_id: uuid.UUID, party_id: uuid.UUID, limit: int) -> Sequence[Row[Any]]:
    """The latest records of one party in reach, of the kinds that rules tell of with that text."""
    query = _in_reach(scope, template_id).where(Record.party_id == party_id)
    return db.session.execute(query.limit(limit)).all()


def lacking_records(
    scope: Scope, template_id: uuid.UUID, missing_of: Callable[[dict[str, Value]], list[str]], locale: str, zone: str
) -> list[tuple[str, list[str]]]:
    """The parties for whose latest records the text would have a hole: (name, fields)."""
    found: dict[uuid.UUID, tuple[str, list[str]]] = {}
    for record in db.session.execute(_in_reach(scope, template_id).limit(LOOKED_AT)):
        named: dict[str, Value] = {"nom": record.party_name, "code": record.party_code}
        if missing := missing_of(named | tried_values(record, locale, zone)):
            found.setdefault(record.party_id, (record.party_name, missing))
    return list(found.values())


def tried_values(record: Row[Any] | None, locale: str, zone: str) -> dict[str, Value]:
    """The values of one record, and made-up words for what only an event says."""
    values = record_values([record] if record is not None else [], {}, locale, zone)
    made_up = {key: BY_KEY[key].sample for key in OF_EVENTS if is_empty(values.get(key))}
    return values | made_up


def _in_reach(scope: Scope, template_id: uuid.UUID) -> Any:
    kinds = select(func.split_part(Rule.event, ".", 1)).where(Rule.template_id == template_id)
    told = Rule.deleted_at.is_(None)
    query = reading(Party.name.label("party_name"), Party.code.label("party_code"))
    query = query.join(Party, Party.id == Record.party_id).where(scope.parties(), Record.kind.in_(kinds.where(told)))
    return query.order_by(Record.created_at.desc(), Record.id.desc())
