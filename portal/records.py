"""One record: what it is, its papers, what may be answered, how it is paid, and what was said about it."""

import uuid
from typing import Any

from flask import Response, url_for

from portal import portal
from portal._paying import payment_of
from portal._record import days_left, is_late, record_or_404, words_of
from portal.remarks_form import RemarkForm
from shared.access.models import Seat
from shared.clock import now, today
from shared.errors import Refused
from shared.records import remarks
from shared.records.answerable import is_awaited
from shared.records.exchanges import answers_seen
from shared.records.kinds import KINDS, QUOTE
from shared.records.models import Record
from shared.records.visible import papers_seen
from shared.signatures.finding import running_for
from shared.web.page import page
from shared.web.permissions import Permission, requires


@portal.get("/records/<uuid:record_id>")
@requires(Permission.PORTAL_READ)
def record(record_id: uuid.UUID) -> Response:
    """Any record that this seat may see."""
    return record_page(*record_or_404(record_id))


@portal.get("/quotes/<uuid:record_id>")
@requires(Permission.PORTAL_READ)
def quote(record_id: uuid.UUID) -> Response:
    """The same for a quote, where it is answered."""
    return record_page(*record_or_404(record_id, QUOTE.key))


def refused_page(record_id: uuid.UUID, refused: Refused, **typed: str) -> Response:
    """The page after an answer that was refused: under its field where one is to blame, else above everything."""
    found, seat = record_or_404(record_id)
    if refused.field in typed:
        return record_page(found, seat, status=422, typed=typed, wrong={refused.field: refused.sentence})
    return record_page(found, seat, status=422, typed=typed, refusal=refused.sentence)


def record_page(
    found: Record, seat: Seat, *, status: int = 200, form: RemarkForm | None = None, sentence: str = "", **more: Any
) -> Response:
    """The page, also after something on it was refused: what was typed stands in `form` or in `more`."""
    day, kind = today(), KINDS[found.kind]
    papers = papers_seen(seat=seat, record=found)
    running = running_for(seat, [each.id for each in papers]) if kind is QUOTE else {}
    return page(
        "portal/records/record.html",
        status=status,
        record=found,
        papers=papers,
        signing=next((each for each in running if running[each]), None),
        is_signed=bool(running),
        awaited=kind is QUOTE and not running and is_awaited(found, day),
        left=days_left(found.valid_until, day) if found.status == "validated" else "",
        is_late=is_late(found, day),
        payment=payment_of(found, seat),
        may_answer=found.is_open and found.appointment_at is not None and found.appointment_at > now(),
        answers=answers_seen(record=found, party_id=seat.party_id) if kind.is_internal else [],
        said=remarks.exchanged(record_id=found.id, party_id=seat.party_id),
        say_url=url_for("portal.record_say", record_id=found.id),
        read_url=url_for("portal.record_read", record_id=found.id),
        form=form or RemarkForm(formdata=None),
        sentence=sentence,
        asks=kind is QUOTE,
        **words_of(found, day),
        **{"typed": {}, "wrong": {}, "refusal": "", **more},
    )
