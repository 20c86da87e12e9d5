"""What came back: a refusal at the door or a delivery report, filed on the notification that caused it."""

import hashlib
import uuid
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from shared.clock import now
from shared.config import config
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.notifications.delivery_models import DeliveryReport
from shared.notifications.models import Notification, Status
from shared.notifications.reports import Report, parse_report
from shared.people.models import EmailCell

SENT = (Status.SENT, Status.DELIVERED, Status.UNKNOWN)


def read_report(*, raw: bytes, is_proven: bool = False) -> Notification | None:
    """File one report (RFC 3464), once however often it is read. None when it is about no message of ours.

    Only one that came back to the return address of that message changes anything: the rest could be forged,
    unless whoever brings it has proven who they are (`is_proven`).
    """
    report = parse_report(raw, config().derive(b"bounce"))
    proven = replace(report, is_proven=report.is_proven or is_proven)
    return file_report(report=proven, digest=hashlib.sha256(raw).hexdigest())


def file_report(*, report: Report, digest: str) -> Notification | None:
    """File what a report says on the notification that caused it; `digest` tells the same report from another one."""
    row = db.session.get(Notification, report.notification_id) if report.notification_id else None
    filed = db.session.scalar(
        insert(DeliveryReport)
        .values(
            id=uuid7(),
            notification_id=row.id if row else None,
            at=now(),
            kind=report.kind,
            status=report.status,
            diagnostic=report.diagnostic,
            digest=digest,
        )
        .on_conflict_do_nothing()
        .returning(DeliveryReport.id)
    )
    if row is None or filed is None or not report.is_proven:
        return row
    if report.kind == "bounce" and row.status in SENT:
        row.status = Status.BOUNCED
        row.ended_at = now()
        row.reply = report.diagnostic or report.status
        reject(notification_id=row.id, status=report.status, hard=report.severity == "hard")
    elif report.kind == "delivered" and row.status in (Status.SENT, Status.UNKNOWN):
        row.status = Status.DELIVERED
        row.sent_at = row.sent_at or now()
        row.ended_at = now()
    return row


def reject(*, notification_id: uuid.UUID, status: str, hard: bool) -> None:
    """Say that a message was refused for good; a bad address flags the cell that it came from."""
    row = db.session.get(Notification, notification_id, populate_existing=True)
    if row is None:
        return
    if hard and row.party_id and row.address_slot and row.address:
        _flag(row)
    record(
        "notification.bounced",
        by="system",
        party_id=row.party_id,
        access_id=row.access_id,
        notification_id=row.id,
        facts={"status": status, "address": row.address},
    )


def _flag(row: Notification) -> None:
    """Only while the cell still holds the address that bounced."""
    cell = db.session.scalars(
        select(EmailCell)
        .where(EmailCell.party_id == row.party_id, EmailCell.slot == row.address_slot, EmailCell.address == row.address)
        .with_for_update()
    ).first()
    if cell is not None:
        cell.bounced_at = now()
        cell.bounces += 1
        cell.bounce_reason = row.reply
