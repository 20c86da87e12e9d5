"""What a mailed document link opens: one document, for whoever also knows the party's code or postcode."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, select

from shared.access.linking import alive, live_link
from shared.access.models import Link, LinkPurpose, Seat
from shared.documents.effective import shared_to
from shared.documents.models import Document, Folder, Publication
from shared.documents.reading import PERSONAL_CLASSES
from shared.documents.visible import reaching, sitting
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Family, Party

GRANT = timedelta(minutes=30)  # how long one proof opens the document


@dataclass(frozen=True)
class Behind:
    """What stands behind a document link. `asks_login`: never opened by the link alone. `shared`: on the portal now."""

    link: Link
    document_id: uuid.UUID
    party: Party
    asks_login: bool
    shared: bool


def document_by_link(token: str) -> Behind | None:
    """The document that a link names; None for a dead link or a withdrawn access."""
    link = live_link(token, LinkPurpose.DOCUMENT)
    return _behind(link) if link is not None else None


def document_by_grant(*, link_id: uuid.UUID, document_id: uuid.UUID) -> Link | None:
    """The link that a browser has proved, while it lives and the access stands.

    Whether the document is still shared is for `documents.reading` to say, with a seat as with a link.
    """
    link = db.session.scalars(
        select(Link).where(
            Link.id == link_id, Link.purpose == LinkPurpose.DOCUMENT, Link.document_id == document_id, *alive()
        )
    ).first()
    behind = _behind(link) if link is not None else None
    return link if behind is not None and not behind.asks_login else None


def knows(*, party: Party, typed: str) -> bool:
    """Whether what was typed is the party's code or its postcode."""
    said = fold(typed).replace(" ", "")
    return bool(said) and said in {party.code_folded.replace(" ", ""), fold(party.postcode).replace(" ", "")}


def _behind(link: Link) -> Behind | None:
    seat = exists().where(Seat.party_id == Document.party_id, *sitting(), reaching())
    if link.access_id is not None:
        seat = seat.where(Seat.access_id == link.access_id)
    live = exists().where(
        Publication.document_id == Document.id, Publication.live_at.is_not(None), Publication.withdrawn_at.is_(None)
    )
    query = (
        select(
            Party,
            Folder.document_class.in_(PERSONAL_CLASSES),
            Folder.needs_grant | Family.of_people,
            shared_to(Document.party_id) & live,
        )
        .select_from(Document)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Party, Party.id == Document.party_id)
        .join(Family, Family.id == Party.family_id)
        .where(Document.id == link.document_id, seat)
    )
    if link.party_id is not None:
        query = query.where(Party.id == link.party_id)
    row = db.session.execute(query).first()
    if row is None or link.document_id is None:
        return None
    party, personal, needs_grant, shared = row
    return Behind(link, link.document_id, party, personal or needs_grant, shared)
