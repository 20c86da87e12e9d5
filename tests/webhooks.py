"""An ERP that is called: it keeps what it was sent, and answers what a test asks."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.serving import Handler, Server, serving


@dataclass
class Call:
    """One call, as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Listener:
    """`answers` are given one after the other, then 200."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@contextlib.contextmanager
def running_listener() -> Iterator[Listener]:
    """Until the end of the block."""
    listener = Listener()
    with serving(_Handler, listener) as address:
        listener.url = f"{address}/guichet?de=erp"
        yield listener


class _Handler(Handler):
    server: Server[Listener]

    def do_POST(self) -> None:
        listener = self.server.kept
        body = self.rfile.read(int(self.headers["Content-Length"]))
        listener.calls.append(Call({name.lower(): value for name, value in self.headers.items()}, body))
        status = listener.answers.pop(0) if listener.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", listener.url)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
