"""« Messages » of a record and of a document: what its party and staff said, and staff's notes, kept apart."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._reaching import the_document, the_sheet
from backoffice.reach import scope
from backoffice.record_messages_form import NoteForm, SayForm
from backoffice.record_page import tab
from backoffice.record_reach import may, record_for
from backoffice.record_tabs import OF_DOCUMENT, tabs_of
from shared.documents.models import Document
from shared.errors import Refused
from shared.extensions import db
from shared.people.models import Party
from shared.records import remarks
from shared.records.models import Record
from shared.web import visitors
from shared.web.blame import blame
from shared.web.form_key import form_key
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/record/<uuid:record_id>/messages")
@requires(Permission.RECORDS_SEE)
def record_messages(record_id: uuid.UUID) -> Response:
    """The oldest first."""
    return _of_record(record_id)


@backoffice.post("/record/<uuid:record_id>/messages")
@requires(Permission.RECORDS_EDIT)
def record_say(record_id: uuid.UUID) -> Response:
    """A message that the party reads on the portal."""
    record, _kind = record_for(record_id, Permission.RECORDS_EDIT)
    form, to = SayForm(), _chosen(record).id

    def say(text: str) -> object:
        return remarks.say(subject=record, text=text, by=visitors.actor(), party_id=to, key=form_key())

    sentence = _kept(form, say, _("Le message est envoyé."))
    if sentence is None:
        return go(url_for("backoffice.record_messages", record_id=record_id, to=request.args.get("to")))
    return _of_record(record_id, say=form, sentence=sentence)


@backoffice.post("/record/<uuid:record_id>/messages/note")
@requires(Permission.RECORDS_EDIT)
def record_note(record_id: uuid.UUID) -> Response:
    """A note for staff alone."""
    record, _kind = record_for(record_id, Permission.RECORDS_EDIT)
    form = NoteForm(prefix="note-")
    told = _("La note est gardée, entre vous.")
    sentence = _kept(form, lambda text: _noted(record, text), told)
    if sentence is None:
        return go(url_for("backoffice.record_messages", record_id=record_id))
    return _of_record(record_id, note=form, sentence=sentence)


@backoffice.post("/record/<uuid:record_id>/messages/read")
@requires(Permission.RECORDS_SEE)
def record_read(record_id: uuid.UUID) -> Response:
    """The page says that it stands before a person."""
    record, _kind = record_for(record_id, Permission.RECORDS_SEE)
    remarks.read(subject=record, by_staff=True)
    return Response(status=204)


@backoffice.get("/documents/<uuid:document_id>/messages")
@requires(Permission.DOCUMENTS_SEE)
def document_messages(document_id: uuid.UUID) -> Response:
    """The same for a document."""
    return _of_document(document_id)


@backoffice.post("/documents/<uuid:document_id>/messages")
@requires(Permission.NOTICES_SEND)
def document_say(document_id: uuid.UUID) -> Response:
    """A message that the party reads beside its document."""
    document, form = the_document(document_id, Permission.NOTICES_SEND), SayForm()
    told = _("Le message est envoyé.")

    def say(text: str) -> object:
        return remarks.say(subject=document, text=text, by=visitors.actor(), key=form_key())

    sentence = _kept(form, say, told)
    if sentence is None:
        return go(url_for("backoffice.document_messages", document_id=document_id))
    return _of_document(document_id, say=form, sentence=sentence)


@backoffice.post("/documents/<uuid:document_id>/messages/note")
@requires(Permission.NOTICES_SEND)
def document_note(document_id: uuid.UUID) -> Response:
    """A note for staff alone."""
    document, form = the_document(document_id, Permission.NOTICES_SEND), NoteForm(prefix="note-")
    told = _("La note est gardée, entre vous.")
    sentence = _kept(form, lambda text: _noted(document, text), told)
    if sentence is None:
        return go(url_for("backoffice.document_messages", document_id=document_id))
    return _of_document(document_id, note=form, sentence=sentence)


@backoffice.post("/documents/<uuid:document_id>/messages/read")
@requires(Permission.DOCUMENTS_SEE)
def document_read(document_id: uuid.UUID) -> Response:
    """The same as for a record."""
    remarks.read(subject=the_document(document_id, Permission.DOCUMENTS_SEE), by_staff=True)
    return Response(status=204)


def _of_record(record_id: uuid.UUID, *, sentence: str | None = None, **forms: Any) -> Response:
    record, kind = record_for(record_id, Permission.RECORDS_SEE)
    url, to = url_for("backoffice.record_messages", record_id=record_id), _chosen(record)
    return tab(
        "backoffice/records/messages.html",
        record,
        kind,
        about=_("messages"),
        status=200 if sentence is None else 422,
        said=remarks.everything(record),
        to=to,
        parties=_parties(record),
        **_around(url, may(Permission.RECORDS_EDIT, record), sentence, **forms),
    )


def _of_document(document_id: uuid.UUID, *, sentence: str | None = None, **forms: Any) -> Response:
    sheet = the_sheet(document_id)
    url = url_for("backoffice.document_messages", document_id=document_id)
    may_say = scope(Permission.NOTICES_SEND).reaches(sheet.folder)
    return page(
        "backoffice/documents/messages.html",
        status=200 if sentence is None else 422,
        sheet=sheet,
        tabs=tabs_of(OF_DOCUMENT, document_id=document_id),
        said=remarks.everything(sheet.document),
        **_around(url, may_say, sentence, **forms),
    )


def _parties(record: Record) -> list[Party]:
    """Those who have a part in it, its own first: a message is to one of them."""
    return [record.party, *(row.party for row in record.parties if row.party_id != record.party_id)]


def _chosen(record: Record) -> Party:
    asked = request.args.get("to", "")
    return next((party for party in _parties(record) if str(party.id) == asked), record.party)


def _around(
    url: str, may_say: bool, sentence: str | None, say: SayForm | None = None, note: NoteForm | None = None
) -> dict[str, Any]:
    """The two forms, for those who may write; the one that was refused keeps what was typed."""
    return {
        "url": url,
        "form": (say or SayForm(formdata=None)) if may_say else None,
        "note_form": (note or NoteForm(formdata=None, prefix="note-")) if may_say else None,
        "sentence": sentence or "",
    }


def _noted(subject: Document | Record, text: str) -> object:
    return remarks.note(subject=subject, text=text, by=visitors.actor(), key=form_key())


def _kept(form: Any, keep: Callable[[str], object], told: str) -> str | None:
    """None once it is kept; else the sentence above the form."""
    try:
        if not form.validate_on_submit():
            raise Refused("")
        keep(form.text.data or "")
    except Refused as refusal:
        db.session.rollback()
        return blame(form, refusal)
    flash(told, "success")
    return None
