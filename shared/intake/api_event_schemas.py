"""What the API accepts as something that happened: each shape validates a body and is its schema.

A member left out changes nothing. A moment without offset is read on the company's clock.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from shared.intake.api_schemas import Amount, Body, Long, Moment, Name, Short

MOST_EVENTS = 500

Id = Annotated[
    str, Meta(min_length=1, max_length=120, description="Identifies this event for ever: sent again, it does nothing.")
]


class Happening(Struct, kw_only=True, forbid_unknown_fields=True, tag_field="event"):
    """What happened to a record. `kind` and `number` name it in a batch; the address does otherwise."""

    id: Id | UnsetType = UNSET
    kind: Name | UnsetType = UNSET
    number: Name | UnsetType = UNSET


class Moved(Happening, tag="move"):
    """A move of its kind: validate, accept, close…; `day`: of an acceptance, `amount`: of a deposit."""

    move: Name
    day: date | UnsetType = UNSET
    amount: Amount | UnsetType = UNSET
    reason: Long = ""


class Paid(Happening, tag="payment"):
    """Money received for this invoice; `id` is needed, so that it is counted once."""

    id: Id
    amount: Amount
    day: date | UnsetType = UNSET
    label: Short = ""


class GoodsReceived(Happening, tag="goods_received"):
    """Goods received, given to the orders that wait for them, oldest first; `id` is needed."""

    id: Id
    reference: Name
    quantity: Decimal


class MemoWritten(Happening, tag="memo"):
    """Its memo, as it now reads."""

    memo: Long


class StateEntered(Happening, tag="state_code"):
    """A state code defined by staff, such as 103."""

    code: Annotated[str, Meta(min_length=1, max_length=20)]


class AppointmentMade(Happening, tag="appointment"):
    """An appointment made or moved; `at` null cancels it."""

    at: Moment | None
    ends_at: Moment | None = None
    place: Annotated[str, Meta(max_length=300)] | UnsetType = UNSET


AnyEvent = Moved | Paid | GoodsReceived | MemoWritten | StateEntered | AppointmentMade


class Batch(Body):
    """Events in the order in which they happened; each is answered by itself."""

    events: Annotated[list[Raw], Meta(min_length=1, max_length=MOST_EVENTS)]
