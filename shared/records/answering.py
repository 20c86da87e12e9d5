"""What a party answers: to a quote, to an appointment, to an internal exchange."""

import uuid

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Party
from shared.records import moving
from shared.records.answerable import is_awaited, needs_reason
from shared.records.holding import hold
from shared.records.kinds import KINDS
from shared.records.models import Answer, Record, RecordDocument, RecordParty
from shared.records.noting import note

LONGEST = 2000
APPOINTMENT_ANSWERS = ("confirmed", "move_asked")
REFUSED_AT_SIGNING = "signature refused"


def answer_quote(*, record: Record, accept: bool, by: str, reason: str = "", revision: int | None = None) -> bool:
    """Accept or refuse; False when it stands so already. `revision` is the one that was read.

    Raises Refused: no reason where its folder asks for one, no answer awaited any more, or something else on it since.
    """
    hold(record)
    if revision not in (None, record.revision) and is_awaited(record):
        raise Refused(_("Ce devis vient d’être modifié : relisez-le, puis répondez."), "move")
    if record.status in ("validated", "expired") and not is_awaited(record):
        raise Refused(_("Ce devis n’est plus valable : demandez-nous de le prolonger."), "move")
    if accept:
        return moving.move(record=record, move="accept", by=by)
    if not reason.strip() and needs_reason(record):
        raise Refused(_("Dites en un mot pourquoi : cela aide à mieux répondre."), "reason")
    return moving.move(record=record, move="refuse", by=by, reason=reason)


def answer_appointment(*, record: Record, answer: str, by: str, text: str = "", revision: int | None = None) -> bool:
    """« Je confirme » or « je déplace »; False when that was said already.

    `revision` is that of the appointment that was read. Raises Refused, also for one that was moved since.
    """
    if answer not in APPOINTMENT_ANSWERS:
        raise Refused(_("Répondez par « je confirme » ou « je déplace »."), "answer")
    hold(record)
    if record.appointment_at is None or not record.is_open or record.appointment_at < now():
        raise Refused(_("Ce rendez-vous n’attend plus de réponse."), "answer")
    if revision not in (None, record.appointment_revision):
        raise Refused(_("Ce rendez-vous vient d’être déplacé : voyez le nouveau moment, puis répondez."), "answer")
    said = _kept(text, "text", wanted=answer == "move_asked")
    if (record.appointment_answer, record.appointment_note) == (answer, said):
        return False
    record.appointment_answer, record.appointment_note = answer, said
    record.revision += 1
    db.session.flush()
    facts = {"answer": answer, "text": said, "at": record.appointment_at}
    note(record=record, event="appointment_answered", by=by, facts=facts)
    return True


def answer_exchange(*, record: Record, party: Party, answer: str, by: str, reason: str = "") -> bool:
    """One party accepts or refuses what was submitted to it; False when it said so already. Raises Refused."""
    if answer not in (Answer.ACCEPTED, Answer.REFUSED):
        raise Refused(_("Répondez par « accepter » ou « refuser »."), "answer")
    hold(record)
    if not KINDS[record.kind].is_internal or record.status != "submitted":
        raise Refused(_("Cet échange n’attend plus de réponse."), "answer")
    said = _kept(reason, "reason", wanted=answer == Answer.REFUSED)
    row = db.session.get(RecordParty, (record.id, party.id), populate_existing=True)
    if row is None and party.id != record.party_id:
        raise Refused(_("Ce tiers n’est pas une des parties de cet échange."), "party")
    if row is None:
        row = RecordParty(party=party)
        record.parties.append(row)
    elif (row.answer, row.reason) == (answer, said):
        return False
    row.answer, row.reason, row.answered_at, row.answered_by = Answer(answer), said, now(), by
    record.revision += 1
    db.session.flush()
    facts = {"answer": answer, "reason": said, "party": str(party.id), "name": party.name}
    note(record=record, event="answered", by=by, facts=facts)
    return True


def paper_signed(event: Event) -> None:
    """Reaction: the paper of a quote was signed by all, which is its acceptance, if it still waits for one."""
    if event.document_id is None:
        return
    for record in _quotes_on(event.document_id):
        if record.status == "draft":
            moving.move_to(record=record, status="validated", by=event.actor)
        if record.status in KINDS[record.kind].move("accept").leaves:
            moving.move(record=record, move="accept", by=event.actor, reference=f"document {event.document_id}")


def signing_refused(event: Event) -> None:
    """Reaction: somebody refused to sign the paper of a quote, which is its refusal, for the same reason."""
    if event.document_id is None:
        return
    for record in _quotes_on(event.document_id):
        if record.status == "draft":
            moving.move_to(record=record, status="validated", by=event.actor)
        if record.status in KINDS[record.kind].move("refuse").leaves:
            reason, reference = str(event.facts["reason"]), f"{REFUSED_AT_SIGNING} {event.id}"
            moving.move(record=record, move="refuse", by=event.actor, reason=reason, reference=reference)


def signing_refusal_undone(event: Event) -> None:
    """Reaction: staff took that refusal back; a quote that was refused by it waits for its answer again."""
    if event.document_id is None:
        return
    for record in _quotes_on(event.document_id):
        if record.status == "refused" and _is_refused_at_signing(record):
            moving.move(record=record, move="reopen", by=event.actor)


def _is_refused_at_signing(record: Record) -> bool:
    """Whether its last refusal came with that of a signature, and not by an answer on the portal or by telephone."""
    reference = Event.facts["reference"].astext
    query = select(reference).where(Event.record_id == record.id, Event.name == f"{record.kind}.refused")
    return (db.session.scalar(query.order_by(Event.id.desc()).limit(1)) or "").startswith(REFUSED_AT_SIGNING)


def _quotes_on(document_id: uuid.UUID) -> list[Record]:
    query = select(Record).join(RecordDocument)
    query = query.where(RecordDocument.document_id == document_id, RecordDocument.is_main)
    return [row for row in db.session.scalars(query) if any(move.key == "accept" for move in KINDS[row.kind].moves)]


def _kept(text: str, field: str, *, wanted: bool) -> str:
    said = text.replace("\r\n", "\n").strip()
    if wanted and not said:
        raise Refused(_("Écrivez votre message."), field)
    if len(said) > LONGEST:
        raise Refused(_("Pas plus de %(count)s caractères ici.", count=LONGEST), field)
    return said
