"""Reports that wait in their folder: read, filed, and gone once that is durable."""

import uuid
from functools import partial
from pathlib import Path

from shared.config import config
from shared.extensions import db
from shared.notifications.bouncing import read_report
from shared.notifications.models import Notification, Status
from shared.notifications.report_folder import waiting_reports
from shared.notifications.reports import parse_report
from shared.transactions import after_commit


def reports_folder() -> Path:
    """Where the mail server of this installation puts what comes back."""
    return config().var / "mail" / "reports"


def collect_reports() -> int:
    """File the reports that wait; how many were. One that overtook its own message waits for it."""
    filed = 0
    for path in waiting_reports(reports_folder()):
        raw = path.read_bytes()
        if came_too_early(raw):
            continue
        read_report(raw=raw)
        after_commit(partial(path.unlink, missing_ok=True))
        filed += 1
    return filed


def came_too_early(raw: bytes) -> bool:
    """A near server answers before our own commit says that the message left."""
    about = parse_report(raw, config().derive(b"bounce")).notification_id
    return about is not None and is_leaving(about)


def is_leaving(notification_id: uuid.UUID) -> bool:
    """Whether this message is between the claim and the commit that says it left."""
    line = db.session.get(Notification, notification_id, populate_existing=True)
    return line is not None and line.status is Status.SENDING
