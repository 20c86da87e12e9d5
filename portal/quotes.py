"""Quotes: every one that was shared, with its state and the days left; and the answer to one."""

import uuid

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from portal import portal
from portal._record import State, days_left, record_or_404, state_of, words_of
from portal.quotes_form import RefuseQuoteForm
from shared.clock import today
from shared.errors import Refused
from shared.extensions import db
from shared.records.answerable import is_awaited, needs_reason
from shared.records.answering import answer_quote
from shared.records.kinds import QUOTE
from shared.records.models import Record
from shared.records.papers import Paper
from shared.records.quotes import quotes
from shared.records.visible import lists_of, papers_seen
from shared.signatures.finding import running_for
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@portal.get("/quotes")
@requires(Permission.PORTAL_READ)
def quote_list() -> Response:
    """Those that wait for an answer first."""
    seat, day = visitors.seat(), today()
    found = quotes(seat=seat, day=day, after=request.args.get("after", ""))
    signing = running_for(seat, [each.document_id for each in (*found.awaited, *found.others) if each.document_id])
    return page(
        "portal/records/quotes.html",
        blocks=("results",),
        found=found,
        after=found.after,
        url=_address,
        state=lambda each: _signing(each, signing) or state_of(QUOTE, each.status, each.due_on, day),
        left=lambda each: days_left(each.due_on, day) if each.status in (None, "validated") else "",
        lists=lists_of(seat),
        announced=request.args.get("new", type=uuid.UUID),
    )


@portal.post("/quotes/<uuid:record_id>/accept")
@requires(Permission.PORTAL_SIGN)
def quote_accept(record_id: uuid.UUID) -> Response:
    """Accepted, once; a quote that is to be signed is accepted by its signature."""
    record, _seat = record_or_404(record_id, QUOTE.key)
    if (elsewhere := _to_be_signed(record)) is not None:
        return elsewhere
    try:
        done = answer_quote(record=record, accept=True, by=visitors.actor(), revision=_read())
        flash(
            _("Le devis est accepté. Nous en sommes prévenus.") if done else _("Ce devis est déjà accepté."), "success"
        )
    except Refused as refused:
        db.session.rollback()
        flash(refused.sentence, "error")
    return go(_page_of(record_id))


@portal.get("/quotes/<uuid:record_id>/refuse")
@requires(Permission.PORTAL_SIGN)
def quote_refuse(record_id: uuid.UUID) -> Response:
    """Why one refuses."""
    record, _seat = record_or_404(record_id, QUOTE.key)
    if not is_awaited(record):
        return go(_page_of(record_id))
    return _to_be_signed(record) or _refuse_page(record, RefuseQuoteForm())


@portal.post("/quotes/<uuid:record_id>/refuse")
@requires(Permission.PORTAL_SIGN)
def quote_refuse_now(record_id: uuid.UUID) -> Response:
    """Refused, with the reason."""
    record, _seat = record_or_404(record_id, QUOTE.key)
    form = RefuseQuoteForm()
    if (elsewhere := _to_be_signed(record)) is not None:
        return elsewhere
    try:
        if not form.validate_on_submit():
            raise Refused("")
        reason = form.reason.data or ""
        answer_quote(record=record, accept=False, by=visitors.actor(), reason=reason, revision=_read())
    except Refused as refused:
        db.session.rollback()
        record, _seat = record_or_404(record_id, QUOTE.key)
        return _refuse_page(record, form, 422, blame(form, refused))
    flash(_("Votre refus est transmis. Rien d’autre n’est à faire."), "success")
    return go(_page_of(record_id))


def _address(each: Paper) -> str:
    return _page_of(each.record_id) if each.record_id else url_for("portal.document", document_id=each.document_id)


def _signing(each: Paper, signing: dict[uuid.UUID, uuid.UUID | None]) -> State | None:
    """While its paper is being signed, by this person or by others."""
    if each.document_id not in signing or each.status not in (None, "validated"):
        return None
    return State("to_sign", _("À signer") if signing[each.document_id] else _("En cours de signature"), "", "")


def _read() -> int | None:
    """Which state of the quote was on the page that is answered."""
    return request.form.get("revision", type=int)


def _refuse_page(record: Record, form: RefuseQuoteForm, status: int = 200, sentence: str = "") -> Response:
    return page(
        "portal/records/refuse.html",
        status=status,
        record=record,
        form=form,
        sentence=sentence,
        wanted=needs_reason(record),
        back=_page_of(record.id),
        **words_of(record, today()),
    )


def _to_be_signed(record: Record) -> Response | None:
    """To the page where this person signs, or to the quote while others do; None when nobody is asked to sign."""
    papers = [each.id for each in papers_seen(seat=visitors.seat(), record=record)]
    running = running_for(visitors.seat(), papers)
    if not running:
        return None
    document_id = next((each for each, signer_id in running.items() if signer_id), None)
    if document_id is None:
        flash(_("Ce devis est en cours de signature : il sera accepté quand tous auront signé."), "info")
        return go(_page_of(record.id))
    return go(url_for("portal.signature_of", document_id=document_id))


def _page_of(record_id: uuid.UUID) -> str:
    return url_for("portal.quote", record_id=record_id)
