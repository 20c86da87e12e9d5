"""What became of what was sent to each e-mail cell."""

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.people.models import EmailCell, EmailSlot, Party


class Delivery(enum.StrEnum):
    """How a cell stands."""

    EMPTY = "empty"
    UNUSED = "unused"  # nothing was sent to this address yet
    OK = "ok"
    BOUNCED = "bounced"
    RETRIED = "retried"  # it came back, and somebody decided to try it again


@dataclass(frozen=True)
class CellState:
    """A cell of the family with its delivery state; `at`: since when, or the last success."""

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
            func.max(Notification.ended_at).filter(Notification.status == Status.BOUNCED),
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


def _state(
    slot: EmailSlot,
    address: str,
    bounced_at: datetime | None,
    reason: str,
    sent_at: datetime | None,
    came_back_at: datetime | None,
) -> CellState:
    if bounced_at is not None:
        return CellState(slot, address, Delivery.BOUNCED, bounced_at, reason)
    if came_back_at is not None and (sent_at is None or sent_at < came_back_at):
        return CellState(slot, address, Delivery.RETRIED, came_back_at)
    if sent_at is not None:
        return CellState(slot, address, Delivery.OK, sent_at)
    return CellState(slot, address, Delivery.UNUSED)
