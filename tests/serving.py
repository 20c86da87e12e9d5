"""A server of this machine for as long as a test needs it: its handlers find in `server.kept` what they keep."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Server(ThreadingHTTPServer, Generic[Kept]):
    """Each request in a thread; none outlives the tests."""

    daemon_threads = True
    kept: Kept


class Handler(BaseHTTPRequestHandler):
    """Says nothing on the terminal."""

    def log_message(self, *_words: object) -> None:
        pass


@contextlib.contextmanager
def serving(handler: type[Handler], kept: Kept) -> Iterator[str]:
    """Its address, on a port of its own, until the end of the block."""
    server: Server[Kept] = Server(("127.0.0.1", 0), handler)
    server.kept = kept
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
