"""The other contacts of a party: taken along where a selection is closed and staff said so, given back by the undo."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from shared.access import granting
from shared.access.bulk_models import BulkKind, BulkRow
from shared.access.contacts import end_all
from shared.access.models import Access
from shared.access.wanting import locked
from shared.extensions import db


def take_along(*, kind: BulkKind, rows: Sequence[BulkRow], by: str) -> int:
    """Close, or disconnect, every other contact of the parties of these rows, who keep what was taken; how many."""
    others = _others([row.party_id for row in rows])
    is_closing = kind is BulkKind.WITHDRAW
    links = granting.open_links([access.id for access in others]) if is_closing else {}
    taken: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for access in others:
        if is_closing and access.allowed:
            granting.withdraw(access=access, by=by)
        elif is_closing or not end_all(access=access, by=by):
            continue
        one = {"id": str(access.id), "revision": access.revision, "links": links.get(access.id, [])}
        taken.setdefault(access.party_id, []).append(one)
    for row in rows:
        row.before = {**row.before, "others": taken.get(row.party_id, [])}
    return sum(map(len, taken.values()))


def give_back(*, taken: Iterable[dict[str, Any]], by: str) -> tuple[int, int]:
    """Open again those that have not changed since: how many, and how many had."""
    back = moved = 0
    for one in taken:
        access = db.session.get(Access, uuid.UUID(one["id"]))
        if access is not None:
            locked(access)
        if access is None or access.revision != one["revision"]:
            moved += 1
            continue
        granting.allow_again(access=access, links=one["links"], by=by)
        back += 1
    return back, moved


def _others(party_ids: Sequence[uuid.UUID]) -> Sequence[Access]:
    """In the order in which everybody locks them."""
    query = select(Access).where(Access.party_id.in_(party_ids), ~Access.is_main).order_by(Access.id)
    return db.session.scalars(query.options(joinedload(Access.seat)).with_for_update(of=Access)).unique().all()
