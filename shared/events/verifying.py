"""Verifying: each line is hashed again and compared with its link; the first that does not hold is named.

What a purge took away is passed over by its signed checkpoint. A line altered, taken away, put in or cut off the end
is found by whoever has GUICHET_KEY, and cannot be hidden by whoever has only the database.
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, RowMapping, Select, func, or_, select

from shared.events.chaining import COLUMNS, START, link, signature
from shared.events.models import Chain, Event, EventChainHead, EventCheckpoint, EventSeal
from shared.events.sealing import earliest, latest
from shared.extensions import db

BATCH = 5000

Fault = Literal["head", "checkpoint", "altered", "deleted", "unlinked", "cut", "inserted"]


@dataclass(frozen=True)
class Finding:
    """What one chain says: how many lines hold, how many a purge took, how many wait, and the first fault."""

    chain: Chain
    checked: int
    purged: int = 0
    waiting: int = 0
    fault: Fault | None = None
    number: int = 0
    event_id: str = ""
    name: str = ""
    at: str = ""
    head: str = ""  # the last link, in hexadecimal: written down elsewhere, it proves the whole later


@dataclass(frozen=True)
class Start:
    """Where a verification begins: after what a purge took away."""

    number: int
    hash: bytes


class Broken(Exception):
    """The first line that does not hold."""

    def __init__(self, fault: Fault, number: int, line: RowMapping | None = None) -> None:
        super().__init__(fault, number)
        self.fault: Fault = fault
        self.number = number
        self.line = line


def verify(chain: Chain, progress: Callable[[int], None] = lambda _seen: None) -> Finding:
    """Go through one chain, 5,000 lines at a time; `progress` is told after each how many were seen, and may commit."""
    checked = 0
    head = db.session.get(EventChainHead, chain, populate_existing=True)
    start = start_of(chain)
    begun = start.number if start else 0
    try:
        _check_marks(chain, head, start)
        last = begin = Start(begun, start.hash) if start else Start(0, START)
        for held in links(chain, begin, head.number if head else 0):
            last, checked = held, held.number - begun
            if checked % BATCH == 0:
                progress(checked)
        if head is not None and last.hash != head.hash:
            raise Broken("head", last.number)
        _check_strangers(chain, head)
    except Broken as broken:
        return _told(chain, checked, begun, broken)
    waiting = db.session.scalar(_without_seal(chain, func.count())) or 0
    return Finding(chain, checked, begun, waiting, number=last.number, head=last.hash.hex())


def links(chain: Chain, after: Start, until: int) -> Iterator[Start]:
    """Each link that holds, up to number `until`; raises Broken at the first that does not."""
    last = after
    while last.number < until:
        rows = _batch(chain, last.number, until)
        for row in rows:
            if row["number"] != last.number + 1:
                break
            last = Start(row["number"], _checked(chain, last, row))
            yield last
        if not rows or rows[-1]["number"] != last.number:
            last = _past_purge(chain, last, "unlinked" if rows else "cut")


def start_of(chain: Chain) -> EventCheckpoint | None:
    """The newest checkpoint: what stood up to its number is gone, rightly."""
    newest = select(EventCheckpoint).where(EventCheckpoint.chain == chain).order_by(EventCheckpoint.number.desc())
    return db.session.scalars(newest.limit(1)).first()


def extra_of(point: EventCheckpoint) -> str:
    """What a checkpoint's signature covers beside its place in the chain."""
    return f"{point.purged}:{point.older_than.timestamp():.6f}"


def _check_marks(chain: Chain, head: EventChainHead | None, start: EventCheckpoint | None) -> None:
    if head is None:
        if start is not None or db.session.scalar(select(EventSeal.number).where(EventSeal.chain == chain).limit(1)):
            raise Broken("head", 0)
        return
    if not hmac.compare_digest(head.signature, signature("head", chain, head.number, head.hash, head.at)):
        raise Broken("head", head.number)
    if start is None:
        return
    ours = signature("checkpoint", chain, start.number, start.hash, start.at, extra_of(start))
    if not hmac.compare_digest(start.signature, ours) or start.number > head.number:
        raise Broken("checkpoint", start.number)


def _batch(chain: Chain, after: int, until: int) -> list[RowMapping]:
    query = (
        select(EventSeal.event_id, EventSeal.number, EventSeal.hash, *COLUMNS)
        .outerjoin(Event, Event.id == EventSeal.event_id)
        .where(EventSeal.chain == chain, EventSeal.number > after, EventSeal.number <= until)
        .order_by(EventSeal.number)
        .limit(BATCH)
    )
    return list(db.session.execute(query).mappings())


def _checked(chain: Chain, last: Start, row: RowMapping) -> bytes:
    if row["id"] is None:
        raise Broken("deleted", row["number"], row)
    expected = link(chain, row["number"], last.hash, row)
    if not hmac.compare_digest(expected, row["hash"]):
        raise Broken("altered", row["number"], row)
    return expected


def _past_purge(chain: Chain, last: Start, otherwise: Fault) -> Start:
    """Links are missing: rightly when a purge has run meanwhile, wrongly otherwise."""
    point = start_of(chain)
    if point is None or point.number <= last.number:
        raise Broken(otherwise, last.number + 1)
    _check_marks(chain, db.session.get(EventChainHead, chain, populate_existing=True), point)
    return Start(point.number, point.hash)


def _check_strangers(chain: Chain, head: EventChainHead | None) -> None:
    """Lines without a seal whose time to be sealed is over: nobody recorded them."""
    query = _without_seal(chain, *COLUMNS).where(or_(Event.id < earliest(head), Event.id >= latest()))
    stranger = db.session.execute(query.order_by(Event.id).limit(1)).mappings().first()
    if stranger is not None:
        raise Broken("inserted", 0, stranger)


def _without_seal(chain: Chain, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    query = select(*columns).select_from(Event).outerjoin(EventSeal, EventSeal.event_id == Event.id)
    return query.where(EventSeal.event_id.is_(None), Event.chain == chain)


def _told(chain: Chain, checked: int, purged: int, broken: Broken) -> Finding:
    line = broken.line
    known = line is not None and line["id"] is not None
    return Finding(
        chain,
        checked,
        purged,
        fault=broken.fault,
        number=broken.number,
        event_id=str(line["id"] or line["event_id"]) if line is not None else "",
        name=line["name"] if line is not None and known else "",
        at=line["at"].isoformat() if line is not None and known else "",
    )
