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
from shared.notifications.field_table import key_of
from shared.notifications.linking import Linked
from shared.notifications.merging import merge_values
from shared.notifications.messages import brand_of
from shared.notifications.models import Template
from shared.notifications.rendering import Compiled
from shared.notifications.rendering import compile as compile_text
from shared.notifications.values import HIDDEN
from shared.people.models import Contact, Family, Party, Person
from shared.people.scopes import Scope
from shared.settings.reading import company

LOOKED_AT = 300  # parties tried for missing values, the latest documents first


@dataclass(frozen=True)
class Trial:
    """How a text reads for one party; `missing` names the fields that would leave a hole: then nothing leaves."""

    subject: str
    text: str
    html: str
    missing: list[str]


def try_on(
    *,
    subject: str,
    body: str,
    context: str,
    locale: str,
    party_id: uuid.UUID,
    scope: Scope,
    known: Sequence[Row[Any]] = (),
) -> Trial:
    """The message for one party in reach, with its latest document; links in it lead nowhere.

    `known` are parties read already by `parties_to_try`.
    """
    compiled = _compiled(subject, body, context, locale)
    party = next((row for row in known if row.id == party_id), None)
    party = party or db.session.execute(_parties(scope).where(Party.id == party_id)).one_or_none()
    documents = db.session.execute(_documents(scope).where(Document.party_id == party_id).limit(1)).all()
    values = _values(party, documents)
    missing = compiled.missing(values)
    shown = compiled.merge(values | dict.fromkeys(_keys(missing), HIDDEN))
    return Trial(shown.subject, shown.text, shown.html, missing)


def lacking(*, subject: str, body: str, template: Template, locale: str, scope: Scope) -> list[tuple[str, list[str]]]:
    """The parties for whom the text would have a hole: (name, fields), from the latest documents."""
    compiled = _compiled(subject, body, template.context, locale)
    found: dict[uuid.UUID, tuple[str, list[str]]] = {}
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
    return compile_text(subject, body, brand_of(company()), locale=locale, kind=context)


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
