"""Sealing: the tick binds the lines that are final to their chain, in the order of their ids.

A line is final when the transaction that wrote it is older than every one that still runs: none that comes before
it can appear any more. `record()` only inserts, and waits for nobody.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, Select, and_, func, insert, literal_column, or_, select

from shared.clock import now
from shared.events.chaining import COLUMNS, START, link, signature
from shared.events.models import Chain, Event, EventChainHead, EventSeal
from shared.extensions import db

ONLY_ONE = 7_300_421  # advisory lock: sealing and purging, one at a time on all machines
BATCH = 2000
LATEST = timedelta(days=1)  # no transaction of ours lasts as long: an older line without a seal was slipped in
AHEAD = timedelta(hours=1)  # how far the clocks of two machines may differ


def seal(limit: int = BATCH) -> int:
    """Seal the lines that are final, `limit` at most; how many were."""
    db.session.execute(select(func.pg_advisory_xact_lock(ONLY_ONE)))
    heads = {head.chain: head for head in db.session.scalars(select(EventChainHead))}
    lines = db.session.execute(_final(heads).limit(limit)).mappings().all()
    if not lines:
        return 0
    made = []
    for chain in Chain:
        made += _extended(chain, heads.get(chain), [line for line in lines if line["chain"] == chain])
    db.session.execute(insert(EventSeal), made)
    return len(made)


def earliest(head: EventChainHead | None) -> uuid.UUID:
    """Ids below this one can no longer be sealed on this chain: a line that has one and no seal was slipped in."""
    return lowest_id(head.at - LATEST) if head is not None else uuid.UUID(int=0)


def latest() -> uuid.UUID:
    """Ids from this one on belong to no moment that has come."""
    return lowest_id(now() + AHEAD)


def lowest_id(at: datetime) -> uuid.UUID:
    """The least UUIDv7 of this moment (RFC 9562, 5.7: the first 48 bits are milliseconds since 1970)."""
    return uuid.UUID(int=int(at.timestamp() * 1000) << 80)


def _final(heads: Mapping[Chain, EventChainHead]) -> Select[*tuple[Any, ...]]:
    oldest = func.pg_snapshot_xmin(func.pg_current_snapshot()).op("::")(literal_column("xid"))
    recent = [and_(Event.chain == chain, Event.id >= earliest(heads.get(chain))) for chain in Chain]
    return (
        select(*COLUMNS)
        .outerjoin(EventSeal, EventSeal.event_id == Event.id)
        .where(
            EventSeal.event_id.is_(None),
            or_(*recent),
            Event.id < latest(),
            func.age(literal_column("event.xmin")) > func.age(oldest),
        )
        .order_by(Event.id)
    )


def _extended(chain: Chain, head: EventChainHead | None, lines: list[RowMapping]) -> list[dict[str, Any]]:
    """The links of these lines, and the head of the chain moved to the last of them."""
    number, last = (head.number, head.hash) if head is not None else (0, START)
    made = []
    for line in lines:
        number += 1
        last = link(chain, number, last, line)
        made.append({"event_id": line["id"], "chain": chain, "number": number, "hash": last})
    if made:
        at = now()
        mark = signature("head", chain, number, last, at)
        db.session.merge(EventChainHead(chain=chain, number=number, hash=last, at=at, signature=mark))
        db.session.flush()
    return made
