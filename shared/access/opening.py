"""What a mailed document link opens: one document, for whoever also knows the party's code or postcode."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, or_, select

from shared.access.linking import alive, live_link
from shared.access.models import Link, LinkPurpose, Seat
from shared.documents.models import Document, Folder
from shared.documents.reading import Reader, Sheet, find, reaching, sitting
from shared.events.actors import ANONYMOUS
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Party

GRANT = timedelta(minutes=30)  # how long one proof opens the document


@dataclass(frozen=True)
class Behind:
    """What stands behind a document link. `asks_login`: never opened by the link alone."""

    link: Link
    document_id: uuid.UUID
    party: Party
    asks_login: bool


def document_by_link(token: str) -> Behind | None:
    """The document that a link names while it is shared; None for a dead link, an unshared folder, a withdrawn access."""
    link = live_link(token, LinkPurpose.DOCUMENT)
    return _behind(link) if link is not None else None


def document_by_grant(*, link_id: uuid.UUID, document_id: uuid.UUID) -> Link | None:
    """The link that a browser has proved, if it still opens that document now."""
    link = db.session.scalars(
        select(Link).where(Link.id == link_id, Link.purpose == LinkPurpose.DOCUMENT, Link.document_id == document_id, *alive())
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
    query = (
        select(Party, Folder.document_class == "payslip", Folder.needs_grant)
        .select_from(Document)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Party, Party.id == Document.party_id)
        .where(Document.id == link.document_id, Folder.on_portal, or_(link.party_id is None, Party.id == link.party_id), seat)
    )
    row = db.session.execute(query).first()
    if row is None or link.document_id is None:
        return None
    party, payslip, needs_grant = row
    asks_login = payslip or needs_grant
    if not asks_login and _sheet(link, link.document_id) is None:
        return None
    return Behind(link, link.document_id, party, asks_login)


def _sheet(link: Link, document_id: uuid.UUID) -> Sheet | None:
    return find(document_id=document_id, reader=Reader(by=ANONYMOUS, link=link))
