"""What an ERP says has happened: each event once, whatever comes twice."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from flask_babel import gettext as _
from msgspec import UNSET

from shared.errors import Refused, Stale
from shared.intake import api_calls
from shared.intake.api_event_schemas import (
    AnyEvent,
    AppointmentMade,
    GoodsReceived,
    Happening,
    MemoWritten,
    Moved,
    Paid,
    StateEntered,
)
from shared.intake.api_records import SOURCE, standing
from shared.records import allocating, changing, moving, paying
from shared.records.kinds import KINDS
from shared.records.models import Record


@dataclass(frozen=True)
class Outcome:
    """Whether something changed, the record as it stands, and the orders that goods made ready."""

    applied: bool
    record: Record | None = None
    ready: tuple[str, ...] = ()


class NotAllowed(Refused):
    """Where the record stands, this cannot happen to it; answered with 409."""


def tell(*, event: AnyEvent, kind: str, number: str, token_id: uuid.UUID, by: str) -> Outcome:
    """Do what an event says to the record of that kind and number. One whose `id` was told before does nothing.

    Raises Refused with the field: NotAllowed for a move that the status does not allow, `Unknown` for no such record.
    """
    known = event.id is not UNSET and _known(event, kind, number, token_id)
    if isinstance(event, GoodsReceived):
        return Outcome(False) if known else _received(event, by)
    record = standing(kind, number)
    if known:
        return Outcome(False, record)
    return Outcome(_VERBS[type(event)](record, event, by), record)


@contextmanager
def many(*, events: Sequence[tuple[AnyEvent, str, str]], token_id: uuid.UUID) -> Iterator[None]:
    """Within, `tell` finds the ids of these events, their kinds and numbers, written already."""
    keys: dict[str, str] = {}
    for event, kind, number in events:
        if event.id is not UNSET:
            keys.setdefault(*_keyed(event, kind, number))
    with api_calls.told_at_once(token_id=token_id, keys=keys):
        yield


def _keyed(event: Happening, kind: str, number: str) -> tuple[str, str]:
    return f"{api_calls.EVENT}{event.id}", api_calls.digest_of(kind, number, _told(event))


def _known(event: Happening, kind: str, number: str, token_id: uuid.UUID) -> bool:
    """Raises Refused when the id was given to something else."""
    key, digest = _keyed(event, kind, number)
    try:
        return not api_calls.is_first(token_id=token_id, key=key, digest=digest)
    except api_calls.OtherBody:
        raise Refused(_("Cet identifiant est déjà celui d’un autre événement."), "id") from None


def _told(event: Happening) -> bytes:
    """What it says, wherever the record was named: in the address or in the body."""
    body = msgspec.to_builtins(event)
    for name in ("kind", "number"):
        body.pop(name, None)
    return msgspec.json.encode(body, order="sorted")


def _moved(record: Record, event: Moved, by: str) -> bool:
    told: dict[str, Any] = {
        name: getattr(event, name) for name in ("day", "amount") if getattr(event, name) is not UNSET
    }
    stays = any(each.key == event.move and each.to is None for each in KINDS[record.kind].moves)
    reference = event.id if stays and event.id is not UNSET else ""  # where the status does not tell that it is made
    try:
        return moving.move(record=record, move=event.move, by=by, reason=event.reason, reference=reference, **told)
    except Stale:
        raise
    except Refused as refusal:
        if refusal.field == "move" and event.move in {each.key for each in KINDS[record.kind].moves}:
            raise NotAllowed(refusal.sentence, "move") from refusal
        raise


def _memo(record: Record, event: MemoWritten, by: str) -> bool:
    return bool(changing.change(record=record, by=by, values={"memo": event.memo}))


def _state(record: Record, event: StateEntered, by: str) -> bool:
    try:
        return bool(changing.change(record=record, by=by, values={"state_code": event.code}))
    except Refused as refusal:
        raise Refused(refusal.sentence, "code") from refusal


def _appointment(record: Record, event: AppointmentMade, by: str) -> bool:
    values: dict[str, Any] = {"appointment_at": event.at, "appointment_ends_at": event.ends_at}
    if event.place is not UNSET:
        values["appointment_place"] = event.place
    try:
        return bool(changing.change(record=record, by=by, values=values))
    except Refused as refusal:
        names = {"appointment_at": "at", "appointment_ends_at": "ends_at", "appointment_place": "place"}
        raise Refused(refusal.sentence, names.get(refusal.field or "", refusal.field)) from refusal


def _paid(record: Record, event: Paid, by: str) -> bool:
    if not KINDS[record.kind].has_balance:
        raise Refused(_("Un paiement se reçoit pour une facture."), "event")
    told: dict[str, Any] = {"day": None if event.day is UNSET else event.day, "memo": event.label}
    paying.pay(
        party=record.party, invoice=record, amount=event.amount, external_id=event.id, by=by, source=SOURCE, **told
    )
    return True


def _received(event: GoodsReceived, by: str) -> Outcome:
    found = allocating.receive(reference=event.reference, quantity=event.quantity, by=by, entry=event.id)
    return Outcome(bool(found.orders), ready=tuple(order.number for order in found.ready))


_VERBS: dict[type[Happening], Callable[[Record, Any, str], bool]] = {
    Moved: _moved,
    Paid: _paid,
    MemoWritten: _memo,
    StateEntered: _state,
    AppointmentMade: _appointment,
}
