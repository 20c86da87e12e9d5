"""The bytes of a document in the back office: a glance beside a list, its pages, its file, its original filed again.

What staff see or download here is never counted as a reading.
"""

import uuid
from dataclasses import dataclass

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._reaching import storage_away, the_document, the_sheet
from shared.documents import previews, repairing
from shared.documents.checking import report_damage
from shared.documents.finding import Sheet
from shared.documents.models import Version
from shared.documents.refusals import FileRefused
from shared.documents.storage import Altered, Missing, Unavailable
from shared.errors import Refused
from shared.extensions import db
from shared.transactions import transaction
from shared.web import visitors
from shared.web.delivery import hand_over
from shared.web.errors import Explanation, explain
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.redirects import safe_next


@dataclass(frozen=True)
class Shown:
    """The current version, as previews want it."""

    version_id: uuid.UUID
    sha256: str
    size: int
    kind: str
    pages: int | None


def shown_of(version: Version) -> Shown:
    """What previews want of a version."""
    return Shown(version.id, version.sha256, version.size, version.kind, version.pages)


def drawn(sheet: previews.Shown, number: int) -> Response:
    """One page as an image, as wide as the address asks; 404 where there is none. Raises as `previews.page_image`."""
    image = previews.page_image(sheet=sheet, page=number, width=request.args.get("width", 0, type=int))
    if image is None:
        abort(404)
    answer = Response(image, content_type=previews.MIME)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@backoffice.get("/documents/<uuid:document_id>/glance")
@requires(Permission.DOCUMENTS_SEE)
def document_glance(document_id: uuid.UUID) -> Response:
    """Its preview alone, in the panel beside a list."""
    sheet = the_sheet(document_id)
    number = min(max(request.args.get("page", 1, type=int), 1), sheet.version.pages or 1)
    return page(
        "backoffice/documents/glance.html",
        blocks=("glance",),
        sheet=sheet,
        number=number,
        preview=previews.glance(sheet=shown_of(sheet.version), page=number),
        widths=previews.WIDTHS,
    )


@backoffice.get("/documents/<uuid:document_id>/pages/<int:number>")
@requires(Permission.DOCUMENTS_SEE)
def document_page(document_id: uuid.UUID, number: int) -> Response:
    """One page as an image."""
    sheet = the_sheet(document_id)
    try:
        return drawn(shown_of(sheet.version), number)
    except (Missing, Altered):
        return _damaged(sheet)
    except (Unavailable, FileRefused):
        return explain(503)


@backoffice.get("/documents/<uuid:document_id>/file")
@requires(Permission.DOCUMENTS_SEE)
def document_file(document_id: uuid.UUID) -> Response:
    """The bytes as they were filed."""
    sheet = the_sheet(document_id)
    version = sheet.version
    try:
        return hand_over(
            sha256=version.sha256,
            size=version.size,
            mime=version.mime,
            filename=version.filename,
            version_id=version.id,
        )
    except (Missing, Altered):
        return _damaged(sheet)
    except Unavailable:
        return explain(503)


@backoffice.post("/documents/<uuid:document_id>/repair")
@requires(Permission.DOCUMENTS_PUBLISH)
def document_repair(document_id: uuid.UUID) -> Response:
    """Put right what differs from what is wanted of it."""
    found = the_document(document_id, Permission.DOCUMENTS_PUBLISH)
    try:
        repairing.repair(document=found, by=visitors.actor())
    except Unavailable:
        return storage_away()
    except Refused as refusal:
        flash(_(refusal.sentence), "error")  # what was read of the object stays written
    else:
        flash(_("« %(title)s » est réparé : les mêmes octets, au même endroit.", title=found.title), "success")
    back = safe_next(request.args.get("back"), otherwise=url_for("backoffice.document", document_id=document_id))
    return go(back)


@backoffice.post("/documents/<uuid:document_id>/file-again")
@requires(Permission.DOCUMENTS_FILE)
def document_file_again(document_id: uuid.UUID) -> Response:
    """The original handed in once more, where its object was lost or altered."""
    found, file = the_document(document_id, Permission.DOCUMENTS_FILE), request.files.get("file")
    if file is None or not file.filename:
        flash(_("Choisissez le fichier d’origine."), "warning")
        return go(url_for("backoffice.document", document_id=document_id))
    try:
        repairing.file_again(document=found, data=file.read(), by=visitors.actor())
    except Unavailable:
        return storage_away()
    except Refused as refusal:
        db.session.rollback()
        flash(_(refusal.sentence), "error")
    else:
        flash(_("L’original est de nouveau conservé, avec la même empreinte."), "success")
    return go(url_for("backoffice.document", document_id=document_id))


def lost(sha256: str, **about: uuid.UUID) -> Response:
    """None of the wrong bytes leaves; the alert is written once, `about` a document and its party."""
    by = visitors.actor()
    db.session.rollback()
    with transaction():
        report_damage(sha256=sha256, by=by, **about)
    return explain(
        503,
        Explanation(
            _("Document perdu ou altéré"),
            _("Le fichier conservé n’est plus celui qui a été déposé : il n’est remis à personne."),
            _("L’incident est enregistré. Déposez de nouveau l’original dans le même répertoire : il sera rétabli."),
            "file-earmark-text",
        ),
    )


def _damaged(sheet: Sheet) -> Response:
    return lost(sheet.version.sha256, document_id=sheet.document.id, party_id=sheet.document.party_id)
