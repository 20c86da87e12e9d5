"""Trying a text on a real party before anybody is written to: what it reads like, and which values would be missing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, or_, select

from shared.access.models import Access
from shared.clock import now
from shared.config import config
from shared.documents.models import Document, Folder, Publication
from shared.extensions import db
from shared.notifications.entrusting import context_for, context_of
from shared.notifications.field_table import BUSINESS, CODE, Field, key_of
from shared.notifications.fields import Context, offered
from shared.notifications.linking import Linked
from shared.notifications.merging import merge_values
from shared.notifications.messages import brand_of
from shared.notifications.models import Template
from shared.notifications.promoting import with_promotion
from shared.notifications.record_trying import LOOKED_AT, lacking_records, records_to_try, tried_values
from shared.notifications.rendering import Compiled, own_values
from shared.notifications.rendering import compile as compile_text
from shared.notifications.values import HIDDEN, Values, spelled
from shared.people.models import Contact, Family, Party, Person
from shared.people.scopes import Scope
from shared.settings.reading import company

PAPERS = 20  # documents of one party to choose from


@dataclass(frozen=True)
class Trial:
    """How a text reads for one party; `missing` names the fields that would leave a hole: then nothing leaves."""

    subject: str
    text: str
    html: str
    missing: list[str]
    body: str  # without its frame, as an SMS says it
    values: tuple[tuple[Field, str], ...] = ()  # each field offered, with its value for that record
    papers: Sequence[Row[Any]] = ()  # the documents that it may be tried on
    document_id: uuid.UUID | None = None


def try_on(
    *,
    subject: str,
    body: str,
    template: Template,
    locale: str,
    party_id: uuid.UUID,
    scope: Scope,
    known: Sequence[Row[Any]] = (),
    document_id: uuid.UUID | None = None,
) -> Trial:
    """The message for one party in reach, with that document or its latest; links in it lead nowhere.

    `known` are parties read already by `parties_to_try`.
    """
    context = template.context
    compiled = _compiled(subject, body, context, locale)
    party = next((row for row in known if row.id == party_id), None)
    party = party or db.session.execute(_parties(scope).where(Party.id == party_id)).one_or_none()
    papers = _papers(template, scope, party_id)
    documents = [row for row in papers if row.id == document_id] or papers[:1]
    values = _valued(context, party, documents, locale)
    missing = compiled.missing(values)
    shown = compiled.merge(values | dict.fromkeys(_keys(missing), HIDDEN))
    chosen = documents[0].id if documents else None
    listed = _listed(values, context_for(template), locale)
    return Trial(shown.subject, shown.text, shown.html, missing, shown.body, listed, papers, chosen)


def values_of(
    *, template: Template, party_id: uuid.UUID, scope: Scope, document_id: uuid.UUID | None = None, locale: str = "fr"
) -> Values:
    """The values of one party in reach for a message to oneself: secrets made up, reserved folders left out."""
    party = db.session.execute(_parties(scope).where(Party.id == party_id)).one_or_none()
    query = _documents(scope).where(Document.party_id == party_id, Folder.needs_grant.is_(False))
    wanted = query.where(Document.id == document_id) if document_id else query
    documents = db.session.execute(wanted.limit(1)).all()
    context = template.context
    if context == BUSINESS:
        records = _papers(template, scope, party_id)
        documents = [row for row in records if row.id == document_id] or records[:1]
    return _valued(context, party, documents, locale) | _made_up(context)


def _papers(template: Template, scope: Scope, party_id: uuid.UUID) -> Sequence[Row[Any]]:
    """What the text may be tried on: the party's latest records, or documents."""
    if template.context == BUSINESS:
        return records_to_try(scope, template.id, party_id, PAPERS)
    return db.session.execute(_documents(scope).where(Document.party_id == party_id).limit(PAPERS)).all()


def _valued(context: str, party: Row[Any] | None, papers: Sequence[Row[Any]], locale: str) -> dict[str, Any]:
    if context == BUSINESS:
        return _values(party, []) | tried_values(papers[0] if papers else None, locale, brand_of(company()).zone)
    return _values(party, papers) | (_made_up(context) if context == CODE else {})


