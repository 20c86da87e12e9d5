"""One document: its page, its preview, its bytes, and the trace that somebody read it.

Read by a seat, or by a mailed link that opens this document and nothing else.
"""

import uuid

from flask import Response, abort, request
from flask_babel import gettext as _

from portal import portal
from portal._about import about
from portal.remarks_form import RemarkForm
from shared.access.models import Link, Seat
from shared.documents import previews, reading
from shared.documents.reading import Reader, Sheet
from shared.documents.refusals import FileRefused
from shared.documents.storage import Altered, Missing, Unavailable
from shared.events.actors import ANONYMOUS
from shared.extensions import db
from shared.signatures.finding import asked_of
from shared.signatures.models import SignatureRequest, Signer
from shared.web import refusals, visitors
from shared.web.damage import damaged
from shared.web.delivery import hand_over, is_first_part
from shared.web.entering import current
from shared.web.errors import EXPLANATIONS, Explanation, explain
from shared.web.page import page
from shared.web.permissions import public

ONE_DOCUMENT = "un siège, ou un lien qui n’ouvre que ce document : la vue le vérifie"


class NoLongerShared(Exception):
    """The reader could read this document before, and cannot now."""


@portal.get("/documents/<uuid:document_id>")
@public(ONE_DOCUMENT)
def document(document_id: uuid.UUID) -> Response:
    """What the document is, and its pages one at a time; nothing is recorded here."""
    return document_page(document_id)


def document_page(
    document_id: uuid.UUID, *, status: int = 200, form: RemarkForm | None = None, sentence: str = ""
) -> Response:
    """The page, also after a message on it was refused."""
    sheet, reader = sheet_or_404(document_id)
    number = min(max(request.args.get("page", 1, type=int), 1), sheet.pages or 1)
    return page(
        "portal/documents/document.html",
        blocks=("preview",),
        status=status,
        sheet=sheet,
        number=number,
        preview=previews.glance(sheet=sheet, page=number),
        widths=previews.WIDTHS,
        by_link=reader.seat is None,
        signs=_signs(reader, document_id),
        **about(sheet, reader.seat, form, sentence),
    )


@portal.post("/documents/<uuid:document_id>/opened")
@public(ONE_DOCUMENT)
def opened(document_id: uuid.UUID) -> Response:
    """The page says, once it stands before a person, that it was opened."""
    sheet, reader = sheet_or_404(document_id)
    reading.opened(sheet=sheet, reader=reader)
    return Response(status=204)


@portal.get("/documents/<uuid:document_id>/pages/<int:number>")
@public(ONE_DOCUMENT)
def page_image(document_id: uuid.UUID, number: int) -> Response:
    """One page as an image, made once for each version."""
    sheet, reader = sheet_or_404(document_id)
    try:
        image = previews.page_image(sheet=sheet, page=number, width=request.args.get("width", 0, type=int))
    except (Missing, Altered):
        return _damaged(sheet, reader)
    except (Unavailable, FileRefused):
        return _no_preview()
    if image is None:
        abort(404)
    answer = Response(image, content_type=previews.MIME)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@portal.get("/documents/<uuid:document_id>/file")
@public(ONE_DOCUMENT)
def download(document_id: uuid.UUID) -> Response:
    """The bytes as they were filed; a reading is recorded, once for a transfer taken in several parts."""
    sheet, reader = sheet_or_404(document_id)
    try:
        answer = hand_over(
            sha256=sheet.sha256, size=sheet.size, mime=sheet.mime, filename=sheet.filename, version_id=sheet.version_id
        )
    except (Missing, Altered):
        return _damaged(sheet, reader)
    except Unavailable:
        return explain(503, EXPLANATIONS[503])
    if is_first_part():
        reading.downloaded(sheet=sheet, reader=reader)
    return answer


def sheet_or_404(document_id: uuid.UUID) -> tuple[Sheet, Reader]:
    """The document and who reads it; otherwise the answer is the same for a stranger's document and for none."""
    seat, link = visitors.seat_or_none(), visitors.link_grant(document_id)
    if seat is None and link is None:
        seat = visitors.seat()
    readers = [_reader(seat=seat)] if seat else []
    readers += [_reader(link=link)] if link else []
    for reader in readers:
        sheet = reading.find(document_id=document_id, reader=reader)
        if sheet is not None:
            return sheet, reader
    if any(reading.was_shared(document_id=document_id, reader=reader) for reader in readers):
        raise NoLongerShared
    refusals.refused("portal.denied")
    abort(404)


def _signs(reader: Reader, document_id: uuid.UUID) -> uuid.UUID | None:
    """This person's own part in the signature of it, while it is asked of them."""
    if reader.seat is None or not current().to_sign:
        return None
    query = asked_of(reader.seat).where(SignatureRequest.document_id == document_id)
    return db.session.scalar(query.with_only_columns(Signer.id))


def _reader(*, seat: Seat | None = None, link: Link | None = None) -> Reader:
    by = visitors.actor() if seat else ANONYMOUS
    return Reader(by=by, seat=seat, link=link, ip=visitors.client_ip(), agent=visitors.user_agent())


@portal.errorhandler(NoLongerShared)
def no_longer_shared(_error: NoLongerShared) -> Response:
    """Said only to a person who could read the document before."""
    return explain(
        410,
        Explanation(
            _("Ce document n’est plus partagé"),
            _("Il a été retiré du portail. Rien n’a été perdu : ce que vous aviez déjà téléchargé reste valable."),
            _("Si vous en avez besoin, demandez-le à votre interlocuteur habituel."),
            "eye-slash",
        ),
    )


def _damaged(sheet: Sheet, reader: Reader) -> Response:
    return damaged(sha256=sheet.sha256, by=reader.by, document_id=sheet.id, party_id=sheet.party_id)


def _no_preview() -> Response:
    return explain(
        503,
        Explanation(
            _("Aperçu indisponible"),
            _("Cette page ne peut pas être montrée ici. Le document lui-même n’est pas touché."),
            _("Téléchargez-le pour le lire."),
            "eye-slash",
        ),
    )
