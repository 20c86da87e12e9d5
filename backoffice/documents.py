"""One document in the back office: what it is, who was told, who read it, and what may be done with it.

What staff see or download here is never counted as a reading.
"""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._reaching import the_document, the_folder, the_sheet
from backoffice.document_files import shown_of
from backoffice.reach import scope
from backoffice.record_tabs import OF_DOCUMENT, tabs_of
from backoffice.signature_words import state_words
from backoffice.wording import line_words
from shared.documents import finding, following, moving, previews, publishing
from shared.documents.classes import NO_SIGNATURE
from shared.documents.consents import PAYSLIP, SENTENCES
from shared.documents.models import Folder
from shared.documents.silence import why_silent
from shared.errors import Refused
from shared.extensions import db
from shared.notifications import forcing
from shared.people.payslip_notice import refuse_early
from shared.signatures import listing
from shared.web import visitors
from shared.web.form_key import form_key
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/documents/<uuid:document_id>")
@requires(Permission.DOCUMENTS_SEE)
def document(document_id: uuid.UUID) -> Response:
    """Its preview, its facts and its story."""
    sheet = the_sheet(document_id)
    number = min(max(request.args.get("page", 1, type=int), 1), sheet.version.pages or 1)
    story = following.story(document_id)
    return page(
        "backoffice/documents/document.html",
        blocks=("preview",),
        sheet=sheet,
        number=number,
        preview=previews.glance(sheet=shown_of(sheet.version), page=number),
        widths=previews.WIDTHS,
        story=story,
        happenings=following.happenings(document_id),
        holds=SENTENCES,
        words=line_words,
        silence="" if story.notices else why_silent(sheet),
        requests=listing.about(document_id) if scope(Permission.SIGNATURES_SEE).reaches(sheet.folder) else [],
        states=state_words(),
        tabs=tabs_of(OF_DOCUMENT, document_id=document_id),
        may=_may(sheet.folder),
    )


@backoffice.post("/documents/<uuid:document_id>/publish")
@requires(Permission.DOCUMENTS_PUBLISH)
def document_publish(document_id: uuid.UUID) -> Response:
    """Want it on the portal."""
    found = the_document(document_id, Permission.DOCUMENTS_PUBLISH)
    try:
        if found.folder.document_class == PAYSLIP:
            refuse_early(found.party)
        standing = publishing.publish(document=found, by=visitors.actor())
    except Refused as refusal:
        return _said(document_id, refusal)
    if standing.live_at:
        flash(_("Le document est sur le portail."), "success")
    else:
        flash(_(SENTENCES.get(standing.held_because or "", "En attente.")), "info")
    return go(url_for("backoffice.document", document_id=document_id))


@backoffice.post("/documents/<uuid:document_id>/withdraw")
@requires(Permission.DOCUMENTS_PUBLISH)
def document_withdraw(document_id: uuid.UUID) -> Response:
    """Take it off the portal, at once."""
    found = the_document(document_id, Permission.DOCUMENTS_PUBLISH)
    try:
        publishing.withdraw(document=found, by=visitors.actor())
    except Refused as refusal:
        return _said(document_id, refusal)
    flash(_("Le document est retiré du portail : plus personne ne peut l’y ouvrir, par un lien non plus."), "success")
    return go(url_for("backoffice.document", document_id=document_id))


@backoffice.post("/documents/<uuid:document_id>/notify")
@requires(Permission.NOTICES_SEND)
def document_notify(document_id: uuid.UUID) -> Response:
    """« Notification forcée »: tell the party, or tell it again."""
    found = the_document(document_id, Permission.NOTICES_SEND)
    try:
        forcing.force(document_ids=[found.id], by=visitors.actor(), key=form_key())
    except Refused as refusal:
        return _said(document_id, refusal)
    flash(_("Une notification est prête à partir."), "success")
    return go(url_for("backoffice.document", document_id=document_id))


@backoffice.route("/documents/<uuid:document_id>/move", methods=["GET", "POST"])
@requires(Permission.DOCUMENTS_FILE)
def document_move(document_id: uuid.UUID) -> Response:
    """Choose another folder of the same family; links and readings stay with the document."""
    found = the_document(document_id, Permission.DOCUMENTS_FILE)
    error = ""
    if request.method == "POST":
        target = the_folder(_folder_id(), Permission.DOCUMENTS_FILE)
        try:
            moving.move(document=found, folder=target, by=visitors.actor())
        except Refused as refusal:
            db.session.rollback()
            found, error = the_document(document_id, Permission.DOCUMENTS_FILE), refusal.sentence
        else:
            flash(_("Le document est dans « %(folder)s ».", folder=target.label), "success")
            return go(url_for("backoffice.document", document_id=document_id))
    reached = finding.folders_of(scope=scope(Permission.DOCUMENTS_FILE), family_id=found.folder.family_id)
    folders = [each for each in reached if each.id != found.folder_id]
    return page(
        "backoffice/documents/move.html",
        blocks=("dialog",),
        status=422 if error else 200,
        document=found,
        folders=folders,
        error=error,
    )


def _folder_id() -> uuid.UUID:
    chosen = request.form.get("folder_id", type=uuid.UUID)
    return chosen if chosen is not None else abort(400)


def _said(document_id: uuid.UUID, refusal: Refused) -> Response:
    """Nothing was written: the page says why."""
    db.session.rollback()
    flash(refusal.sentence, "error")
    return go(url_for("backoffice.document", document_id=document_id))


def _may(folder: Folder) -> dict[str, bool]:
    return {
        "publish": scope(Permission.DOCUMENTS_PUBLISH).reaches(folder),
        "move": scope(Permission.DOCUMENTS_FILE).reaches(folder),
        "ask": scope(Permission.SIGNATURES_ASK).reaches(folder) and folder.document_class not in NO_SIGNATURE,
        "send": scope(Permission.NOTICES_SEND).reaches(folder),
    }
