"""The grid « Droits d’accès au portail »: one line a party, read in one query of plain columns.

Nothing here ever selects a secret.
"""

import functools
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.types import Date, DateTime, Integer

from shared.access.models import Access, Account, Link, LinkPurpose, Seat
from shared.clock import now
from shared.documents.reading import COMPANY_ZONE
from shared.events.models import Event
from shared.extensions import db
from shared.keyset import NEVER, Page, by_date, read_page
from shared.notifications.models import Notification
from shared.people.finding import matching, order_of
from shared.people.models import Contact, EmailCell, EmailSlot, Family, Party
from shared.people.scopes import Scope

# In the order of a sort: what asks for somebody's attention first.
STATES = ("unsynced", "expired", "none", "closed", "planned", "valid")
PASSWORDS = ("hidden", "expired", "to_activate", "set", "")
READERS = dict.fromkeys(("state", "password", "allowed", "notify"), int) | dict.fromkeys(
    ("sent_at", "last_login"), by_date
)
ABOUT_ACCESS = ("access.opened", "access.renotified", "notification.resent")


def lines(
    family: Family,
    scope: Scope,
    *,
    q: str = "",
    state: str = "",
    sort: str = "",
    after: str = "",
    before: str = "",
    size: int = 50,
) -> Page:
    """A page of the grid, sorted by any of its columns."""
    query = _lines().where(Party.family_id == family.id, scope.parties(), *matching(q), *_in_state(state))
    order = order_of(sort, q, _sorts(), **READERS)
    ident, values = Party.id.expression, _present()  # `.params()` would copy the whole statement
    return read_page(query, order, ident, after=after, before=before, size=size, values=values)


def lines_of(party_ids: Sequence[uuid.UUID], scope: Scope) -> Sequence[Row[Any]]:
    """The lines of these parties, for those in reach."""
    query = _lines().where(Party.id.in_(party_ids), scope.parties())
    return db.session.execute(query.order_by(Party.code_sort, Party.id), _present()).all()


def count(family: Family, scope: Scope, *, q: str = "", state: str = "") -> int:
    """How many lines the filter holds."""
    query: Select[*tuple[Any, ...]] = select(func.count()).select_from(Party)
    if state:
        query = _joined(query)
    query = query.where(Party.family_id == family.id, scope.parties(), *matching(q), *_in_state(state))
    return db.session.scalar(query, _present() if state else {}) or 0


def chosen(family: Family, scope: Scope, *, q: str = "", state: str = "", most: int) -> list[uuid.UUID]:
    """The parties of the filter, one more than `most` when there are too many."""
    query = _joined(select(Party.id)).where(
        Party.family_id == family.id, scope.parties(), *matching(q), *_in_state(state)
    )
    return list(
        db.session.scalars(query.order_by(Party.code_sort, Party.id).limit(most + 1), _present() if state else {})
    )


def every_line(family: Family, scope: Scope, *, q: str = "", state: str = "") -> Sequence[Row[Any]]:
    """The whole filter, for the export."""
    query = _lines().where(Party.family_id == family.id, scope.parties(), *matching(q), *_in_state(state))
    return db.session.execute(query.order_by(Party.code_sort, Party.id), _present()).all()


def story(access_id: uuid.UUID, most: int = 50) -> Sequence[Event]:
    """Who did what to an access and when, the latest first."""
    query = select(Event).where(Event.access_id == access_id).order_by(Event.at.desc(), Event.id.desc()).limit(most)
    return db.session.scalars(query).all()


def _present() -> dict[str, Any]:
    """What the statements below are asked with: they are built once, for the time of the process."""
    moment = now()
    return {"moment": moment, "today": moment.astimezone(COMPANY_ZONE).date()}


@functools.cache
def _lines() -> Select[*tuple[Any, ...]]:
    sent = _last_message()
    query = select(
        Party.id,
        Party.code,
        Party.name,
        EmailCell.address.label("email"),
        EmailCell.bounced_at,
        Access.id.label("access_id"),
        Access.identifier,
        func.coalesce(Access.allowed, False).label("allowed"),
        func.coalesce(Access.notify, False).label("notify"),
        func.coalesce(Access.revision, 0).label("revision"),
        Access.cause,
        Access.changed_at,
        _state().label("state"),
        _password().label("password"),
        Account.last_login_at,
        sent.c.address.label("sent_to"),
        sent.c.sent_at,
        sent.c.status.label("sent_status"),
        sent.c.reason.label("sent_reason"),
        sent.c.id.label("notification_id"),
    )
    return _joined(query).outerjoin(sent, true())


