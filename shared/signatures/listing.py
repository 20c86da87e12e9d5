"""« Signatures » as staff read them: fifty at a time, the newest first; and all that one request's page shows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, func, select
from sqlalchemy.orm import joinedload

from shared.documents.models import Document, Folder
from shared.extensions import db
from shared.keyset import Order, Page, by_date, read_page
from shared.people.models import Contact, Family, Party, Person, Staff
from shared.people.scopes import Scope
from shared.signatures.finding import in_reach, running
from shared.signatures.models import Question, RequestState, SignatureRequest, Signer, SignerState, Trace
from shared.tallying import tally

NEWEST = Order(SignatureRequest.asked_at.expression, by_date, descending=True)


@dataclass(frozen=True)
class Filter:
    """What the address bar narrows to; empty is all."""

    state: str = ""  # of `RequestState`, or running, failed
    family: str = ""
    folder_id: uuid.UUID | None = None
    party_id: uuid.UUID | None = None
    due_before: date | None = None


class Whole(NamedTuple):
    """One request with all that its page shows."""

    request: SignatureRequest
    questions: Sequence[Question]
    steps: Sequence[Trace]


def requests(scope: Scope, chosen: Filter, *, after: str = "", before: str = "") -> Page:
    """A page of requests: id, state, title, party, folder, dates, failure, how many have signed of how many."""
    ident = SignatureRequest.id.expression
    return read_page(_lines(scope).where(*_narrowed(chosen)), NEWEST, ident, after=after, before=before)


def count(scope: Scope, chosen: Filter) -> ScalarSelect[int]:
    """How many requests the list holds for this filter, as a part of a query that is asked anyway."""
    return tally(
        in_reach(scope).with_only_columns(SignatureRequest.id, maintain_column_froms=True).where(*_narrowed(chosen))
    )


def awaited(request_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Request → the names of those whose signature is awaited now; one query."""
    own = func.nullif(func.trim(func.concat(Person.given_name, " ", Person.family_name)), "")
    query = (
        select(Signer.request_id, func.coalesce(Staff.name, own, Party.name))
        .join(SignatureRequest, SignatureRequest.id == Signer.request_id)
        .join(Party, Party.id == SignatureRequest.party_id)
        .outerjoin(Contact, Contact.id == Signer.contact_id)
        .outerjoin(Person, Person.id == Contact.person_id)
        .outerjoin(Staff, Staff.id == Signer.staff_id)
        .where(Signer.request_id.in_(request_ids), Signer.state == SignerState.ASKED)
        .order_by(Signer.rank, Signer.position)
    )
    found: dict[uuid.UUID, list[str]] = {}
    for request_id, who in db.session.execute(query):
        found.setdefault(request_id, []).append(who)
    return found


def whole(*, scope: Scope, request_id: uuid.UUID) -> Whole | None:
    """One request in reach; three queries."""
    query = in_reach(scope).where(SignatureRequest.id == request_id)
    query = query.options(
        joinedload(SignatureRequest.document).joinedload(Document.folder),
        joinedload(SignatureRequest.party),
        joinedload(SignatureRequest.latest_version),
        joinedload(SignatureRequest.signers).joinedload(Signer.contact),
        joinedload(SignatureRequest.signers).joinedload(Signer.staff),
        joinedload(SignatureRequest.signers).joinedload(Signer.signature),
    )
    request = db.session.scalars(query).unique().one_or_none()
    if request is None:
        return None
    asked = select(Question).where(Question.signer_id.in_([each.id for each in request.signers]))
    questions = db.session.scalars(asked.order_by(Question.asked_at, Question.id)).all()
    steps = db.session.scalars(select(Trace).where(Trace.request_id == request.id).order_by(Trace.number)).all()
    return Whole(request, questions, steps)


def about(document_id: uuid.UUID) -> Sequence[Row[Any]]:
    """The requests for one document, the newest first: id, state, asked_at, ended_at, failure."""
    columns: tuple[Any, ...] = (
        SignatureRequest.id,
        SignatureRequest.state,
        SignatureRequest.asked_at,
        SignatureRequest.ended_at,
        SignatureRequest.failure,
    )
    query = select(*columns).where(SignatureRequest.document_id == document_id)
    return db.session.execute(query.order_by(SignatureRequest.asked_at.desc(), SignatureRequest.id.desc())).all()


def _lines(scope: Scope) -> Select[*tuple[Any, ...]]:
    return in_reach(scope).with_only_columns(
        SignatureRequest.id,
        SignatureRequest.state,
        SignatureRequest.level,
        SignatureRequest.asked_at,
        SignatureRequest.due_on,
        SignatureRequest.ended_at,
        SignatureRequest.failure,
        SignatureRequest.failed_at,
        SignatureRequest.document_id,
        SignatureRequest.party_id,
        Document.title,
        Folder.label.label("folder"),
        _of_party(Party.name).label("party"),
        _of_party(Party.code).label("code"),
        _count(Signer.state != SignerState.DELEGATED).label("signers"),
        _count(Signer.state == SignerState.SEALED).label("signed"),
        maintain_column_froms=True,
    )


def _of_party(column: Any) -> ScalarSelect[str]:
    return select(column).where(Party.id == SignatureRequest.party_id).scalar_subquery()


def _count(condition: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(Signer.request_id == SignatureRequest.id, condition).scalar_subquery()


def _narrowed(chosen: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.state in set(RequestState):
        conditions.append(SignatureRequest.state == chosen.state)
    elif chosen.state == "running":
        conditions.append(running())
    elif chosen.state == "stuck":
        conditions.append(SignatureRequest.failure != "")
    if chosen.family:
        conditions.append(Folder.family_id == select(Family.id).where(Family.key == chosen.family).scalar_subquery())
    if chosen.folder_id is not None:
        conditions.append(Document.folder_id == chosen.folder_id)
    if chosen.party_id is not None:
        conditions.append(SignatureRequest.party_id == chosen.party_id)
    if chosen.due_before is not None:
        conditions += [SignatureRequest.due_on <= chosen.due_before, running()]
    return conditions
