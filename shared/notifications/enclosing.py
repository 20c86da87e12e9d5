"""What goes with a message about records: the published paper, and the calendar entry of an appointment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Row, RowMapping

from shared.config import config
from shared.notifications.applying import still_told
from shared.notifications.attachments import NOTHING, Enclosed, papers_of
from shared.notifications.channels.building import Attachment
from shared.notifications.channels.mailboxes import Mailbox
from shared.notifications.moments import APPOINTMENT
from shared.notifications.pieces import Pieces
from shared.notifications.record_values import moment_in
from shared.notifications.rendering import Brand
from shared.records.kinds import KINDS

SAID = ("appointment_made", "appointment_moved", "appointment_cancelled")


def enclosed(row: RowMapping, pieces: Pieces, brand: Brand, sender: Mailbox, reply_to: Mailbox | None) -> Enclosed:
    """What leaves with one line; nothing by SMS."""
    records = still_told(row, pieces) if row["id"] in pieces.records else []
    if not records or row["channel"] != "email":
        return NOTHING
    papers, remark = papers_of(row, records, pieces)
    entry = _entry(row, records, pieces, brand, reply_to or sender)
    return Enclosed(papers, (entry,) if entry else (), remark)


def _entry(
    row: RowMapping, records: Sequence[Row[Any]], pieces: Pieces, brand: Brand, answers: Mailbox
) -> Attachment | None:
    record, event = records[0], row["facts"].get("event", "").partition(".")[2]
    rule = pieces.rule_of(row)
    reminds = event == "reminded" and rule is not None and rule.date_field == APPOINTMENT
    if len(records) > 1 or row["staff_id"] is not None or not (event in SAID or reminds):
        return None
    begins: datetime | None = record.appointment_at
    if begins is None:
        begins = moment_in((row["facts"].get("told") or {}).get("before"))
    if begins is None:
        return None
    from shared.notifications.calendars import Appointment, calendar_file  # eleven megabytes, where they are needed

    with force_locale(row["locale"]):
        label = _(KINDS[record.kind].label)
        title = _("Rendez-vous : %(what)s", what=record.title or brand.company)
    told = Appointment(
        record_id=record.id,
        revision=record.appointment_revision,
        begins=begins,
        ends=record.appointment_ends_at,
        title=str(title),
        place=record.appointment_place,
        text=f"{brand.company}\n{label} {record.number}\n{brand.portal_url}",
        organiser=brand.company,
        address=answers.address,
        host=config().public_host,
        said_at=row["dated"],
        cancelled=record.appointment_at is None,
    )
    return calendar_file(told, brand.zone)
