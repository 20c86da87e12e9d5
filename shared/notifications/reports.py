"""Reading what comes back to an envelope sender: bounces (RFC 3464), complaints (RFC 5965), automatic replies.

Anybody may write to these addresses: sizes and parts are bounded, nothing is believed without the
mark of the return address, and what cannot be read is « other ».
"""

import re
import uuid
from dataclasses import dataclass, replace
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import Literal

from shared.notifications.channels.outcome import readable
from shared.notifications.channels.verp import parse_envelope

Kind = Literal["bounce", "delayed", "delivered", "complaint", "autoreply", "other"]

LARGEST = 512 * 1024  # bytes read; the rest of a returned message says nothing more
MOST_PARTS = 40
ACTIONS: dict[str, Kind] = {
    "failed": "bounce",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}
RETURN_ADDRESS = re.compile(rb"bounce\+[0-9a-f]{32}\.[0-9a-f]{16}@[a-z0-9.-]{1,253}", re.IGNORECASE)
MESSAGE_ID = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^<>\s@]{1,253}>", re.IGNORECASE)
RETURNED_ID = re.compile(rb"^[ \t>]{0,4}Message-ID:\s{0,4}(<[^<>\s]{1,400}>)", re.IGNORECASE | re.MULTILINE)
ADDRESS = re.compile(r"[^\s<>;,\"()]{1,64}@[A-Za-z0-9.-]{1,253}")
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
FAILED = re.compile(
    r"undeliver|not deliver|delivery (?:status|failure)|returned mail|failure notice|non remis|échec", re.I
)
LATE = re.compile(r"delay|warning|retard", re.I)
FAILURE_SENDER = re.compile(r"mailer-daemon|postmaster|mail delivery|double-bounce", re.I)


@dataclass(frozen=True, slots=True)
class Report:
    """`is_proven`: the return address bore our mark; otherwise anybody may have written this report."""

    kind: Kind = "other"
    notification_id: uuid.UUID | None = None
    is_proven: bool = False
    message_id: str = ""
    recipient: str = ""
    action: str = ""
    status: str = ""
    diagnostic: str = ""

    @property
    def severity(self) -> Literal["hard", "soft", "policy"] | None:
        """For a bounce: the address is wrong, or something passing, or our own reputation or settings."""
        if self.kind != "bounce":
            return None
        if self.status.startswith("5.7."):
            return "policy"
        return "hard" if self.status.startswith("5.1.") or self.status in ("5.0.0", "5.2.1", "5.4.4") else "soft"


def parse_report(raw: bytes, key: bytes, envelope_to: str = "") -> Report:
    """Say what a message that came back means. Never raises.

    `envelope_to` is the address it was delivered to, when whoever received it knows.
    """
    raw = raw[:LARGEST]
    folded = raw.lower()
    message = Message()
    report = Report()
    if folded.count(b"boundary=") <= MOST_PARTS and folded.count(b"message/") <= MOST_PARTS:
        try:
            message = BytesParser(policy=policy.compat32).parsebytes(raw)
            parts = list(message.walk())
            report = _by_structure(parts) or _by_wording(message, parts) or report
        except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
            # The parser itself gives in to some hostile structures; the return address still speaks.
            message = Message()
    return _identified(report, raw, message, key, envelope_to)


def _by_structure(parts: list[Message]) -> Report | None:
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            return _delivery_status(part)
        if kind == "message/feedback-report":
            inner = part.get_payload()
            fields = inner[0] if isinstance(inner, list) and isinstance(inner[0], Message) else Message()
            return Report(
                "complaint",
                recipient=_address(_header(fields, "Original-Rcpt-To")),
                action=_header(fields, "Feedback-Type"),
            )
        if kind == "message/disposition-notification":
            return Report("other", action="disposition")
    return None


def _delivery_status(part: Message) -> Report:
    blocks = part.get_payload()
    fields = [each for each in blocks if isinstance(each, Message)] if isinstance(blocks, list) else []
    found = [_recipient(each) for each in fields if each["Final-Recipient"] or each["Action"] or each["Status"]]
    for wanted in ("bounce", "delayed", "delivered"):
        for report in found:
            if report.kind == wanted:
                return report
    return Report()


def _recipient(fields: Message) -> Report:
    action = _header(fields, "Action").lower().split(" ")[0]
    diagnostic = readable(_header(fields, "Diagnostic-Code").partition(";")[2] or _header(fields, "Diagnostic-Code"))
    status = _status(_header(fields, "Status"))
    said = _status(diagnostic)
    if said and status in ("", "5.0.0", "4.0.0"):
        status = said
    kind: Kind = ACTIONS.get(action, "bounce" if status.startswith("5") else "delayed" if status else "other")
    recipient = _address(_header(fields, "Final-Recipient") or _header(fields, "Original-Recipient"))
    return Report(kind, recipient=recipient, action=action, status=status, diagnostic=diagnostic)


def _by_wording(message: Message, parts: list[Message]) -> Report | None:
    """What servers that know no RFC 3464 send, and what people's mailboxes answer."""
    subject = readable(_header(message, "Subject"))
    from_machine = FAILURE_SENDER.search(_header(message, "From")) or _header(message, "Return-Path").strip() == "<>"
    failed = _header(message, "X-Failed-Recipients")
    text = next((_text(part) for part in parts if part.get_content_type() == "text/plain"), "")
    status = _status(text)
    if failed or (from_machine and (status or FAILED.search(subject))):
        late = LATE.search(subject) and not status.startswith("5")
        line = next((line for line in text.splitlines() if status and status in line), subject)
        kind: Kind = "delayed" if late else "bounce"
        return Report(kind, recipient=_address(failed), action="", status=status, diagnostic=readable(line))
    automatic = _header(message, "Auto-Submitted").lower() not in ("", "no")
    marked = any(message[name] for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
    if automatic or marked or _header(message, "Precedence").lower() in ("auto_reply", "bulk", "junk", "list"):
        return Report("autoreply", diagnostic=subject)
    return None


def _identified(report: Report, raw: bytes, message: Message, key: bytes, envelope_to: str) -> Report:
    message_id = _original_id(raw, message)
    candidates = [envelope_to, *(each.decode("ascii") for each in RETURN_ADDRESS.findall(raw)[:20])]
    for candidate in candidates:
        notification_id = parse_envelope(candidate, key) if candidate else None
        if notification_id is not None:
            return replace(report, notification_id=notification_id, is_proven=True, message_id=message_id)
    ours = MESSAGE_ID.fullmatch(message_id)
    return replace(report, notification_id=uuid.UUID(ours[1]) if ours else None, message_id=message_id)


def _original_id(raw: bytes, message: Message) -> str:
    """The Message-ID of what we had sent: in the returned part, else in what this one answers."""
    _head, _blank, rest = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    returned = [each.decode("ascii", "replace") for each in RETURNED_ID.findall(rest)[:20]]
    answered = re.findall(r"<[^<>\s]{1,400}>", f"{_header(message, 'In-Reply-To')} {_header(message, 'References')}")
    known = [each for each in [*returned, *answered[:20]] if MESSAGE_ID.fullmatch(each)]
    return next(iter([*known, *returned, *answered]), "")


def _header(message: Message, name: str) -> str:
    return str(message[name] or "").strip()[:2000]


def _status(text: str) -> str:
    found = STATUS.search(text[:20_000])
    return found[1] if found else ""


def _address(text: str) -> str:
    found = ADDRESS.search(text.rpartition(";")[2])
    return found[0] if found else ""


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload[:20_000].decode("utf-8", "replace") if isinstance(payload, bytes) else ""
