"""What a party answered by telephone, or at the counter, entered by staff: to an appointment, to an exchange."""

import uuid
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.record_reach import record_for
from backoffice.record_words import title_of
from shared.errors import Refused
from shared.extensions import db
from shared.people.models import Party
from shared.records import answering
from shared.records.declaring import Kind
from shared.records.models import Answer, Record
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.route("/record/<uuid:record_id>/answer", methods=["GET", "POST"])
@requires(Permission.RECORDS_EDIT)
def record_answer(record_id: uuid.UUID) -> Response:
    """Which answer, and in which words; saying the same twice is saying it once."""
    record, kind = record_for(record_id, Permission.RECORDS_EDIT)
    party = _party(record, kind)
    if request.method == "GET":
        return _question(record, kind, party)
    try:
        made = _answered(record, kind, party)
    except Refused as refusal:
        db.session.rollback()
        record, kind = record_for(record_id, Permission.RECORDS_EDIT)
        return _question(record, kind, _party(record, kind), refusal)
    flash(_("La réponse est enregistrée.") if made else _("C’était déjà fait : rien n’a changé."), "success")
    return go(url_for("backoffice.record", record_id=record_id))


def _party(record: Record, kind: Kind) -> Party:
    """Whose answer it is: one of the parties of an exchange, else the record's own."""
    if not kind.is_internal:
        return record.party if record.appointment_at else abort(404)
    wanted = request.values.get("party", type=uuid.UUID)
    parties = [record.party, *(row.party for row in record.parties)]
    return next((each for each in parties if each.id == wanted), None) or abort(404)


def _answered(record: Record, kind: Kind, party: Party) -> bool:
    by, answer, text = visitors.actor(), request.form.get("answer", ""), request.form.get("text", "")
    if kind.is_internal:
        return answering.answer_exchange(record=record, party=party, answer=answer, by=by, reason=text)
    return answering.answer_appointment(record=record, answer=answer, by=by, text=text)


def _choices(kind: Kind) -> list[tuple[str, str]]:
    if kind.is_internal:
        return [(Answer.ACCEPTED, _("Le tiers accepte")), (Answer.REFUSED, _("Le tiers refuse"))]
    return [("confirmed", _("Le tiers confirme le rendez-vous")), ("move_asked", _("Le tiers demande un autre moment"))]


def _question(record: Record, kind: Kind, party: Party, refusal: Refused | None = None) -> Response:
    known: dict[str, Any] = {
        "record": record,
        "party": party,
        "choices": _choices(kind),
        "text_label": _("Motif") if kind.is_internal else _("Ce qu’il a dit"),
        "typed": request.form,
        "refusal": refusal,
    }
    return page(
        "backoffice/records/answer.html",
        blocks=("dialog",),
        status=422 if refusal else 200,
        title=_("Réponse de « %(name)s » à « %(what)s »", name=party.name, what=title_of(kind, record)),
        **known,
    )
