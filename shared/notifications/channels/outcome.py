"""What became of one message handed to a server: five answers, never an exception."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Kind = Literal["accepted", "retry", "failed", "unknown", "pause"]
Phase = Literal["connect", "tls", "login", "mail", "rcpt", "data", "writing", "reply"]

BEFORE_ADDRESS = frozenset({"connect", "tls", "login", "mail"})
OUT_OF_STEP = frozenset({500, 502, 503, 504})  # the conversation went wrong, not the message
LONGEST_TEXT = 500
LONGEST_WAIT = timedelta(hours=4)
ENHANCED = re.compile(r"(?:^|\s)([245]\.\d{1,3}\.\d{1,3})(?=\s|$)")
WAIT = re.compile(r"(?:again|retry|wait)\D{0,30}?(\d{1,5})\s*(sec|min|hour)", re.IGNORECASE)
CLOCK = re.compile(r"\b(\d{2}):(\d{2}):(\d{2})\b")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`accepted`: the server owns the message. `retry`: certainly not accepted, try later.
    `failed`: refused for good. `unknown`: accepted or not, nobody can tell from here.
    `pause`: certainly not accepted, and by our own fault: the channel stops, the address is innocent.

    `after` is the delay that the server asked for, when it did; `text` its words, bounded.
    """

    kind: Kind
    phase: Phase
    code: int | None = None
    enhanced: str | None = None
    text: str = ""
    after: timedelta | None = None

    @property
    def bad_address(self) -> bool:
        """True when the address itself was refused for good: 5.1.x, or 550–553 to RCPT without more."""
        if self.kind != "failed":
            return False
        if self.enhanced:
            return self.enhanced.startswith("5.1.")
        return self.phase == "rcpt" and self.code in (550, 551, 553)


def from_reply(phase: Phase, code: int, reply: bytes) -> Outcome:
    """What a server's answer means. A code that is none is retried, except after the final dot."""
    text = readable(reply)
    enhanced = _enhanced(text, code)
    if 200 <= code < 300 and phase == "reply":
        return Outcome("accepted", phase, code, enhanced, text)
    if 400 <= code < 500:
        return Outcome("retry", phase, code, enhanced, text, _asked_delay(text))
    if code in OUT_OF_STEP:
        return Outcome("retry", phase, code, enhanced, text)
    if 500 <= code < 600:
        # A sender refused at MAIL is refused for every message: no address is to blame.
        ours = phase in BEFORE_ADDRESS or (enhanced or "").startswith("5.7.") or code in (530, 535)
        return Outcome("pause" if ours else "failed", phase, code, enhanced, text)
    return lost(phase, text or f"réponse illisible ({code})")


def lost(phase: Phase, text: str) -> Outcome:
    """The conversation broke off: only the wait for the answer to the final dot is ambiguous."""
    return Outcome("unknown" if phase == "reply" else "retry", phase, text=readable(text))


def readable(reply: bytes | str) -> str:
    """One line, bounded, without control characters."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    kept = "".join(sign if sign.isprintable() else " " for sign in text[: LONGEST_TEXT * 2])
    return " ".join(kept.split())[:LONGEST_TEXT]


def _enhanced(text: str, code: int) -> str | None:
    found = ENHANCED.search(text)
    return found[1] if found and found[1][0] == str(code)[0] else None


def _asked_delay(text: str) -> timedelta | None:
    found = WAIT.search(text)
    if found:
        unit = {"sec": 1, "min": 60, "hour": 3600}[found[2].lower()]
        return min(timedelta(seconds=int(found[1]) * unit), LONGEST_WAIT)
    clock = CLOCK.search(text)
    if clock:
        hours, minutes, seconds = (int(part) for part in clock.groups())
        return min(timedelta(hours=hours, minutes=minutes, seconds=seconds), LONGEST_WAIT)
    return None
