"""What came back to the mailbox is filed, a message per transaction, and put away once that is durable."""

from collections.abc import Iterator

from shared.config import config
from shared.engines.checking import report as report_engine
from shared.notifications.bouncing import read_report
from shared.notifications.collecting import came_too_early
from shared.notifications.mailbox import OTHERS, READ, Mailbox, MailboxError
from shared.notifications.reports import parse_report
from shared.queues import stopping
from shared.settings.bounce_mailbox import bounce_mailbox

ENGINE = "bounces"


def fetch_reports() -> Iterator[None]:
    """Read the mailbox; to be committed at each pause. One that answers no more is shown among the engines."""
    imap = bounce_mailbox()
    if imap is None:
        return
    try:
        with Mailbox(imap) as box:
            for uid in box.waiting():
                if stopping():
                    return
                raw = box.read(uid)
                if not raw or came_too_early(raw):
                    continue
                kind = _file(raw)
                yield
                box.put_away(uid, kind)
    except MailboxError as error:
        report_engine(ENGINE, error.sentence)
    else:
        report_engine(ENGINE, None)
    yield


def _file(raw: bytes) -> str:
    """Which folder it goes to: what is no report of ours is somebody's mail, kept apart for a person to read."""
    found = parse_report(raw, config().derive(b"bounce"))
    if found.notification_id is None and found.kind in ("other", "autoreply"):
        return OTHERS
    read_report(raw=raw)
    return READ
