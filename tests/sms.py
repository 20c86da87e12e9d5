"""A provider of SMS on this machine: it speaks both shapes, keeps what it was given, and answers what a test asks."""

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.serving import Handler, Server, serving

KEY, ACCOUNT = "clef-d-essai", "AC0123"


@dataclass
class Text:
    """One SMS that the provider has taken."""

    shape: str
    to: str
    sender: str
    body: str
    unicode: bool | None = None

    @property
    def code(self) -> str:
        """The six figures that it begins with."""
        return self.body[:7].replace(" ", "")


@dataclass
class Provider:
    """`answers[number]` replaces the acceptance: (status, JSON, headers), « cut » after the request was read."""

    url: str = ""
    texts: list[Text] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, object], dict[str, str]] | str] = field(default_factory=dict)
    asked: int = 0
    gate: threading.Event | None = None  # what a request waits for before it is answered

    def to(self, number: str) -> list[Text]:
        """What this number was sent, in order."""
        return [text for text in self.texts if text.to == number]


@contextlib.contextmanager
def running_provider() -> Iterator[Provider]:
    """Until the end of the block."""
    provider = Provider()
    with serving(_Handler, provider) as address:
        provider.url = address
        yield provider


class _Handler(Handler):
    server: Server[Provider]

    def do_GET(self) -> None:
        known = self.path in ("/v3/account", f"/2010-04-01/Accounts/{ACCOUNT}.json")
        if known and self._has_key():
            self._answer(200, {"email": "a@b.example"})
        else:
            self._answer(401, WRONG_KEY)

    def do_POST(self) -> None:
        provider = self.server.kept
        text = self._text(self.rfile.read(int(self.headers["Content-Length"])))
        provider.asked += 1
        if provider.gate is not None:
            provider.gate.wait(10)
        answer = provider.answers.get(text.to) if text else None
        if text is None or not self._has_key():
            self._answer(401, WRONG_KEY)
        elif answer == "cut":
            self.connection.close()
        elif isinstance(answer, tuple):
            self._answer(*answer)
        else:
            provider.texts.append(text)
            self._answer(201, TAKEN[text.shape])

    def _text(self, raw: bytes) -> Text | None:
        if self.path == "/v3/transactionalSMS/sms":
            said = json.loads(raw)
            return Text("brevo", f"+{said['recipient']}", said["sender"], said["content"], said["unicodeEnabled"])
        if self.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            form = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
            return Text("twilio", form["To"], form.get("From") or form["MessagingServiceSid"], form["Body"])
        return None

    def _has_key(self) -> bool:
        basic = base64.b64encode(f"{ACCOUNT}:{KEY}".encode()).decode()
        return self.headers.get("api-key") == KEY or self.headers.get("Authorization") == f"Basic {basic}"

    def _answer(self, status: int, body: dict[str, object], headers: dict[str, str] | None = None) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


TAKEN: dict[str, dict[str, object]] = {
    "brevo": {"messageId": 1511882900176220, "smsCount": 1, "usedCredits": 0.7},
    "twilio": {"sid": "SM1511882900176220", "status": "queued", "num_segments": "1"},
}
WRONG_KEY: dict[str, object] = {"code": "unauthorized", "message": "Key not found"}
