"""Which lines of the history the address bar asks for, each part found by its own index."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Uuid,
    and_,
    any_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from shared.asking import columns_of
from shared.clock import midnight
from shared.documents import searching
from shared.documents.models import Document
from shared.folding import fold
from shared.keyset import one_of
from shared.notifications.models import Notification, NotificationDocument, Reason, Status
from shared.people.finding import begins, matching
from shared.people.models import EmailCell, Family, Party

COMMON = 5_000  # lines; gathering them or walking to fifty of so many costs about the same
FEW = 500  # lines that are not looked for twice
Found = Literal["common"] | list[uuid.UUID] | None  # see `gather`


@dataclass(frozen=True)
class Filter:
    """What the address bar says: each part narrows, none is everything."""

    party_id: uuid.UUID | None = None
    document_id: uuid.UUID | None = None
    access_id: uuid.UUID | None = None
    family: str = ""
    status: str = ""
    reason: str = ""  # of those that wait
    template_id: uuid.UUID | None = None
    proposed: bool = False  # drafts that a rule proposes and nobody has confirmed
    text: str = ""
    since: date | None = None
    until: date | None = None
    zone: str = "Europe/Paris"


def conditions(chosen: Filter, found: Found = None) -> list[ColumnElement[bool]]:
    """For a query that holds `Notification` and, beside it, `Party` and `Family`; `found` is what `gather` found."""
    equal = (
        (Notification.party_id, chosen.party_id),
        (Notification.access_id, chosen.access_id),
        (Notification.template_id, chosen.template_id),
        (Family.key, chosen.family),
        (Notification.status, chosen.status if chosen.status in set(Status) else None),
    )
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal if value]
    if chosen.reason in set(Reason):
        conditions += [Notification.status == Status.WAITING, Notification.reason == chosen.reason]
    if chosen.reason == Reason.DRAFT:  # what lacks something; a proposal lacks nothing but a confirmation
        conditions.append(Notification.is_proposal.is_(False))
    if chosen.proposed:
        conditions += [Notification.is_proposal.expression, Notification.status == Status.WAITING]
    if chosen.document_id:
        conditions.append(telling_of(chosen.document_id))
    if chosen.since:
        conditions.append(Notification.created_at >= midnight(chosen.since, chosen.zone))
    if chosen.until:
        conditions.append(Notification.created_at < midnight(chosen.until + timedelta(days=1), chosen.zone))
    if chosen.text:
        conditions.append(_meets(chosen.text) if found == "common" else _matches(chosen.text, found))
    return conditions


def gather(typed: str) -> Found:
    """The lines that hold it, when they are few. None: they are to be gathered by index where they are asked for.

    « common »: more hold it than are worth gathering; going through the newest, one soon meets some.
    """
    most: ColumnElement[int] = literal_column(
        str(COMMON + 1)
    )  # written out: PostgreSQL then keeps a plan that stops there
    some = [select(each.limit(most).subquery()) for each in _parts(typed)]
    found = union_all(*some).limit(most).cte("found")
    number = select(func.count()).select_from(found).scalar_subquery()
    few = select(func.array_agg(found.c.id.distinct())).scalar_subquery()
    how_many, ids = columns_of(select(number, case((number <= FEW, few))))[0]
    if how_many > COMMON:
        return "common"
    return (ids or []) if how_many <= FEW else None


def _matches(typed: str, found: list[uuid.UUID] | None) -> ColumnElement[bool]:
    """A party found by code, name or any of its addresses, how an address written to begins, words of a document.

    Each part is found by its own index, so that half a million lines are never read one by one.
    """
    among = one_of(union(*_parts(typed))) if found is None else any_(literal(found, ARRAY(Uuid)))
    matched: ColumnElement[bool] = Notification.id == among
    return matched


def _parts(typed: str) -> list[Select[uuid.UUID]]:
    line, about = aliased(Notification), aliased(NotificationDocument)
    written, waiting = (select(line.id).where(each) for each in _addressed(line, typed))
    of_parties = select(line.id).where(line.party_id == one_of(_parties(typed)))
    told = select(about.notification_id).join(Document, Document.id == about.document_id)
    return [each.correlate(None) for each in (written, waiting, of_parties, told.where(*searching.matching(typed)))]


def _meets(typed: str) -> ColumnElement[bool]:
    """The same of one line at a time."""
    about = aliased(NotificationDocument)
    told = select(true()).join_from(about, Document, Document.id == about.document_id)
    told = told.where(about.notification_id == Notification.id, *searching.matching(typed)).limit(1)
    # A value and no « exists », which PostgreSQL would answer by gathering all of them first.
    of_party = Notification.party_id.in_(_parties(typed))
    return or_(*_addressed(Notification, typed), of_party, told.correlate(Notification).scalar_subquery())


def _addressed(line: Any, typed: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Where it went; of what has not left and is for an address of its own — a contact's, a copy — that address."""
    own = (line.address.is_(None), line.fixed_address.is_not(None))
    waits = and_(*own, begins(func.lower(line.fixed_address), typed.lower()))
    return begins(func.lower(line.address), typed.lower()), waits


def _parties(typed: str) -> CompoundSelect[uuid.UUID]:
    cells = select(EmailCell.party_id).where(EmailCell.address_folded.contains(fold(typed), autoescape=True))
    return union(select(Party.id).where(*matching(typed)).correlate(None), cells.correlate(None))


def telling_of(document_id: uuid.UUID) -> ColumnElement[bool]:
    """The lines about one document."""
    told = select(NotificationDocument.notification_id).where(NotificationDocument.document_id == document_id)
    about: ColumnElement[bool] = Notification.id == one_of(told.correlate(None))
    return about
