"""« Voir les différences »: what the next synchronisation would change, before it does. Reads only, in reach only."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from shared.access.models import Access, Seat
from shared.access.synchronising import is_red
from shared.documents.consents import SYNCHRONISATION
from shared.documents.effective import shared_to
from shared.documents.models import Document, Folder, Publication
from shared.extensions import db
from shared.keyset import Order, Page, by_date, read_page
from shared.notifications.models import Notification, Reason, Status
from shared.people.models import Family, Party
from shared.people.scopes import Scope

KINDS = ("accesses", "documents", "notices")


class Counts(NamedTuple):
    """How many differ, of each kind; `reserved`: documents of folders that only a grant which names them shows."""

    accesses: int
    documents: int
    notices: int
    reserved: int


def counts(scope: Scope) -> Counts:
    """All of them, in one query. A run applies what is reserved too: it is counted, never listed."""
    reserved = _waiting_publications().where(~scope.folders()).with_only_columns(func.count()).scalar_subquery()
    rows = db.session.execute(select(*(_count(kind, scope) for kind in KINDS), reserved)).one()
    return Counts._make(rows)


def page_of(kind: str, scope: Scope, *, after: str = "", before: str = "") -> Page:
    """One page of one list, the longest waiting first. KeyError for another kind."""
    query, order, ident = {"accesses": _accesses, "documents": _documents, "notices": _notices}[kind](scope)
    return read_page(query, order, ident, after=after, before=before)


def newer_than(moment: datetime) -> bool:
    """Whether something was wanted after `moment`: a press during a run must not be lost."""
    accesses = exists().where(is_red(), Access.changed_at > moment)
    documents = select(Publication.id).join(Document, Document.id == Publication.document_id)
    documents = documents.join(Folder, Folder.id == Document.folder_id)
    waiting = documents.where(*_waiting_documents(), Publication.wanted_at > moment).exists()
    return bool(db.session.scalar(select(or_(accesses, waiting))))


def _count(kind: str, scope: Scope) -> Any:
    query = {"accesses": _accesses, "documents": _documents, "notices": _notices}[kind](scope)[0]
    return query.with_only_columns(func.count()).scalar_subquery()


def _accesses(scope: Scope) -> tuple[Any, Order, Any]:
    standing = aliased(Seat)  # of its own: « red » asks about seats too
    change = case((standing.id.is_(None), "open"), (Access.allowed.is_(False), "close"), else_="change").label("change")
    query = (
        select(Access.id, Access.party_id, Party.code, Party.name, Family.label.label("family"))
        .add_columns(change, Access.cause, Access.changed_at, Access.changed_by)
        .join(Party, Party.id == Access.party_id)
        .join(Family, Family.id == Party.family_id)
        .outerjoin(standing, standing.access_id == Access.id)
        .where(is_red(), scope.parties())
    )
    return query, Order(Access.changed_at.expression, by_date), Access.id.expression


def _documents(scope: Scope) -> tuple[Any, Order, Any]:
    query = _waiting_publications().where(scope.folders())
    return query, Order(Publication.wanted_at.expression, by_date), Publication.id.expression


def _waiting_publications() -> Any:
    return (
        select(Publication.id, Document.id.label("document_id"), Document.title, Document.number)
        .add_columns(Party.code, Party.name, Folder.label.label("folder"), Publication.wanted_at)
        .join(Document, Document.id == Publication.document_id)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Party, Party.id == Document.party_id)
        .where(*_waiting_documents())
    )


def _waiting_documents() -> tuple[ColumnElement[bool], ...]:
    return (
        Publication.live_at.is_(None),
        Publication.withdrawn_at.is_(None),
        or_(Publication.held_because.is_(None), Publication.held_because == SYNCHRONISATION),
        shared_to(Document.party_id),
    )


def _notices(scope: Scope) -> tuple[Any, Order, Any]:
    query = (
        select(Notification.id, Notification.event, Notification.created_at, Party.code, Party.name)
        .join(Party, Party.id == Notification.party_id)
        .where(
            Notification.status == Status.WAITING,
            Notification.reason == Reason.SYNCHRONISATION,
            scope.parties(),
        )
    )
    return query, Order(Notification.created_at.expression, by_date), Notification.id.expression
