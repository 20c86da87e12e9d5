"""`record()`: the one way to say that something happened.

The Event row, the notifications that the rules ask for, the reactions of other nouns and the calls of hooks are
written in the caller's transaction: either all of it happened, or none.
"""

import uuid
from typing import Any

from shared import reactions
from shared.events.batches import batch_facts, is_untold
from shared.events.catalogue import CATALOGUE
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.hooks import planning
from shared.notifications import rules


def record(
    name: str,
    *,
    by: str,
    party_id: uuid.UUID | None = None,
    document_id: uuid.UUID | None = None,
    access_id: uuid.UUID | None = None,
    account_id: uuid.UUID | None = None,
    activity_id: uuid.UUID | None = None,
    notification_id: uuid.UUID | None = None,
    record_id: uuid.UUID | None = None,
    facts: dict[str, Any] | None = None,
) -> Event:
    """Write the event `name` and all it causes; `facts` must be JSON and hold no secret.

    Raises KeyError for a name that the catalogue does not know, ValueError when a fact is missing.
    """
    kind = CATALOGUE[name]
    given = {**(facts or {}), **batch_facts()}
    missing = [fact for fact in kind.facts if fact not in given]
    if missing:
        raise ValueError(f"{name} lacks {', '.join(missing)}")
    event = Event(
        id=uuid7(),
        name=name,
        chain=kind.chain,
        actor=by,
        party_id=party_id,
        document_id=document_id,
        access_id=access_id,
        account_id=account_id,
        activity_id=activity_id,
        notification_id=notification_id,
        record_id=record_id,
        facts=given,
    )
    db.session.add(event)
    if not is_untold():
        rules.apply(event)
    reactions.react(event)
    planning.plan(event)
    return event
