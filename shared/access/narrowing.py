"""What is taken away from an access reaches its seat at once, in both modes; what is added waits."""

import uuid
from datetime import date

from sqlalchemy import select

from shared.access.models import Access, Seat
from shared.access.wanting import wanted
from shared.clock import now
from shared.events.recording import record
from shared.extensions import db

Folders = list[uuid.UUID] | None  # None: every shared folder of the family


def narrowed(access: Access, *, cause: str, by: str, fields: list[str]) -> None:
    """Note that dates or rights of `access` have just been changed; the row turns red only for what was added.

    The caller holds the row (`wanting.locked`).
    """
    seat = db.session.scalars(select(Seat).where(Seat.access_id == access.id).with_for_update()).one_or_none()
    is_green = seat is not None and seat.revision == access.revision
    if seat is not None:
        seat.folder_ids = common(seat.folder_ids, access.folder_ids)
        seat.acts = [act for act in seat.acts if act in access.acts]
        seat.starts_on = _last(seat.starts_on, access.starts_on)
        seat.ends_on = _first(seat.ends_on, access.ends_on)
    if seat is None or not is_green or not _is_applied(seat, access):
        wanted(access, cause=cause, by=by, fields=fields)
        return
    access.revision += 1
    seat.revision, seat.applied_at = access.revision, now()
    access.changed_at, access.changed_by, access.cause = now(), by, cause
    db.session.flush()
    record("access.changed", by=by, party_id=access.party_id, access_id=access.id, facts={"fields": fields})


def common(one: Folders, other: Folders) -> Folders:
    """What both cover."""
    if one is None or other is None:
        return other if one is None else one
    return sorted(set(one) & set(other))


def _is_applied(seat: Seat, access: Access) -> bool:
    same_folders = (seat.folder_ids is None) == (access.folder_ids is None)
    same_folders = same_folders and set(seat.folder_ids or ()) == set(access.folder_ids or ())
    same_acts = set(seat.acts) == set(access.acts)
    return same_folders and same_acts and (seat.starts_on, seat.ends_on) == (access.starts_on, access.ends_on)


def _last(one: date | None, other: date | None) -> date | None:
    return max((each for each in (one, other) if each is not None), default=None)


def _first(one: date | None, other: date | None) -> date | None:
    return min((each for each in (one, other) if each is not None), default=None)
