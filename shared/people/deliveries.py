"""What became of what was sent to each e-mail cell."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, and_, func, select, type_coerce
from sqlalchemy.dialects.postgresql import aggregate_order_by

from shared.extensions import db
from shared.notifications.models import Notification, Reason, Status
from shared.people.models import EmailCell, EmailSlot, Party


class Delivery(enum.StrEnum):
    """How a cell stands."""

    EMPTY = "empty"
    UNUSED = "unused"  # nothing was sent to this address yet
    OK = "ok"
    BOUNCED = "bounced"
    RETRIED = "retried"  # it came back, and somebody decided to try it again
    DEFERRED = "deferred"  # the server asked to come back later: a message waits for its next try
    FAILED = "failed"  # given up: the server had not taken the last message after all its tries
    UNKNOWN = "to_check"  # nobody knows whether the last message was taken


# How a message ended without being taken, and what it makes of the cell until the next one is.
ENDS = {
    Status.BOUNCED: Delivery.RETRIED,
    Status.FAILED: Delivery.FAILED,
    Status.UNKNOWN: Delivery.UNKNOWN,
}
WAITS = and_(Notification.status == Status.WAITING, Notification.reason == Reason.RETRY)


@dataclass(frozen=True)
class CellState:
    """A cell of the family with its delivery state; `at`: since when, the last success, or the next try."""

    slot: EmailSlot
    address: str
    state: Delivery
    at: datetime | None = None
    reason: str = ""


def cell_states(party: Party) -> list[CellState]:
    """The cells that the family has, in their order; one query."""
    last = (
        select(
            EmailCell.slot,
            EmailCell.address,
            EmailCell.bounced_at,
            EmailCell.bounce_reason,
            func.max(Notification.sent_at).filter(Notification.status.in_((Status.SENT, Status.DELIVERED))),
            *(func.max(Notification.ended_at).filter(Notification.status == each) for each in ENDS),
            func.min(Notification.due_at).filter(WAITS),
            _last_reply(Notification.due_at.asc(), WAITS),
            _last_reply(Notification.ended_at.desc(), Notification.status == Status.FAILED),
        )
        .outerjoin(
            Notification,
            and_(
                Notification.party_id == EmailCell.party_id,
                Notification.address_slot == EmailCell.slot,
                Notification.address == EmailCell.address,
            ),
        )
        .where(EmailCell.party_id == party.id)
        .group_by(EmailCell.slot, EmailCell.address, EmailCell.bounced_at, EmailCell.bounce_reason)
    )
    found = {row[0]: row for row in db.session.execute(last)}
    states = []
    for slot in EmailSlot:
        if slot.value not in party.family.slots:
            continue
        row = found.get(slot)
        states.append(_state(slot, *row[1:]) if row else CellState(slot, "", Delivery.EMPTY))
    return states


def _last_reply(order: ColumnElement[Any], which: ColumnElement[bool]) -> ColumnElement[str | None]:
    """What the server said of the first of these rows in that order."""
    replies = func.array_agg(aggregate_order_by(Notification.reply, order)).filter(which)
    return type_coerce(replies, ARRAY(Text))[1]


def _state(
    slot: EmailSlot,
    address: str,
    bounced_at: datetime | None,
    reason: str,
    sent_at: datetime | None,
    *ended: Any,
) -> CellState:
    """What is wrong now first, then what happened last."""
    *ends, again_at, why_again, why_not = ended
    if bounced_at is not None:
        return CellState(slot, address, Delivery.BOUNCED, bounced_at, reason)
    if again_at is not None:
        return CellState(slot, address, Delivery.DEFERRED, again_at, why_again or "")
    happened = [(at, state) for at, state in zip((sent_at, *ends), (Delivery.OK, *ENDS.values()), strict=True) if at]
    if not happened:
        return CellState(slot, address, Delivery.UNUSED)
    at, state = max(happened)
    return CellState(slot, address, state, at, (why_not or "") if state is Delivery.FAILED else "")
