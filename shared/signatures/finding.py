"""What is asked, of whom, and how far it is. The scope stands inside every query."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from shared.access.models import Access, Seat
from shared.documents.models import Document, Folder, Version
from shared.extensions import db
from shared.people.scopes import Scope
from shared.signatures.models import RequestState, SignatureRequest, Signer, SignerState

RUNNING = (RequestState.PREPARING, RequestState.FAILED, RequestState.OPEN)


def request_of(document_id: uuid.UUID) -> SignatureRequest | None:
    """The request that runs for this document."""
    query = select(SignatureRequest).where(SignatureRequest.document_id == document_id, running())
    return db.session.scalars(query).one_or_none()


def last_request_of(document_id: uuid.UUID) -> SignatureRequest | None:
    """The newest request for this document, running or ended."""
    query = select(SignatureRequest).where(SignatureRequest.document_id == document_id)
    return db.session.scalars(query.order_by(SignatureRequest.asked_at.desc(), SignatureRequest.id.desc())).first()


def asks_instead(document_id: uuid.UUID) -> bool:
    """Whether a message about the signature tells of this document already: asked for, or just signed by all."""
    return bool(db.session.scalar(select(told_by_signature(document_id))))


def told_by_signature(document_id: Any) -> ColumnElement[bool]:
    """The same as a condition, for the document of that column."""
    newest = select(Version.id).where(Version.document_id == document_id).order_by(Version.number.desc()).limit(1)
    done = (
        SignatureRequest.state == RequestState.COMPLETED,
        SignatureRequest.latest_version_id == newest.correlate(Document).scalar_subquery(),
    )
    return exists().where(SignatureRequest.document_id == document_id, or_(running(), and_(*done)))


def running_for(seat: Seat, document_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID | None]:
    """Document under signature → the part of this seat's person in it while it is asked of them; one query."""
    contact = select(Access.contact_id).where(Access.id == seat.access_id).scalar_subquery()
    mine = and_(
        Signer.request_id == SignatureRequest.id, Signer.contact_id == contact, Signer.state == SignerState.ASKED
    )
    query = select(SignatureRequest.document_id, Signer.id).outerjoin(Signer, mine)
    query = query.where(running(), SignatureRequest.document_id.in_(document_ids))
    return {row[0]: row[1] for row in db.session.execute(query)} if document_ids else {}


def running() -> ColumnElement[bool]:
    """The request is not ended; wants `SignatureRequest` in the query."""
    return SignatureRequest.state.in_(RUNNING)


def asked_of(seat: Seat) -> Select[Signer]:
    """What awaits the signature of the person of this seat; `SignatureRequest` is joined."""
    return (
        signed_by(seat)
        .where(Signer.state == SignerState.ASKED, SignatureRequest.state == RequestState.OPEN)
        .order_by(Signer.asked_at, Signer.id)
    )


def signed_by(seat: Seat) -> Select[Signer]:
    """Every part that the person of this seat was ever asked to play; `SignatureRequest` is joined."""
    contact = select(Access.contact_id).where(Access.id == seat.access_id).scalar_subquery()
    return (
        select(Signer)
        .join(SignatureRequest, SignatureRequest.id == Signer.request_id)
        .where(Signer.contact_id == contact)
    )


def awaits_staff(staff_id: uuid.UUID) -> Select[Signer]:
    """What awaits the countersignature of a member of staff; `SignatureRequest` is joined."""
    return (
        select(Signer)
        .join(SignatureRequest, SignatureRequest.id == Signer.request_id)
        .where(
            Signer.staff_id == staff_id,
            Signer.state == SignerState.ASKED,
            SignatureRequest.state == RequestState.OPEN,
        )
        .order_by(Signer.asked_at, Signer.id)
    )


def request_in(*, scope: Scope, request_id: uuid.UUID) -> SignatureRequest | None:
    """One request whose document is in reach."""
    query = in_reach(scope).where(SignatureRequest.id == request_id)
    return db.session.scalars(query).one_or_none()


def in_reach(scope: Scope) -> Select[SignatureRequest]:
    """The requests whose documents are in reach; `Document` and `Folder` are joined."""
    return (
        select(SignatureRequest)
        .join(Document, Document.id == SignatureRequest.document_id)
        .join(Folder, Folder.id == Document.folder_id)
        .where(scope.documents())
    )


def is_signed(document_id: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
    """Signed by all; for the document of that column."""
    return exists().where(
        and_(SignatureRequest.document_id == document_id, SignatureRequest.state == RequestState.COMPLETED)
    )
