"""Before many records are sent at once: how many messages would leave, and who has no address. Writes nothing."""

import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shared.events.batches import together
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.notifications.audiences import recipients_of
from shared.notifications.recipients import Recipient
from shared.notifications.rules import concerns, enabled, meets
from shared.notifications.surroundings import addresses_of
from shared.notifications.withholding import MAIL, address_of
from shared.records.models import Record


class Foreseen(NamedTuple):
    """`messages` that would leave; `lacking`: the records whose message would wait for an address."""

    messages: int
    lacking: Sequence[Record]


def foresee(event: str, records: Iterable[Record], *, by: str) -> Foreseen:
    """What the enabled rules would make of this event for each of these records."""
    found: list[tuple[Record, Recipient]] = []
    with together():
        for record in records:
            facts = {"record": str(record.id), "number": record.number, "kind": record.kind}
            asked = Event(id=uuid7(), name=event, actor=by, record_id=record.id, party_id=record.party_id, facts=facts)
            found += [(record, each) for each in _told(asked)]
    around = addresses_of(db.session.connection(), {each.party_id for _record, each in found if each.party_id})
    lacking = {record.id: record for record, each in found if address_of(_row(each), around) is None}
    reached = sum(1 for record, each in found if record.id not in lacking or address_of(_row(each), around))
    return Foreseen(reached, list(lacking.values()))


def _told(event: Event) -> list[Recipient]:
    rules = [rule for rule in enabled(event.name) if concerns(rule, event)]
    return [each for rule in rules for each in recipients_of(rule, event) if meets(rule, each)]


def _row(recipient: Recipient) -> dict[str, str | uuid.UUID | None]:
    """What `address_of` reads of a row of the outbox."""
    return {
        "fixed_address": recipient.fixed_address,
        "party_id": recipient.party_id,
        "channel": MAIL,
        "slot": recipient.slot,
    }
