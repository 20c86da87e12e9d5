"""The interfaces of two providers of SMS, as they document them: what a request says, and what an answer means.

Brevo: POST /v3/transactionalSMS/sms, JSON, header `api-key`; 201 with `messageId`; errors `{code, message}`.
Twilio: POST /2010-04-01/Accounts/<sid>/Messages.json, form, HTTP Basic; 201 with `sid`; errors `{code, message}`.
"""

import base64
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from shared.config import Sms, SmsShape
from shared.notifications.channels.outcome import LONGEST_WAIT, Outcome, readable
from shared.notifications.channels.sms_parts import measure

OURS = frozenset({301, 302, 303, 307, 308, 401, 402, 403, 404, 405})  # settings, credit: no number is to blame
TWILIO_OURS = frozenset({20003, 21212, 21603, 21606, 21659, 21660})  # who we are, from whom it leaves
TWILIO_LOST = frozenset({"failed", "undelivered", "canceled"})


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `headers` hold the key."""

    method: str
    path: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


class Shape(Protocol):
    """How one provider is spoken to."""

    def message(self, settings: Sms, to: str, text: str, reference: str) -> Request:
        """The request that sends `text` to the number `to` (E.164)."""

    def account(self, settings: Sms) -> Request:
        """A question that only the right key answers, and that sends nothing."""

    def accepted(self, answer: dict[str, Any], code: int) -> Outcome:
        """What a 2xx to a message means."""

    def is_ours(self, answer: dict[str, Any]) -> bool:
        """Whether what a 400 complains of is a setting of ours and not the number."""


class Brevo:
    """Brevo's transactional SMS."""

    def message(self, settings: Sms, to: str, text: str, reference: str) -> Request:
        """As JSON; `tag` finds the message again on their pages."""
        said = {
            "sender": settings.sender,
            "recipient": to.removeprefix("+"),
            "content": text,
            "type": "transactional",
            "tag": reference,
            "unicodeEnabled": measure(text).alphabet == "ucs2",
        }
        body = json.dumps(said).encode()
        return Request("POST", "/v3/transactionalSMS/sms", self._headers(settings), body)

    def account(self, settings: Sms) -> Request:
        """Whose key it is."""
        return Request("GET", "/v3/account", self._headers(settings))

    def accepted(self, answer: dict[str, Any], code: int) -> Outcome:
        """Theirs from the moment it has a number."""
        return Outcome("accepted", "reply", code, text=_numbered(answer.get("messageId"), answer.get("smsCount")))

    def is_ours(self, answer: dict[str, Any]) -> bool:
        """No credit left, a key that may not send, a sender that they do not know."""
        words = str(answer.get("message", "")).lower()
        return answer.get("code") in ("not_enough_credits", "unauthorized", "permission_denied") or "sender" in words

    def _headers(self, settings: Sms) -> dict[str, str]:
        return {"api-key": settings.key, "Accept": "application/json", "Content-Type": "application/json"}


class Twilio:
    """Twilio's Message resource."""

    def message(self, settings: Sms, to: str, text: str, reference: str) -> Request:
        """As a form; a sender that begins with MG is one of their messaging services."""
        service = settings.sender.startswith("MG") and len(settings.sender) == 34
        said = {"To": to, "Body": text, "MessagingServiceSid" if service else "From": settings.sender}
        return Request("POST", self._of(settings) + "/Messages.json", self._headers(settings), urlencode(said).encode())

    def account(self, settings: Sms) -> Request:
        """The account that this key opens."""
        return Request("GET", self._of(settings) + ".json", self._headers(settings))

    def accepted(self, answer: dict[str, Any], code: int) -> Outcome:
        """Queued, unless it says at once that it failed."""
        if answer.get("status") in TWILIO_LOST:
            return Outcome("failed", "reply", code, text=readable(str(answer.get("error_message") or "")))
        return Outcome("accepted", "reply", code, text=_numbered(answer.get("sid"), answer.get("num_segments")))

    def is_ours(self, answer: dict[str, Any]) -> bool:
        """Their own numbers of errors tell."""
        return answer.get("code") in TWILIO_OURS

    def _of(self, settings: Sms) -> str:
        return f"/2010-04-01/Accounts/{quote(settings.account, safe='')}"

    def _headers(self, settings: Sms) -> dict[str, str]:
        basic = base64.b64encode(f"{settings.account}:{settings.key}".encode()).decode()
        return {
            "Authorization": f"Basic {basic}",
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }


SHAPES: dict[SmsShape, Shape] = {"brevo": Brevo(), "twilio": Twilio()}


def read(shape: Shape, code: int, body: bytes, retry_after: str | None) -> Outcome:
    """What an answer to a message means: taken, refused for good, to be tried later, or our own fault."""
    answer = _object(body)
    said = readable(str(answer.get("message") or "")) or readable(body[:200])
    if 200 <= code < 300:
        return shape.accepted(answer, code)
    if code == 429 or code == 408 or code >= 500:
        return Outcome("retry", "data", code, text=said, after=_asked(retry_after))
    if code in OURS or shape.is_ours(answer):
        return Outcome("pause", "login", code, text=said)
    if 400 <= code < 500:
        return Outcome("failed", "data", code, text=said)
    return Outcome("unknown", "reply", code, text=said)


def _object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _numbered(identity: object, parts: object) -> str:
    """« SM12… · 2 SMS »: what to ask the provider about, and how many were paid."""
    known = f" · {parts} SMS" if str(parts or "").isdigit() and str(parts) != "0" else ""
    return readable(f"{identity or ''}{known}")


def _asked(retry_after: str | None) -> timedelta | None:
    if retry_after is None or not retry_after.strip().isdigit():
        return None
    return min(timedelta(seconds=int(retry_after)), LONGEST_WAIT)
