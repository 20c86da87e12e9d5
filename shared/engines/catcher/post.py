"""The SMTP side of the catcher, with three domains that behave like the real world."""

import asyncio
from collections import Counter
from email.utils import formatdate, make_msgid
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.engines.catcher.store import Store
from shared.notifications.report_folder import drop_report

LOOPBACK = "127.0.0.1"
BOUNCING, REFUSED, SLOW = "rebond.example", "refus.example", "lent.example"
SLOW_TRIES = 2
LARGEST = 32 * 1024 * 1024
RETURNED_HEADERS = 16_384
BOUNDARY = "=_rebond_41f0"
REPORT = f"""\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@{{domain}}>
To: {{to}}
Subject: Undelivered Mail Returned to Sender
Date: {{date}}
Message-ID: {{mark}}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="{BOUNDARY}"

--{BOUNDARY}
Content-Type: text/plain; charset=us-ascii

The message to <{{recipient}}> could not be delivered: no such mailbox.

--{BOUNDARY}
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.{{domain}}
Arrival-Date: {{date}}

Final-Recipient: rfc822; {{recipient}}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{{recipient}}>: no such mailbox

--{BOUNDARY}
Content-Type: text/rfc822-headers

"""


class Post:
    """Keeps what is handed over; a bounce comes back `bounce_delay` seconds later, as from a far server."""

    def __init__(self, store: Store, reports: Path, bounce_delay: float = 2.0) -> None:
        self.store = store
        self.reports = reports
        self.bounce_delay = bounce_delay
        self.tries: Counter[tuple[str, str]] = Counter()

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer for one recipient."""
        domain = address.rpartition("@")[2].lower()
        if domain == REFUSED:
            return "550 5.1.1 No such mailbox here"
        if domain == SLOW:
            key = (envelope.mail_from or "", address)
            self.tries[key] += 1
            if self.tries[key] <= SLOW_TRIES:
                return "451 4.2.0 Greylisted, please come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message, or file it with the reports when it is one."""
        raw, sender = envelope.content, envelope.mail_from or ""
        if not isinstance(raw, bytes):
            return "554 5.6.0 Nothing to keep"
        recipients = [str(each) for each in envelope.rcpt_tos]
        if all(each.startswith("bounce+") for each in recipients):
            drop_report(self.reports, b"X-Original-To: " + recipients[0].encode() + b"\r\n" + raw)
            return "250 2.0.0 Report filed"
        kept = self.store.add(raw, sender, recipients)
        for address in recipients:
            if sender and address.lower().endswith(f"@{BOUNCING}"):
                report = bounce(raw, sender, address)
                asyncio.get_running_loop().call_later(self.bounce_delay, drop_report, self.reports, report)
        return f"250 2.0.0 Kept as {kept.id}"


def running_post(post: Post, port: int) -> Controller:
    """The server, started on this machine only; `stop()` ends it."""
    controller = Controller(
        post, hostname=LOOPBACK, port=port, decode_data=False, data_size_limit=LARGEST, ident="Guichet demo"
    )
    controller.start()
    return controller


def bounce(raw: bytes, sender: str, recipient: str) -> bytes:
    """The delivery report (RFC 3464) that a far server would send to the envelope sender."""
    written = REPORT.format(
        domain=BOUNCING, to=sender, recipient=recipient, date=formatdate(), mark=make_msgid(domain=BOUNCING)
    )
    return written.encode() + _head(raw) + f"\n--{BOUNDARY}--\n".encode()


def _head(raw: bytes) -> bytes:
    """The headers of the message, as they were."""
    return raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0][:RETURNED_HEADERS]
