"""Messages to the company about a document or a record, and what it answered; its own notes never stand here."""

import uuid
from collections.abc import Callable

from flask import Response, flash, url_for
from flask_babel import gettext as _

from portal import portal
from portal._record import record_or_404
from portal.document import document_page, sheet_or_404
from portal.records import record_page
from portal.remarks_form import RemarkForm
from shared.documents.models import Document
from shared.errors import Refused
from shared.extensions import db
from shared.records import remarks
from shared.records.kinds import QUOTE
from shared.records.models import Record
from shared.web import visitors
from shared.web.blame import blame
from shared.web.form_key import form_key
from shared.web.page import go
from shared.web.permissions import Permission, requires


@portal.post("/records/<uuid:record_id>/messages")
@requires(Permission.PORTAL_READ)
def record_say(record_id: uuid.UUID) -> Response:
    """A message; about a quote, a question."""
    found, seat = record_or_404(record_id)
    form = RemarkForm()

    def say() -> object:
        text, by, party_id, key = form.text.data or "", visitors.actor(), seat.party_id, form_key()
        if found.kind == QUOTE.key:
            return remarks.ask(record=found, text=text, by=by, account=seat.account, party_id=party_id, key=key)
        return remarks.say(subject=found, text=text, by=by, account=seat.account, party_id=party_id, key=key)

    sentence = _said(form, say)
    if sentence is not None:
        return record_page(*record_or_404(record_id), status=422, form=form, sentence=sentence)
    return go(url_for("portal.record", record_id=record_id, _anchor="echanges"))


@portal.post("/records/<uuid:record_id>/messages/read")
@requires(Permission.PORTAL_READ)
def record_read(record_id: uuid.UUID) -> Response:
    """The page says that it stands before a person."""
    found, seat = record_or_404(record_id)
    return _read(found, seat.party_id)


@portal.post("/documents/<uuid:document_id>/messages")
@requires(Permission.PORTAL_READ)
def document_say(document_id: uuid.UUID) -> Response:
    """A message about a document."""
    seat, form = visitors.seat(), RemarkForm()
    sheet_or_404(document_id)
    found = db.session.get_one(Document, document_id)

    def say() -> object:
        text, by = form.text.data or "", visitors.actor()
        return remarks.say(subject=found, text=text, by=by, account=seat.account, key=form_key())

    sentence = _said(form, say)
    if sentence is not None:
        return document_page(document_id, status=422, form=form, sentence=sentence)
    return go(url_for("portal.document", document_id=document_id, _anchor="echanges"))


@portal.post("/documents/<uuid:document_id>/messages/read")
@requires(Permission.PORTAL_READ)
def document_read(document_id: uuid.UUID) -> Response:
    """The same for a document."""
    sheet_or_404(document_id)
    return _read(db.session.get_one(Document, document_id), visitors.seat().party_id)


def _said(form: RemarkForm, say: Callable[[], object]) -> str | None:
    """None once it is said; else the sentence above the form, which holds what was typed."""
    try:
        if not form.validate_on_submit():
            raise Refused("")
        say()
    except Refused as refused:
        db.session.rollback()
        return blame(form, refused)
    flash(_("Votre message est envoyé : la réponse s’affichera ici."), "success")
    return None


def _read(subject: Document | Record, party_id: uuid.UUID) -> Response:
    remarks.read(subject=subject, by_staff=False, party_id=party_id)
    return Response(status=204)
