"""Not signing: a question first, a colleague instead, or no, with a reason. Each is a page of its own."""

import uuid

from flask import Response, flash, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal import portal
from portal._signer import signer_or_404
from portal.signatures_forms import DelegateForm, QuestionForm, RefuseForm
from shared.errors import Refused
from shared.extensions import db
from shared.signatures.delegating import Name, delegate
from shared.signatures.models import Question, Signer
from shared.signatures.questioning import ask_question
from shared.signatures.refusing import refuse
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.signing_desk import is_open


@portal.get("/signatures/<uuid:signer_id>/refuse")
@requires(Permission.PORTAL_SIGN)
def signature_refuse(signer_id: uuid.UUID) -> Response:
    """Why one does not sign."""
    return _page("portal/signatures/refuse.html", signer_or_404(signer_id), RefuseForm())


@portal.post("/signatures/<uuid:signer_id>/refuse")
@requires(Permission.PORTAL_SIGN)
def signature_refuse_now(signer_id: uuid.UUID) -> Response:
    """Refused: the company is told, with the reason."""
    signer, form = signer_or_404(signer_id), RefuseForm()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        refuse(signer=signer, reason=form.reason.data, by=visitors.actor())
    except Refused as refused:
        return _page("portal/signatures/refuse.html", signer, form, 422, blame(form, refused))
    return go(_back(signer))


@portal.get("/signatures/<uuid:signer_id>/question")
@requires(Permission.PORTAL_SIGN)
def signature_question(signer_id: uuid.UUID) -> Response:
    """What one wants to know before signing, and what was answered."""
    return _page("portal/signatures/question.html", signer_or_404(signer_id), QuestionForm())


@portal.post("/signatures/<uuid:signer_id>/question")
@requires(Permission.PORTAL_SIGN)
def signature_question_now(signer_id: uuid.UUID) -> Response:
    """Asked: the signature waits meanwhile."""
    signer, form = signer_or_404(signer_id), QuestionForm()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        ask_question(signer=signer, text=form.text.data, by=visitors.actor())
    except Refused as refused:
        return _page("portal/signatures/question.html", signer, form, 422, blame(form, refused))
    flash(_("Votre question est partie. Vous serez prévenu de la réponse ; la signature vous attend."), "success")
    return go(url_for("portal.signature_question", signer_id=signer.id))


@portal.get("/signatures/<uuid:signer_id>/delegate")
@requires(Permission.PORTAL_SIGN)
def signature_delegate(signer_id: uuid.UUID) -> Response:
    """Who signs instead."""
    return _page("portal/signatures/delegate.html", signer_or_404(signer_id), DelegateForm())


@portal.post("/signatures/<uuid:signer_id>/delegate")
@requires(Permission.PORTAL_SIGN)
def signature_delegate_now(signer_id: uuid.UUID) -> Response:
    """Handed on: the colleague signs in their own name."""
    signer, form = signer_or_404(signer_id), DelegateForm()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        to = Name(form.given_name.data or "", form.family_name.data or "", form.email.data or "")
        delegate(signer=signer, to=to, reason=form.reason.data or "", by=visitors.actor())
    except Refused as refused:
        return _page("portal/signatures/delegate.html", signer, form, 422, blame(form, refused))
    return go(_back(signer))


def _page(
    template: str,
    signer: Signer,
    form: RefuseForm | QuestionForm | DelegateForm,
    status: int = 200,
    sentence: str = "",
) -> Response:
    if status == 200 and not is_open(signer):
        return go(_back(signer))
    if status != 200:
        db.session.rollback()
    asked = select(Question).where(Question.signer_id == signer.id).order_by(Question.asked_at)
    questions = db.session.scalars(asked).all() if template.endswith("question.html") else []
    return page(
        template,
        status=status,
        signer=signer,
        form=form,
        sentence=sentence,
        questions=questions,
        back=_back(signer),
    )


def _back(signer: Signer) -> str:
    return url_for("portal.signature", signer_id=signer.id)
