"""A question before signing, and its answer: the request goes on meanwhile."""

from flask_babel import gettext as _

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.signatures.holding import held_signer, must_be_asked
from shared.signatures.models import Question, Signer
from shared.signatures.tracing import trace

LONGEST = 1000


def ask_question(*, signer: Signer, text: str, by: str) -> Question:
    """Keep what the signer asks and tell the owner. Raises Refused (field `text`) for nothing, or too much."""
    said = _checked(text, _("Écrivez votre question."))
    request = held_signer(signer)
    must_be_asked(request, signer)
    question = Question(id=uuid7(), signer_id=signer.id, text=said, asked_at=now())
    db.session.add(question)
    db.session.flush()
    trace(request=request, kind="question_asked", by=by, signer=signer, text=said)
    facts = {"request": str(request.id), "signer": str(signer.id), "text": said}
    record("signature.question_asked", by=by, party_id=request.party_id, document_id=request.document_id, facts=facts)
    return question


def answer(*, question: Question, text: str, by: str) -> None:
    """Answer once; the signer is told. Raises Refused when somebody has, or for an empty text."""
    said = _checked(text, _("Écrivez votre réponse."))
    signer = db.session.get_one(Signer, question.signer_id)
    request = held_signer(signer)
    db.session.refresh(question)
    if question.answered_at is not None:
        raise Refused(_("Quelqu’un a déjà répondu à cette question : votre texte n’est pas parti."), field="text")
    question.answer, question.answered_at, question.answered_by = said, now(), by
    db.session.flush()
    trace(request=request, kind="question_answered", by=by, signer=signer, text=said)
    facts = {"request": str(request.id), "signer": str(signer.id), "text": said, "question": question.text}
    record(
        "signature.question_answered", by=by, party_id=request.party_id, document_id=request.document_id, facts=facts
    )


def _checked(text: str, sentence: str) -> str:
    said = text.replace("\r\n", "\n").strip()  # as the page counted it
    if not said:
        raise Refused(sentence, field="text")
    if len(said) > LONGEST:
        raise Refused(_("Ce texte dépasse mille caractères : raccourcissez-le."), field="text")
    return said
