"""Which lines of the history the address bar asks for, each part found by its own index."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, any_, cast, func, select, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlalchemy.types import Uuid

from shared.documents import searching
from shared.documents.models import Document
from shared.folding import fold
from shared.notifications.models import Notification, NotificationDocument, Reason, Status
from shared.people.finding import matching
from shared.people.models import EmailCell, Family, Party


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
    text: str = ""
    since: date | None = None
    until: date | None = None
    zone: str = "Europe/Paris"


def conditions(chosen: Filter) -> list[ColumnElement[bool]]:
    """For a query that holds `Notification` and, beside it, `Party` and `Family`."""
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
    if chosen.document_id:
        conditions.append(telling_of(chosen.document_id))
    if chosen.since:
        conditions.append(Notification.created_at >= _midnight(chosen.since, chosen.zone))
    if chosen.until:
        conditions.append(Notification.created_at < _midnight(chosen.until + timedelta(days=1), chosen.zone))
    if chosen.text:
        conditions.append(_matches(chosen.text))
    return conditions


def _matches(typed: str) -> ColumnElement[bool]:
    """A party found by code, name or any of its addresses, how an address written to begins, words of a document.

    Each part is found by its own index, so that half a million lines are never read one by one.
    """
    line, about = aliased(Notification), aliased(NotificationDocument)
    written = select(line.id).where(func.lower(line.address).startswith(typed.lower(), autoescape=True))
    parties = select(Party.id).where(*matching(typed)).correlate(None)
    cells = select(EmailCell.party_id).where(EmailCell.address_folded.contains(fold(typed), autoescape=True))
    of_document = select(about.notification_id).join(Document, Document.id == about.document_id)
    of_parties = select(line.id).where(line.party_id == one_of(union(parties, cells.correlate(None))))
    told = of_document.where(*searching.matching(typed))
    matched: ColumnElement[bool] = Notification.id == one_of(
        union(*[each.correlate(None) for each in (written, of_parties, told)])
    )
    return matched


def telling_of(document_id: uuid.UUID) -> ColumnElement[bool]:
    """The lines about one document."""
    told = select(NotificationDocument.notification_id).where(NotificationDocument.document_id == document_id)
    about: ColumnElement[bool] = Notification.id == one_of(told.correlate(None))
    return about


def one_of(found: Any) -> ColumnElement[Any]:
    """One of these ids, read once into an array: PostgreSQL then starts from them and not from half a million lines."""
    return any_(cast(func.array(found.scalar_subquery()), ARRAY(Uuid)))


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))