def _made_up(context: str) -> dict[str, Any]:
    """What only exists while a message leaves: codes, links, passwords."""
    return {field.key: field.sample for field in offered(context_of(context)) if field.secret or field.hidden}


def _listed(values: Values, context: Context, locale: str) -> tuple[tuple[Field, str], ...]:
    """Each field with its value in words; what is drawn at the sending is hidden."""
    brand = brand_of(company())
    whole = own_values(brand) | dict(values)
    return tuple(
        (field, HIDDEN if field.secret or field.hidden else spelled(whole.get(field.key), locale, brand.zone))
        for field in offered(context)
    )


def lacking(*, subject: str, body: str, template: Template, locale: str, scope: Scope) -> list[tuple[str, list[str]]]:
    """The parties for whom the text would have a hole: (name, fields), from the latest documents or records."""
    compiled = _compiled(subject, body, template.context, locale)
    found: dict[uuid.UUID, tuple[str, list[str]]] = {}
    if template.context == BUSINESS:
        plain, zone = _values(None, []), brand_of(company()).zone
        return lacking_records(scope, template.id, lambda more: compiled.missing(plain | more), locale, zone)
    concerned = or_(Folder.template_id == template.id, Folder.template_id.is_(None))
    for document in db.session.execute(_documents(scope).where(concerned).limit(LOOKED_AT)):
        missing = compiled.missing(_values(document, [document]))
        if missing:
            found.setdefault(document.party_id, (document.name, missing))
    return list(found.values())


def parties_to_try(scope: Scope, text: str = "") -> Sequence[Row[Any]]:
    """A few parties to choose from, those with documents first."""
    query = _parties(scope)
    if text:
        query = query.where(or_(Party.code_folded == text, Party.name_folded.contains(text, autoescape=True)))
    return db.session.execute(query.order_by(Family.position, Party.code_sort).limit(20)).all()


def _compiled(subject: str, body: str, context: str, locale: str) -> Compiled:
    return compile_text(subject, with_promotion(body), brand_of(company()), locale=locale, kind=context)


def _values(party: Row[Any] | None, documents: Sequence[Row[Any]]) -> dict[str, Any]:
    linked = Linked(url=f"{config().public_url}/l/exemple", expires_at=now() + timedelta(days=3))
    return merge_values(party, party, documents, linked, now(), brand_of(company()))


def _keys(names: list[str]) -> list[str]:
    return [key_of(name) for name in names]


def _parties(scope: Scope) -> Any:
    return (
        select(
            Party.id,
            Party.code,
            Party.name,
            Family.label.label("family"),
            Person.civility,
            Person.given_name,
            Person.family_name,
            Access.identifier,
        )
        .join(Family, Family.id == Party.family_id)
        .outerjoin(Contact, and_(Contact.party_id == Party.id, Contact.is_main))
        .outerjoin(Person, Person.id == Contact.person_id)
        .outerjoin(Access, Access.contact_id == Contact.id)
        .where(scope.parties())
    )


def _documents(scope: Scope) -> Any:
    return (
        select(
            Document.id,
            Document.party_id,
            Document.title,
            Document.number,
            Document.issued_on,
            Document.due_on,
            Document.filed_at,
            Document.amount,
            Party.name,
            Party.code,
            Person.civility,
            Person.given_name,
            Person.family_name,
            Access.identifier,
        )
        .join(Folder, Folder.id == Document.folder_id)
        .join(Party, Party.id == Document.party_id)
        .join(Publication, and_(Publication.document_id == Document.id, Publication.live_at.is_not(None)))
        .outerjoin(Contact, and_(Contact.party_id == Party.id, Contact.is_main))
        .outerjoin(Person, Person.id == Contact.person_id)
        .outerjoin(Access, Access.contact_id == Contact.id)
        .where(Publication.withdrawn_at.is_(None), scope.folders())
        .order_by(Document.filed_at.desc(), Document.id.desc())
    )
