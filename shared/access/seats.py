"""Whether a seat lets its person in, today."""

from collections.abc import Iterable

from shared.access.models import Seat
from shared.clock import today


def is_open(seat: Seat) -> bool:
    """Allowed, within its dates (the last day included), and its account not frozen."""
    day = today()
    return (
        seat.allowed
        and seat.account.frozen_at is None
        and (seat.starts_on is None or seat.starts_on <= day)
        and (seat.ends_on is None or seat.ends_on >= day)
    )


def open_among(seats: Iterable[Seat]) -> list[Seat]:
    """The open ones, by the name of their party."""
    return sorted(filter(is_open, seats), key=lambda seat: (seat.party.name_folded, seat.party.code_sort))
