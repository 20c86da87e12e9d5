"""An S3 server for the whole run, and what stands before it on bad days."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from moto.server import ThreadedMotoServer

from shared.config import S3
from shared.documents.storage_s3 import S3Storage

BUCKET, REGION = "guichet", "eu-west-3"


@contextlib.contextmanager
def running_s3() -> Iterator[str]:
    """Its address, with the bucket made; moto keeps its objects for the whole process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    place = {"LocationConstraint": REGION}
    bucket(address).client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)  # type: ignore[arg-type]
    try:
        yield address
    finally:
        server.stop()


def s3(address: str, prefix: str = "essai") -> S3:
    """The settings of the bucket, below a prefix."""
    return S3(address, BUCKET, REGION, "clef", "secret", prefix)


def bucket(address: str, prefix: str = "essai") -> S3Storage:
    """The bucket as a storage."""
    return S3Storage.from_config(s3(address, prefix))


class FaultProxy:
    """Stands before S3 and spoils the next answers: 503, a cut body, or silence."""

    def __init__(self, target: str) -> None:
        self.target, self.faults, self.asked = target, [], []  # type: ignore[var-annotated]
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                pass

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                proxy.asked.append((self.command, self.headers.get("Range")))
                fault = proxy.faults.pop(0) if proxy.faults else None
                if fault == "503":
                    self.send_response(503)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                request = Request(proxy.target + self.path, body or None, dict(self.headers), method=self.command)
                try:
                    with urlopen(request) as got:
                        status, headers, data = got.status, got.headers, got.read()
                except HTTPError as error:
                    status, headers, data = error.code, error.headers, error.read()
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                        self.send_header(name, value)
                self.send_header("Content-Length", headers.get("Content-Length") or str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2] if fault == "cut" else data)
                if fault == "cut":
                    self.wfile.flush()
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True

        for verb in ("GET", "PUT", "HEAD", "DELETE"):
            setattr(Handler, f"do_{verb}", Handler.answer)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
