"""« Signatures »: what is asked of whom, how far it is, and what is done about it."""

import uuid
from datetime import date

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice.reach import refuse, scope
from backoffice.signature_words import level_words, signer_words, state_words, step_words
from shared.errors import Refused
from shared.events.actors import names_of
from shared.extensions import db
from shared.people.finding import families
from shared.signatures import listing
from shared.signatures.cancelling import cancel
from shared.signatures.delegating import undo_delegation
from shared.signatures.finding import request_in
from shared.signatures.holding import is_within_the_hour
from shared.signatures.listing import Filter
from shared.signatures.models import Question, RequestState, SignatureRequest, Signer, SignerState
from shared.signatures.naming import name_of
from shared.signatures.questioning import answer
from shared.signatures.refusing import undo_refusal
from shared.signatures.reminding import remind
from shared.signatures.retrying import retake
from shared.signatures.withdrawing import withdrawal_of
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/signatures")
@requires(Permission.SIGNATURES_SEE)
def signatures() -> Response:
    """Every request in reach, narrowed by the address bar, fifty at a time."""
    chosen, reach = _filter(), scope(Permission.SIGNATURES_SEE)
    found = listing.requests(reach, chosen, after=request.args.get("after", ""), before=request.args.get("before", ""))
    return page(
        "backoffice/signatures/list.html",
        blocks=("results",),
        found=found,
        chosen=chosen,
        awaited=listing.awaited([row.id for row in found.rows]) if found.rows else {},
        families=families(reach),
        states=state_words(),
        may_ask=bool(scope(Permission.SIGNATURES_ASK).grants),
    )


@backoffice.get("/signatures/<uuid:request_id>")
@requires(Permission.SIGNATURES_SEE)
def signature(request_id: uuid.UUID) -> Response:
    """Who, where it stands, every step with its time, questions, files, and what may be done."""
    return _page(request_id)


@backoffice.post("/signatures/<uuid:request_id>/<any('remind', 'cancel', 'undo-refusal', 'retake'):action>")
@requires(Permission.SIGNATURES_ASK)
def signature_act(request_id: uuid.UUID, action: str) -> Response:
    """Remind, cancel, take a refusal back within the hour, try again."""
    found = _request(request_id)
    try:
        flash(_done(found, action), "success")
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
    return go(url_for("backoffice.signature", request_id=request_id))


@backoffice.post("/signatures/<uuid:request_id>/signers/<uuid:signer_id>/undo-delegation")
@requires(Permission.SIGNATURES_ASK)
def signature_undo_delegation(request_id: uuid.UUID, signer_id: uuid.UUID) -> Response:
    """Give the signature back to whoever had delegated it."""
    found = _request(request_id)
    signer = next((each for each in found.signers if each.id == signer_id), None) or abort(404)
    try:
        undo_delegation(signer=signer, by=visitors.actor())
        flash(_("La délégation est annulée : les deux personnes sont prévenues."), "success")
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
    return go(url_for("backoffice.signature", request_id=request_id))


@backoffice.post("/signatures/<uuid:request_id>/questions/<uuid:question_id>")
@requires(Permission.SIGNATURES_ASK)
def signature_answer(request_id: uuid.UUID, question_id: uuid.UUID) -> Response:
    """Answer what a signer asked."""
    found = _request(request_id)
    question = db.session.get(Question, question_id)
    if question is None or question.signer_id not in {each.id for each in found.signers}:
        abort(404)
    try:
        answer(question=question, text=request.form.get("text", ""), by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        return _page(request_id, 422, question_id, refusal.sentence)
    flash(_("Votre réponse est partie."), "success")
    return go(url_for("backoffice.signature", request_id=request_id))


def _page(
    request_id: uuid.UUID, status: int = 200, question_id: uuid.UUID | None = None, sentence: str = ""
) -> Response:
    """The page; `sentence` says why what was typed below that question was not kept."""
    found = listing.whole(scope=scope(Permission.SIGNATURES_SEE), request_id=request_id) or abort(404)
    one = found.request
    return page(
        "backoffice/signatures/show.html",
        status=status,
        refused_question=question_id,
        sentence=sentence,
        typed=request.form.get("text", ""),
        request_=one,
        questions=found.questions,
        steps=found.steps,
        names=names_of(
            {one.asked_by, *(step.by for step in found.steps), *(q.answered_by or "" for q in found.questions)}
        ),
        name_of=name_of,
        states=state_words(),
        signer_states=signer_words(),
        levels=level_words(),
        kinds=step_words(),
        may=_may(one),
        withdrawn=withdrawal_of(one.id),
        undoable={each.id for each in one.signers if _may_undo(one, each)},
    )


def _done(found: SignatureRequest, action: str) -> str:
    by = visitors.actor()
    if action == "remind":
        count = remind(request=found, by=by)
        return ngettext("%(num)s personne est relancée.", "%(num)s personnes sont relancées.", count)
    if action == "cancel":
        cancel(request=found, because=request.form.get("because", ""), by=by)
        return str(_("La demande est annulée : les signataires sollicités sont prévenus."))
    if action == "undo-refusal":
        undo_refusal(request=found, by=by)
        return str(_("Le refus est annulé : la signature est de nouveau attendue."))
    retake(request=found, by=by)
    return str(_("Un nouvel essai commence."))


def _request(request_id: uuid.UUID) -> SignatureRequest:
    """One to act upon: 404 out of sight, 403 where it may only be seen."""
    found = request_in(scope=scope(Permission.SIGNATURES_SEE), request_id=request_id) or abort(404)
    if not scope(Permission.SIGNATURES_ASK).reaches(found.document.folder):
        refuse(Permission.SIGNATURES_ASK)
    return found


def _filter() -> Filter:
    asked = request.args
    try:
        due = date.fromisoformat(asked.get("due", ""))
    except ValueError:
        due = None
    return Filter(
        state=asked.get("state", ""),
        family=asked.get("family", ""),
        folder_id=asked.get("folder", type=uuid.UUID),
        party_id=asked.get("party", type=uuid.UUID),
        due_before=due,
    )


def _may(one: SignatureRequest) -> dict[str, bool]:
    allowed = scope(Permission.SIGNATURES_ASK).reaches(one.document.folder)
    is_open = one.state is RequestState.OPEN
    return {
        "act": allowed,
        "remind": allowed and is_open,
        "cancel": allowed and one.ended_at is None,
        "retake": allowed and bool(one.failure),
        "undo": allowed and one.state is RequestState.REFUSED and is_within_the_hour(one.ended_at),
    }


def _may_undo(one: SignatureRequest, signer: Signer) -> bool:
    handed = signer.state is SignerState.DELEGATED and is_within_the_hour(signer.ended_at)
    return handed and signer.field is None and one.state is RequestState.OPEN and _is_awaited(one, signer)


def _is_awaited(one: SignatureRequest, signer: Signer) -> bool:
    return any(each.id == signer.delegated_to_id and each.state is SignerState.ASKED for each in one.signers)
