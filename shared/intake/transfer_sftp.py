"""SFTP, by asyncssh: each call waits for its coroutine, which runs on a loop in a thread of its own."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import PurePosixPath
from stat import S_ISREG
from typing import Any, TypeVar

import asyncssh
from flask_babel import gettext as _

from shared.intake.transfer import PATIENCE, Entry, Transfer, TransferError, spelled

LONG = 300.0  # seconds for a whole file
Result = TypeVar("Result")


class Sftp:
    """A session on an SFTP server; see `transfer.Remote`."""

    def __init__(self, where: Transfer, *, learn: bool) -> None:
        self._where, self._raw = where, dict[str, bytes]()
        # A thread of its own: the session also works where another loop is running already.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sftp", daemon=True)
        self._thread.start()
        self._judge = _Judge(learn and not where.host_key)
        self._connection: asyncssh.SSHClientConnection | None = None
        try:
            self._sftp = self._run(self._open(), "login")
        except BaseException:
            self.close()
            raise
        self.key = where.host_key or self._judge.shown

    def entries(self, folder: str) -> list[Entry]:
        return self._run(self._entries(folder))

    def stat(self, path: str) -> Entry | None:
        return self._run(self._stat(path))

    def read(self, path: str, most: int) -> bytes:
        return self._run(self._read(path, most), patience=LONG)

    def write(self, path: str, data: bytes) -> None:
        self._run(self._write(path, data))

    def move(self, path: str, to: str) -> None:
        self._run(self._sftp.rename(self._bytes(path), self._bytes(to)))

    def delete(self, path: str) -> None:
        self._run(self._sftp.remove(self._bytes(path)))

    def close(self) -> None:
        with suppress(Exception):
            asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        with suppress(RuntimeError):
            self._loop.close()

    async def _open(self) -> asyncssh.SFTPClient:
        where = self._where
        pinned = [asyncssh.import_public_key(where.host_key)] if where.host_key else []
        self._connection, _client = await asyncssh.create_connection(
            lambda: self._judge,
            where.server,
            where.port,
            known_hosts=(pinned, [], []),
            username=where.login,
            password=where.password,
            # Nothing of this machine's own account is ever offered to the server.
            config=None,
            client_keys=None,
            agent_path=None,
            gss_host=None,
            preferred_auth="password,keyboard-interactive",
            connect_timeout=PATIENCE,
            login_timeout=PATIENCE,
        )
        return await self._connection.start_sftp_client(path_encoding=None)

    async def _leave(self) -> None:
        if self._connection is not None:
            self._connection.abort()
            await self._connection.wait_closed()

    async def _entries(self, folder: str) -> list[Entry]:
        found: list[Entry] = []
        async for each in self._sftp.scandir(self._bytes(folder)):
            raw, facts = _as_bytes(each.filename), each.attrs
            if not _is_file(facts):
                continue
            name = spelled(raw)
            self._raw[name] = raw
            found.append(_entry(name, facts))
        return found

    async def _stat(self, path: str) -> Entry | None:
        try:
            facts = await self._sftp.lstat(self._bytes(path))
        except asyncssh.SFTPNoSuchFile:
            return None
        return _entry(PurePosixPath(path).name, facts)

    async def _read(self, path: str, most: int) -> bytes:
        async with self._sftp.open(self._bytes(path), "rb") as file:
            data: bytes = await file.read(most + 1)
        if len(data) > most:
            raise TransferError(_("Ce fichier dépasse la taille acceptée."))
        return data

    async def _write(self, path: str, data: bytes) -> None:
        async with self._sftp.open(self._bytes(path), "wb") as file:
            await file.write(data)

    def _bytes(self, path: str) -> bytes:
        """The path in the bytes in which the server listed its last part."""
        whole = PurePosixPath(path)
        raw = self._raw.get(whole.name)
        return path.encode() if raw is None else str(whole.parent).encode() + b"/" + raw

    def _run(self, work: Coroutine[Any, Any, Result], stage: str = "", patience: float = PATIENCE * 2) -> Result:
        try:
            return asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, patience), self._loop).result()
        except asyncssh.HostKeyNotVerifiable as error:
            raise TransferError(self._unproven(), "login") from error
        except asyncssh.PermissionDenied as error:
            raise TransferError(_("Le serveur refuse cet identifiant ou ce mot de passe."), "login") from error
        except asyncssh.SFTPNoSuchFile as error:
            raise TransferError(_("le serveur dit que ce fichier ou ce dossier n’existe pas."), stage) from error
        except asyncssh.SFTPPermissionDenied as error:
            raise TransferError(_("le serveur n’en donne pas le droit."), stage) from error
        except TimeoutError as error:
            raise TransferError(_("le serveur n’a pas répondu à temps."), stage) from error
        except (asyncssh.Error, OSError, ValueError) as error:
            raise TransferError(_("le serveur a répondu : %(error)s.", error=_short(error)), stage) from error

    def _unproven(self) -> str:
        if self._where.host_key:
            return str(
                _(
                    "La clé du serveur n’est plus celle du premier essai : un autre serveur répond peut-être à "
                    "sa place. "
                    "Rien n’a été envoyé. Vérifiez auprès de qui le gère, puis acceptez la nouvelle clé."
                )
            )
        return str(_("La clé du serveur n’est pas encore connue : testez la connexion pour la retenir."))


class _Judge(asyncssh.SSHClient):
    """Says whether a server that is not pinned may be trusted, and keeps what it showed."""

    def __init__(self, learn: bool) -> None:
        self.learn, self.shown = learn, ""

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self.shown = " ".join(key.export_public_key("openssh").decode().split()[:2])
        return self.learn


def _is_file(facts: asyncssh.SFTPAttrs) -> bool:
    if facts.permissions is not None:
        return S_ISREG(facts.permissions)
    return facts.type in (asyncssh.FILEXFER_TYPE_REGULAR, asyncssh.FILEXFER_TYPE_UNKNOWN)


def _entry(name: str, facts: asyncssh.SFTPAttrs) -> Entry:
    return Entry(name, facts.size or 0, str(facts.mtime if facts.mtime is not None else ""))


def _as_bytes(name: bytes | str) -> bytes:
    return name if isinstance(name, bytes) else name.encode()


def _short(error: Exception) -> str:
    words = str(error).strip() or type(error).__name__
    return words.splitlines()[0].rstrip(".")[:160]
