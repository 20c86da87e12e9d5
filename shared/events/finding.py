"""Reading the journal: one chain at a time, newest first, by key."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, or_, select

from shared.clock import midnight
from shared.documents.models import Document, Folder
from shared.events.models import Chain, Event, EventSeal
from shared.folding import fold
from shared.keyset import Order, Page, by_date, read_page
from shared.people.models import Party
from shared.people.scopes import Scope

NEWEST = Order(Event.at.expression, by_date, descending=True)
ACCOUNTS = "account"  # every account of the portal
EXPORTED = 2000  # lines at a time


@dataclass(frozen=True)
class Filter:
    """What the address bar says: each part narrows, none is everything. `party` is a code or an id."""

    chain: Chain = Chain.EVIDENCE
    name: str = ""
    actor: str = ""
    party: str = ""
    since: date | None = None
    until: date | None = None
    zone: str = "Europe/Paris"

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.name or self.actor or self.party or self.since or self.until)


def lines(scope: Scope, chosen: Filter, *, after: str = "", before: str = "", size: int = 50) -> Page:
    """A page of lines: the columns of the event, its number in the chain, the party's code and name.

    A line about a party or a folder out of reach is left out; the numbers tell that it exists.
    """
    return read_page(_lines(scope, chosen), NEWEST, Event.id.expression, after=after, before=before, size=size)


def every_line(scope: Scope, chosen: Filter) -> Iterator[Row[Any]]:
    """All of them, read 2,000 at a time."""
    after = ""
    while True:
        found = lines(scope, chosen, after=after, size=EXPORTED)
        yield from found.rows
        if found.after is None:
            return
        after = found.after


def _lines(scope: Scope, chosen: Filter) -> Select[*tuple[Any, ...]]:
    hidden = exists().where(Document.id == Event.document_id, Folder.id == Document.folder_id, ~scope.folders())
    return (
        select(
            Event.id,
            Event.name,
            Event.at,
            Event.actor,
            Event.facts,
            Event.party_id,
            Event.document_id,
            Event.notification_id,
            EventSeal.number,
            Party.code,
            Party.name.label("party_name"),
        )
        .outerjoin(EventSeal, EventSeal.event_id == Event.id)
        .outerjoin(Party, Party.id == Event.party_id)
        .where(
            Event.chain == chosen.chain,
            or_(Event.party_id.is_(None), scope.parties()),
            or_(Event.document_id.is_(None), ~hidden),
            *_conditions(chosen),
        )
    )


def _conditions(chosen: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.name:
        conditions.append(Event.name == chosen.name)
    if chosen.actor == ACCOUNTS:
        conditions.append(Event.actor.startswith("account:"))
    elif chosen.actor:
        conditions.append(Event.actor == chosen.actor)
    if chosen.party:
        conditions.append(_about(chosen.party))
    if chosen.since:
        conditions.append(Event.at >= midnight(chosen.since, chosen.zone))
    if chosen.until:
        conditions.append(Event.at < midnight(chosen.until + timedelta(days=1), chosen.zone))
    return conditions


def _about(party: str) -> ColumnElement[bool]:
    try:
        return Event.party_id == uuid.UUID(party)
    except ValueError:
        return Event.party_id.in_(select(Party.id).where(Party.code_folded == fold(party)))
