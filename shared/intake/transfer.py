"""The server where the ERP drops its files: what settings and environment say of it, and how one talks to it."""

import base64
import hashlib
import ssl
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal, Protocol, get_args

from flask_babel import gettext as _

from shared.config import config
from shared.secrets import unseal
from shared.settings.reading import setting

PURPOSE = "transfer"  # of the sealed password
KEY = "transfer"  # of the Setting
Kind = Literal["sftp", "ftps", "ftp"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PORTS: dict[Kind, int] = {"sftp": 22, "ftps": 21, "ftp": 21}
PATIENCE = 10.0  # seconds for each answer of the server


@dataclass(frozen=True)
class Transfer:
    """Where and how; `locked` names the fields that the environment decides. An empty server is no server."""

    protocol: Kind
    server: str
    port: int
    login: str
    password: str = field(repr=False)
    path: str
    temporary: str
    host_key: str  # what the server proved itself by at the first test; empty before, or when it needs none
    plain_accepted: bool
    locked: frozenset[str] = frozenset()

    @property
    def is_set(self) -> bool:
        """Whether there is a server to look at."""
        return bool(self.server and self.login and self.temporary)

    @property
    def folder(self) -> str:
        """Where the ERP drops its files; the login's own folder when no path is given."""
        return self.path or "."

    @property
    def place(self) -> str:
        """This folder of this server, as the rows of its files name it."""
        return hashlib.sha256(f"{self.server.lower()}:{self.port}:{self.login}:{self.path}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Entry:
    """A file as the server lists it; `modified` as the server writes it."""

    name: str
    size: int
    modified: str


class TransferError(Exception):
    """The server did not do what was asked; `sentence` says it in French, `stage` where it is known."""

    def __init__(self, sentence: str, stage: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.stage = stage


class Remote(Protocol):
    """A session on the server. Everything raises TransferError; paths are POSIX paths."""

    key: str  # what the server proved itself by, to be pinned; empty when an authority vouches for it

    def entries(self, folder: str) -> list[Entry]:
        """The files of a folder, folders left out."""

    def stat(self, path: str) -> Entry | None:
        """One file as it is now, or None."""

    def read(self, path: str, most: int) -> bytes:
        """The bytes; TransferError beyond `most` of them."""

    def write(self, path: str, data: bytes) -> None:
        """A new file."""

    def move(self, path: str, to: str) -> None:
        """Rename within the server."""

    def delete(self, path: str) -> None:
        """Remove one file."""

    def close(self) -> None:
        """Say goodbye; never raises."""


def standing() -> Transfer:
    """The settings as they are now, the environment first. A password sealed under another key is empty."""
    kept: dict[str, Any] = setting(KEY)
    given = config().transfer
    values = {**kept, **given}
    protocol: Kind = next((each for each in KINDS if each == values.get("protocol")), "sftp")
    return Transfer(
        protocol=protocol,
        server=values.get("server", ""),
        port=int(values.get("port") or PORTS[protocol]),
        login=values.get("login", ""),
        password=given["password"] if "password" in given else opened(kept.get("password", "")),
        path=values.get("path", ""),
        temporary=values.get("temporary", ""),
        host_key=values.get("host_key", ""),
        plain_accepted=bool(kept.get("plain")) or given.get("protocol") == "ftp",
        locked=frozenset(given),
    )


def connect(where: Transfer, *, learn: bool = False) -> Remote:
    """Open a session. With `learn`, a server never met before is trusted, and its key is in `Remote.key`.

    Raises TransferError when it cannot be reached, refuses us, or does not prove to be the one that was pinned.
    """
    # Imported here: the web processes never talk to the server, and asyncssh is heavy.
    if where.protocol == "sftp":
        from shared.intake.transfer_sftp import Sftp

        return Sftp(where, learn=learn)
    from shared.intake.transfer_ftp import FtpRemote

    if where.protocol == "ftp" and not where.plain_accepted:
        raise TransferError(_("Le FTP sans chiffrement n’a pas été accepté : choisissez SFTP ou FTPS."), "login")
    return FtpRemote(where, learn=learn)


def joined(folder: str, name: str) -> str:
    """The path of a file of that folder."""
    return str(PurePosixPath(folder) / name)


def spelled(raw: bytes) -> str:
    """A remote name as text: UTF-8, else Latin-1, which every byte has."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def fingerprint(host_key: str) -> str:
    """What a person compares: « SHA256:… » of an SSH key or of a certificate; empty for none."""
    if not host_key:
        return ""
    try:
        if host_key.startswith("-----BEGIN CERTIFICATE"):
            digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(host_key)).hexdigest().upper()
            return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
        kind, blob = host_key.split()[:2]
        digest64 = base64.b64encode(hashlib.sha256(base64.b64decode(blob)).digest()).decode().rstrip("=")
    except ValueError:
        return ""
    return f"{kind} SHA256:{digest64}"


def opened(sealed: str) -> str:
    """The password in clear; empty for none, or for one that this installation's key does not open."""
    try:
        return unseal(sealed, PURPOSE) if sealed else ""
    except ValueError:
        return ""
