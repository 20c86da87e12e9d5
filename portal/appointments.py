"""Appointments: those to come, to confirm or to move, each as an entry for one's own calendar."""

import uuid
from typing import TYPE_CHECKING

from flask import Response, abort, flash, make_response, request, url_for
from flask_babel import gettext as _

from portal import portal
from portal._record import record_or_404, state_of
from portal.records import refused_page
from shared.clock import now, today
from shared.config import config
from shared.errors import Refused
from shared.extensions import db
from shared.records.answering import answer_appointment
from shared.records.kinds import KINDS
from shared.records.listed import appointments
from shared.records.models import Record
from shared.records.visible import lists_of
from shared.settings.reading import company
from shared.web import visitors
from shared.web.delivery import attachment
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

if TYPE_CHECKING:
    from shared.notifications.calendars import Appointment


@portal.get("/appointments")
@requires(Permission.PORTAL_READ)
def appointment_list() -> Response:
    """The next one first; then what is past, the last first."""
    seat = visitors.seat()
    found = appointments(seat=seat, moment=now(), after=request.args.get("after", ""))
    return page(
        "portal/records/appointments.html",
        blocks=("results",),
        found=found,
        after=found.after,
        state=lambda each: state_of(KINDS[each.kind], each.status, None, today()),
        lists=lists_of(seat),
    )


@portal.post("/records/<uuid:record_id>/appointment")
@requires(Permission.PORTAL_READ)
def appointment_answer(record_id: uuid.UUID) -> Response:
    """« Je confirme », or « je propose un autre moment » with which."""
    found, _seat = record_or_404(record_id)
    answer, text = request.form.get("answer", ""), request.form.get("text", "")
    revision = request.form.get("revision", type=int)
    try:
        answer_appointment(record=found, answer=answer, by=visitors.actor(), text=text, revision=revision)
    except Refused as refused:
        db.session.rollback()
        return refused_page(record_id, refused, text=text)
    confirmed = _("C’est confirmé : nous vous attendons.")
    flash(
        confirmed if answer == "confirmed" else _("Votre proposition est partie : nous vous répondons vite."), "success"
    )
    return go(url_for("portal.record", record_id=record_id))


@portal.get("/records/<uuid:record_id>/appointment.ics")
@requires(Permission.PORTAL_READ)
def appointment_file(record_id: uuid.UUID) -> Response:
    """For a calendar: the same entry as the one that our messages carry."""
    found, _seat = record_or_404(record_id)
    if found.appointment_at is None:
        abort(404)
    from shared.notifications.calendars import NAME, calendar_file  # eleven megabytes, where they are needed

    made = calendar_file(_told(found), company().time_zone)
    answer = make_response(made.data)
    answer.content_type = made.mime
    answer.headers["Content-Disposition"] = attachment(NAME)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _told(found: Record) -> "Appointment":
    from shared.notifications.calendars import Appointment

    ours, label = company(), _(KINDS[found.kind].label)
    family, here = found.party.family, config().public_host
    assert found.appointment_at is not None
    return Appointment(
        record_id=found.id,
        revision=found.appointment_revision,
        begins=found.appointment_at,
        ends=found.appointment_ends_at,
        title=_("Rendez-vous : %(what)s", what=found.title or ours.name),
        place=found.appointment_place,
        text=f"{ours.name}\n{label} {found.number}\n{config().public_url}",
        organiser=ours.name,
        address=family.reply_to or family.sender_address or f"noreply@{ours.domain or here}",
        host=here,
        said_at=now(),
    )
