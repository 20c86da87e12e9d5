"""What a mail provider posts: a whole report (RFC 3464), or one JSON object or list of

    {"event": "hard" | "soft" | "delivered" | "complaint",
     "message_id": "<…@…>" or "return_path": "bounce+…@…",
     "status": "5.1.1", "reason": "what the server said", "recipient": "…"}

The address that it posts to holds a token made from the key of the installation and a number: a new number makes
the former address worth nothing. Whoever knows it is believed, as the provider is.
"""

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from typing import Any, get_args

from flask_babel import gettext as _

from shared.config import config
from shared.errors import Refused
from shared.events.recording import record
from shared.notifications.bouncing import file_report, read_report
from shared.notifications.channels.outcome import readable
from shared.notifications.channels.verp import parse_envelope
from shared.notifications.collecting import came_too_early, is_leaving
from shared.notifications.reports import LARGEST, MESSAGE_ID, STATUS, Kind, Report
from shared.settings.changing import change
from shared.settings.reading import setting

KEY = "bounce_webhook"
MOST = 500  # events in one post
EVENTS: dict[str, Kind] = {"hard": "bounce", "soft": "delayed", "delivered": "delivered", "complaint": "complaint"}
WORDS = ("message_id", "return_path", "reason", "recipient")
assert set(EVENTS.values()) <= set(get_args(Kind))


class TooEarly(Exception):
    """The message is still leaving: the provider is asked to say it again in a minute."""


@dataclass(frozen=True)
class Filed:
    """How many were filed on a message of ours, and how many are about none."""

    filed: int = 0
    unknown: int = 0


def url() -> str:
    """The address to give to the provider; a secret, as it lets whoever knows it call a message rejected."""
    return f"{config().public_url}/webhooks/mail/{_token()}"


def is_ours(token: str) -> bool:
    """Whether a post came to the address of today."""
    return hmac.compare_digest(token.encode(), _token().encode())


def renew(*, by: str) -> None:
    """A new address; the former one answers no more."""
    change(key=KEY, value=int(setting(KEY)) + 1, by=by)


def show(*, by: str) -> str:
    """The address, with a line in the security log that it was looked at."""
    record("webhook.shown", by=by)
    return url()


def receive_report(*, raw: bytes) -> Filed:
    """File a whole report. Raises Refused when it is too large, TooEarly."""
    if len(raw) > LARGEST:
        raise Refused(_("Ce rapport dépasse 512 Ko."))
    if came_too_early(raw):
        raise TooEarly
    return _counted([read_report(raw=raw, is_proven=True)])


def receive_events(*, text: bytes) -> Filed:
    """File what JSON says. Raises Refused when it cannot be read, and then nothing of it is filed; TooEarly."""
    if len(text) > LARGEST:
        raise Refused(_("Cet envoi dépasse 512 Ko : faites-en plusieurs."))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(_("Ce JSON ne se lit pas.")) from error
    events = found if isinstance(found, list) else [found]
    if len(events) > MOST:
        raise Refused(_("Cet envoi compte plus de %(most)s événements : faites-en plusieurs.", most=MOST))
    reports = [(_report(event), _digest(event)) for event in events]
    if any(report.notification_id and is_leaving(report.notification_id) for report, _digested in reports):
        raise TooEarly
    return _counted([file_report(report=report, digest=digest) for report, digest in reports])


def _report(event: Any) -> Report:
    if not isinstance(event, dict) or str(event.get("event")) not in EVENTS:
        raise Refused(_("Chaque événement dit « event » : hard, soft, delivered ou complaint."))
    words = {name: readable(str(event.get(name) or "")) for name in WORDS}
    about = parse_envelope(words["return_path"], config().derive(b"bounce")) if words["return_path"] else None
    ours = MESSAGE_ID.fullmatch(words["message_id"] if "<" in words["message_id"] else f"<{words['message_id']}>")
    if about is None and ours is not None:
        about = uuid.UUID(ours[1])
    return Report(
        EVENTS[event["event"]],
        notification_id=about,
        is_proven=True,
        message_id=words["message_id"],
        recipient=words["recipient"],
        status=_status(event),
        diagnostic=words["reason"],
    )


def _status(event: dict[str, Any]) -> str:
    """Its enhanced status (RFC 3463); a hard one without a permanent status is « 5.0.0 »."""
    found = STATUS.search(str(event.get("status") or ""))
    status = found[1] if found else ""
    return status if event["event"] != "hard" or status.startswith("5") else "5.0.0"


def _digest(event: Any) -> str:
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def _counted(found: list[Any]) -> Filed:
    filed = sum(each is not None for each in found)
    return Filed(filed, len(found) - filed)


def _token() -> str:
    text = f"mail:{setting(KEY)}".encode()
    mark = hmac.digest(config().derive(b"webhook"), text, "sha256")
    return base64.urlsafe_b64encode(mark).rstrip(b"=").decode()
