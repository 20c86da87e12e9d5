"""An ERP that is called: it keeps what it was sent, and answers what a test asks."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


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
    server = _Server(("127.0.0.1", 0), _Handler)
    server.listener = listener
    listener.url = f"http://127.0.0.1:{server.server_port}/guichet?de=erp"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    listener: Listener


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        listener = self.server.listener
        body = self.rfile.read(int(self.headers["Content-Length"]))
        listener.calls.append(Call({name.lower(): value for name, value in self.headers.items()}, body))
        status = listener.answers.pop(0) if listener.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", listener.url)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_arguments: object) -> None:
        pass