def _joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.outerjoin(Contact, and_(Contact.party_id == Party.id, Contact.is_main))
        .outerjoin(EmailCell, and_(EmailCell.party_id == Party.id, EmailCell.slot == EmailSlot.CARD))
        .outerjoin(Access, Access.contact_id == Contact.id)
        .outerjoin(Seat, Seat.access_id == Access.id)
        .outerjoin(Account, Account.id == Seat.account_id)
    )


@functools.cache
def _last_message() -> Any:
    """The last message that communicated the access."""
    return (
        select(Notification.id, Notification.address, Notification.sent_at, Notification.status, Notification.reason)
        .where(Notification.access_id == Access.id, Notification.event.in_(ABOUT_ACCESS))
        .order_by(Notification.created_at.desc(), Notification.id.desc())
        .limit(1)
        .correlate(Access)
        .lateral("sent")
    )


def _rank(name: str, names: tuple[str, ...]) -> ColumnElement[int]:
    return literal(names.index(name), Integer)


def _is_red() -> ColumnElement[bool]:
    return or_(and_(Seat.id.is_(None), Access.allowed), and_(Seat.id.is_not(None), Seat.revision != Access.revision))


@functools.cache
def _state() -> ColumnElement[int]:
    today = bindparam("today", type_=Date())
    return case(
        (Access.id.is_(None), _rank("none", STATES)),
        (_is_red(), _rank("unsynced", STATES)),
        (Seat.id.is_(None), _rank("none", STATES)),
        (Access.allowed.is_(False), _rank("closed", STATES)),
        (Seat.ends_on < today, _rank("expired", STATES)),
        (Seat.starts_on > today, _rank("planned", STATES)),
        else_=_rank("valid", STATES),
    )


@functools.cache
def _password() -> ColumnElement[int]:
    """« •••••• » until it is handed over or used, then what became of it. The link to activate counts as one."""
    moment = bindparam("moment", type_=DateTime(timezone=True))
    is_waiting = or_(Seat.id.is_(None), Access.initial_set_at > Seat.applied_at)
    is_kept = and_(Access.initial_secret.is_not(None), Access.initial_handed_over_at.is_(None))
    works = Account.initial_expires_at > moment
    sent = and_(Link.access_id == Access.id, Link.purpose == LinkPurpose.ACTIVATION)
    alive = and_(Link.expires_at > moment, Link.revoked_at.is_(None), Link.used_at.is_(None))
    return case(
        (and_(is_kept, or_(is_waiting, works)), _rank("hidden", PASSWORDS)),
        (and_(Access.initial_secret.is_not(None), is_waiting), _rank("to_activate", PASSWORDS)),
        (Seat.id.is_(None), _rank("", PASSWORDS)),
        (Account.password_hash.is_not(None), _rank("set", PASSWORDS)),
        (works, _rank("to_activate", PASSWORDS)),
        (and_(exists().where(sent), ~exists().where(sent, alive)), _rank("expired", PASSWORDS)),
        (and_(Account.initial_hash.is_not(None), ~exists().where(sent)), _rank("expired", PASSWORDS)),
        else_=_rank("to_activate", PASSWORDS),
    )


def _in_state(state: str) -> list[ColumnElement[bool]]:
    return [_state() == STATES.index(state)] if state in STATES else []


@functools.cache
def _sorts() -> dict[str, ColumnElement[Any]]:
    sent = _last_message()
    return {
        "state": _state(),
        "code": Party.code_sort.expression,
        "name": Party.name_folded.expression,
        "email": func.coalesce(EmailCell.address_folded, ""),
        "identifier": func.coalesce(Access.identifier, ""),
        "password": _password(),
        "allowed": case((Access.allowed, 1), else_=0),
        "notify": case((Access.notify, 1), else_=0),
        "sent_to": func.coalesce(sent.c.address, ""),
        "sent_at": func.coalesce(sent.c.sent_at, literal(NEVER)),
        "last_login": func.coalesce(Account.last_login_at, literal(NEVER)),
    }
