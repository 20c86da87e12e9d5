"""The mailbox to which delivery reports come back, over IMAP (RFC 9051): read without being marked, then put away.

A message is put away only once what it says is durable; one that was read twice is filed once.
"""

import imaplib
import ssl
from contextlib import suppress
from typing import Any, Self

from flask_babel import gettext as _

from shared.config import Imap
from shared.notifications.channels.outcome import readable
from shared.notifications.reports import LARGEST

PATIENCE = 20.0  # seconds for each answer
MOST = 200  # messages in one go
READ, OTHERS = "Guichet-lus", "Guichet-autres"  # folders made beside the one that is read


class MailboxError(Exception):
    """What went wrong and what to do, in one French sentence; `step` says where: port, login or folder."""

    def __init__(self, step: str, sentence: str) -> None:
        super().__init__(sentence)
        self.step = step
        self.sentence = sentence


class Mailbox:
    """One conversation, to be used as a context manager."""

    def __init__(self, imap: Imap, patience: float = PATIENCE) -> None:
        self.imap = imap
        self.patience = patience
        self.server: Any = None
        self.places: dict[str, str | None] = {}

    def __enter__(self) -> Self:
        self.connect()
        try:
            self.login()
            self.open()
        except MailboxError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        if self.server is not None:
            with suppress(imaplib.IMAP4.error, OSError):
                self.server.logout()
            with suppress(OSError):
                self.server.shutdown()

    def connect(self) -> None:
        """Open the line, encrypted and by a certificate that is this server's. Raises MailboxError."""
        imap = self.imap
        context = ssl.create_default_context(cafile=imap.ca_file)
        try:
            if imap.tls == "tls":
                self.server = imaplib.IMAP4_SSL(imap.host, imap.port, ssl_context=context, timeout=self.patience)
            else:
                self.server = imaplib.IMAP4(imap.host, imap.port, timeout=self.patience)
            if imap.tls == "starttls":
                self.server.starttls(ssl_context=context)
        except ssl.SSLCertVerificationError as error:
            said = _(
                "Le certificat du serveur n’est pas reconnu (%(why)s) : rien n’a été envoyé.", why=error.verify_message
            )
            raise MailboxError("port", said) from error
        except (imaplib.IMAP4.error, OSError) as error:
            where = f"{imap.host}:{imap.port}"
            said = _("Aucun serveur IMAP ne répond sur %(where)s (%(why)s).", where=where, why=_short(error))
            raise MailboxError("port", said) from error

    def login(self) -> None:
        """Sign in. Raises MailboxError."""
        user, password = self.imap.username, self.imap.password
        try:
            if (user + password).isascii():
                self.server.login(user, password)
            else:  # LOGIN is ASCII only (RFC 9051, 6.2.3); PLAIN is UTF-8 (RFC 4616)
                self.server.authenticate("PLAIN", lambda _challenge: f"\0{user}\0{password}".encode())
        except (imaplib.IMAP4.error, OSError) as error:
            said = _("L’identifiant ou le mot de passe de la boîte est refusé (%(why)s).", why=_short(error))
            raise MailboxError("login", said) from error

    def open(self) -> int:
        """Open the folder; how many messages it holds. Raises MailboxError."""
        status, data = self._ask("folder", self.server.select, _quoted(self.imap.folder))
        if status != "OK":
            raise MailboxError("folder", _("Le dossier « %(folder)s » n’existe pas.", folder=self.imap.folder))
        return int(data[0] or 0)

    def waiting(self) -> list[bytes]:
        """The messages to read, oldest first, 200 at most: what could not be put away before counts as read."""
        wanted = "UNDELETED" if self.place(READ) and self.place(OTHERS) else "UNDELETED UNSEEN"
        _status, data = self._ask("folder", self.server.uid, "SEARCH", None, wanted)
        return sorted((data[0] or b"").split(), key=int)[:MOST]

    def read(self, uid: bytes) -> bytes:
        """The message, cut at 512 KB, without marking it; empty when somebody took it away meanwhile."""
        _status, data = self._ask("folder", self.server.uid, "FETCH", uid.decode(), f"(BODY.PEEK[]<0.{LARGEST}>)")
        return next((part[1] for part in data if isinstance(part, tuple)), b"")

    def put_away(self, uid: bytes, kind: str) -> None:
        """Move it to `READ` or `OTHERS`; where no folder can be made, mark it as seen."""
        name, place = uid.decode(), self.place(kind)
        self._ask("folder", self.server.uid, "STORE", name, "+FLAGS", r"(\Seen)")
        if place is None:
            return
        if "MOVE" in self.server.capabilities:
            self._ask("folder", self.server.uid, "MOVE", name, place)
            return
        status, _data = self._ask("folder", self.server.uid, "COPY", name, place)
        if status == "OK":
            self._ask("folder", self.server.uid, "STORE", name, "+FLAGS", r"(\Deleted)")
            if "UIDPLUS" in self.server.capabilities:
                self._ask("folder", self.server.uid, "EXPUNGE", name)

    def place(self, kind: str) -> str | None:
        """The folder for what was read, made if it is missing; None where this mailbox lets nobody make one."""
        if kind not in self.places:
            inside = [f"{self.imap.folder}{sign}{kind}" for sign in (".", "/")]
            self.places[kind] = next((each for each in map(_quoted, [kind, *inside]) if self._is_there(each)), None)
        return self.places[kind]

    def _is_there(self, place: str) -> bool:
        def found() -> bool:
            return bool(self._ask("folder", self.server.status, place, "(MESSAGES)")[0] == "OK")

        return found() or (self._ask("folder", self.server.create, place)[0] == "OK" and found())

    def _ask(self, step: str, command: Any, *arguments: Any) -> tuple[str, list[Any]]:
        try:
            status, data = command(*arguments)
        except (imaplib.IMAP4.error, OSError) as error:
            said = _("La boîte a interrompu la conversation (%(why)s) : rien n’est perdu.", why=_short(error))
            raise MailboxError(step, said) from error
        return str(status), list(data)


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _short(error: Exception) -> str:
    said = error.args[0] if error.args and isinstance(error.args[0], bytes) else str(error)
    return readable(said)[:200] or type(error).__name__
