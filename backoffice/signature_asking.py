"""« Demander une signature »: for one document, by a circuit or person by person."""

import uuid
from collections.abc import Sequence

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._reaching import the_sheet
from backoffice.reach import refuse, scope
from backoffice.signature_forms import RANKS, AskForm, chosen_signers
from backoffice.signature_words import level_words
from shared.documents.finding import Sheet
from shared.errors import Refused
from shared.extensions import db
from shared.people.contacting import contacts_of
from shared.people.finding import may_sign
from shared.people.models import Contact, Staff
from shared.signatures.asking import ask
from shared.signatures.circuits import standing
from shared.signatures.models import Circuit
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/documents/<uuid:document_id>/signature")
@requires(Permission.SIGNATURES_ASK)
def document_ask(document_id: uuid.UUID) -> Response:
    """Who signs, in which order, and until when."""
    return _form_page(_sheet(document_id), AskForm())


@backoffice.post("/documents/<uuid:document_id>/signature")
@requires(Permission.SIGNATURES_ASK)
def document_ask_now(document_id: uuid.UUID) -> Response:
    """Make the request; the file is prepared at once, then the first signers are told."""
    sheet, form = _sheet(document_id), AskForm()
    contacts, staff = _people(sheet)
    circuits = _offer(form, sheet)
    try:
        if not form.validate_on_submit():
            raise Refused("")
        made = ask(
            document=sheet.document,
            by=visitors.actor(),
            signers=chosen_signers(contacts, staff),
            circuit=form.chosen_circuit(circuits),
            level=form.chosen_level(),
            message=form.message.data or "",
            due_on=form.due_on.data,
            remind_days=form.remind_days.data,
            copies=form.addresses(),
        )
    except Refused as refused:
        db.session.rollback()
        sentence = blame(form, refused)
        return _form_page(_sheet(document_id), form, 422, sentence)
    flash(
        _("La signature est demandée : le fichier se prépare, puis les premiers signataires sont prévenus."), "success"
    )
    return go(url_for("backoffice.signature", request_id=made.id))


def _sheet(document_id: uuid.UUID) -> Sheet:
    """The document with its party and settings: 404 out of sight, 403 where it may only be seen."""
    found = the_sheet(document_id)
    if not scope(Permission.SIGNATURES_ASK).reaches(found.folder):
        refuse(Permission.SIGNATURES_ASK)
    return found


def _form_page(sheet: Sheet, form: AskForm, status: int = 200, sentence: str = "") -> Response:
    _offer(form, sheet)
    contacts, staff = _people(sheet)
    return page(
        "backoffice/signatures/ask.html",
        status=status,
        document=sheet.document,
        form=form,
        sentence=sentence,
        contacts=contacts,
        staff=staff,
        ranks=range(1, RANKS + 1),
        typed=request.form,
    )


def _offer(form: AskForm, sheet: Sheet) -> Sequence[Circuit]:
    circuits = standing()
    form.offer(circuits, _("selon le répertoire, sinon l’interlocuteur principal"))
    form.levels(level_words(), sheet.settings.signature_level)
    return circuits


def _people(sheet: Sheet) -> tuple[Sequence[Contact], Sequence[Staff]]:
    contacts = [each for each in contacts_of(sheet.party) if each.closed_at is None]
    return contacts, may_sign(Permission.SIGNATURES_SIGN.value)
