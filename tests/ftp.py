"""Servers on which an ERP could drop its files: SFTP and FTP, with and without TLS, each on a folder of its own."""

import asyncio
import contextlib
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

with warnings.catch_warnings():  # of Python 3.11's asyncore, which only this test server uses
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
    from pyftpdlib.servers import FTPServer

from tests.certificates import self_signed

LOGIN, PASSWORD = "erp", "mot-de-passe-erp"
READ_ONLY = "elr"
EVERYTHING = "elradfmwMT"


@dataclass
class Dropbox:
    """A running server: `root` is what the login sees, with the folders `sortie` and `pris`."""

    protocol: str
    port: int
    root: Path
    renames: list[str] = field(default_factory=list)  # of SFTP: what was moved

    @property
    def settings(self) -> dict[str, Any]:
        """What staff type."""
        return {
            "protocol": self.protocol,
            "server": "localhost",
            "port": self.port,
            "login": LOGIN,
            "password": PASSWORD,
            "path": "sortie",
            "temporary": "pris",
        }

    def drop(self, name: str, data: bytes) -> Path:
        path = self.root / "sortie" / name
        path.write_bytes(data)
        return path

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.root / folder).iterdir())

    def everything(self) -> dict[str, bytes]:
        return {str(p.relative_to(self.root)): p.read_bytes() for p in self.root.rglob("*") if p.is_file()}


@contextlib.contextmanager
def running_sftp(root: Path, port: int = 0, key: asyncssh.SSHKey | None = None) -> Iterator[Dropbox]:
    """An SFTP server in a thread of its own; another `key` is another server."""
    _folders(root)
    box = Dropbox("sftp", 0, root)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            port,
            server_host_keys=[key or asyncssh.generate_private_key("ssh-ed25519")],
            server_factory=_Door,
            sftp_factory=lambda channel: _Files(channel, box),
        )

    async def stop() -> None:
        acceptor.close()
        for connection in list(_Door.open):
            connection.abort()
        await acceptor.wait_closed()

    acceptor = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    box.port = acceptor.get_port()
    try:
        yield box
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@contextlib.contextmanager
def running_ftp(root: Path, *, tls: bool = True, rights: str = EVERYTHING, port: int = 0) -> Iterator[Dropbox]:
    """An FTP server in a thread of its own, with a certificate that no authority vouches for."""
    _folders(root)
    authorizer = DummyAuthorizer()
    authorizer.add_user(LOGIN, PASSWORD, str(root), perm=rights)
    base = TLS_FTPHandler if tls else FTPHandler
    members: dict[str, Any] = {"authorizer": authorizer, "log_prefix": "", "auth_failed_timeout": 0}
    if tls:
        members |= {"certfile": str(self_signed(root.parent)), "tls_control_required": True, "tls_data_required": True}
    server = FTPServer(("127.0.0.1", port), type("Handler", (base,), members))
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            server.serve_forever(timeout=0.05, blocking=False, handle_exit=False)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield Dropbox("ftps" if tls else "ftp", server.socket.getsockname()[1], root)
    finally:
        stop.set()
        thread.join(10)
        server.close_all()


class _Door(asyncssh.SSHServer):
    """Lets one login in."""

    open: set[asyncssh.SSHServerConnection] = set()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connection = conn
        _Door.open.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        _Door.open.discard(self.connection)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (LOGIN, PASSWORD)


class _Files(asyncssh.SFTPServer):
    """A folder; notes what is moved."""

    def __init__(self, channel: Any, box: Dropbox) -> None:
        super().__init__(channel, chroot=str(box.root).encode())
        self.box = box

    def rename(self, oldpath: bytes, newpath: bytes) -> Any:
        self.box.renames.append(oldpath.decode(errors="replace"))
        return super().rename(oldpath, newpath)


def _folders(root: Path) -> None:
    for name in ("sortie", "pris"):
        (root / name).mkdir(parents=True, exist_ok=True)
