"""FTP over TLS (RFC 4217), by the standard library; without TLS only where staff accepted the warning.

A certificate that an authority vouches for needs nothing; another is pinned at the first test, like an SSH key.
"""

import ftplib
import io
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any, TypeVar

from flask_babel import gettext as _

from shared.intake.transfer import PATIENCE, Entry, Transfer, TransferError, spelled

OLD = ("500", "501", "502", "504")  # the server does not know this command
ENCODING = "latin-1"  # any byte there and back: names are spelled by us
Result = TypeVar("Result")


class FtpRemote:
    """A session on an FTP server; see `transfer.Remote`."""

    def __init__(self, where: Transfer, *, learn: bool) -> None:
        self.key, self._where, self._raw = where.host_key, where, dict[str, bytes]()
        self._ftp: ftplib.FTP = ftplib.FTP()
        try:
            self._said(lambda: self._open(learn), "login")
        except BaseException:
            self._ftp.close()
            raise

    def entries(self, folder: str) -> list[Entry]:
        return self._said(lambda: self._entries(folder))

    def stat(self, path: str) -> Entry | None:
        return self._said(lambda: self._stat(path))

    def read(self, path: str, most: int) -> bytes:
        held = io.BytesIO()

        def take(chunk: bytes) -> None:
            if held.tell() + len(chunk) > most:
                self._ftp.close()  # the rest would still come
                raise TransferError(_("Ce fichier dépasse la taille acceptée."))
            held.write(chunk)

        self._said(lambda: self._ftp.retrbinary(f"RETR {self._text(path)}", take))
        return held.getvalue()

    def write(self, path: str, data: bytes) -> None:
        self._said(lambda: self._ftp.storbinary(f"STOR {self._text(path)}", io.BytesIO(data)))

    def move(self, path: str, to: str) -> None:
        self._said(lambda: self._ftp.rename(self._text(path), self._text(to)))

    def delete(self, path: str) -> None:
        self._said(lambda: self._ftp.delete(self._text(path)))

    def close(self) -> None:
        with suppress(Exception):
            self._ftp.quit()
        with suppress(Exception):
            self._ftp.close()

    def _open(self, learn: bool) -> None:
        where = self._where
        if where.protocol == "ftp":
            self._ftp = ftplib.FTP(timeout=PATIENCE, encoding=ENCODING)
            self._ftp.connect(where.server, where.port)
        else:
            self._ftp = self._proven(learn)
        self._ftp.login(where.login, where.password)
        if isinstance(self._ftp, ftplib.FTP_TLS):
            self._ftp.prot_p()
        self._ftp.voidcmd("TYPE I")

    def _proven(self, learn: bool) -> ftplib.FTP_TLS:
        where = self._where
        try:
            return _greeted(where, where.host_key)
        except ssl.SSLCertVerificationError as error:
            if where.host_key:
                raise TransferError(
                    _(
                        "Le certificat du serveur n’est plus celui du premier essai : un autre serveur répond "
                        "peut-être à "
                        "sa place. Rien n’a été envoyé. Vérifiez auprès de qui le gère, puis acceptez la nouvelle clé."
                    )
                ) from error
            if not learn:
                raise TransferError(
                    _("Le certificat du serveur n’est pas reconnu : testez la connexion pour le retenir.")
                ) from error
        self.key = _certificate(where)
        return _greeted(where, self.key)

    def _entries(self, folder: str) -> list[Entry]:
        where = "" if folder == "." else self._text(folder)
        try:
            listed = list(self._ftp.mlsd(where, ["type", "size", "modify"]))
        except ftplib.error_perm as error:
            if not str(error).startswith(OLD):
                raise
            return self._entries_of_old(folder)
        found = []
        for name, facts in listed:
            if facts.get("type", "").lower() == "file":
                found.append(Entry(self._kept(name), int(facts.get("size", 0)), facts.get("modify", "").split(".")[0]))
        return found

    def _entries_of_old(self, folder: str) -> list[Entry]:
        """A server without MLSD: names, then size and date of each; what has no size is a folder."""
        names = self._ftp.nlst(*([] if folder == "." else [self._text(folder)]))
        seen = [self._stat(f"{folder}/{self._kept(PurePosixPath(name).name)}") for name in names]
        return [each for each in seen if each is not None]

    def _stat(self, path: str) -> Entry | None:
        try:
            size = self._ftp.size(self._text(path))
            dated = self._ftp.sendcmd(f"MDTM {self._text(path)}")[4:].strip()
        except ftplib.error_perm as error:
            if str(error).startswith("550"):
                return None
            raise
        return Entry(PurePosixPath(path).name, size or 0, dated.split(".")[0])

    def _kept(self, name: str) -> str:
        raw = name.encode(ENCODING)
        text = spelled(raw)
        self._raw[text] = raw
        return text

    def _text(self, path: str) -> str:
        """The path as ftplib writes it: in the bytes in which the server listed its last part."""
        whole = PurePosixPath(path)
        raw = self._raw.get(whole.name)
        return (path.encode() if raw is None else str(whole.parent).encode() + b"/" + raw).decode(ENCODING)

    def _said(self, work: Callable[[], Result], stage: str = "") -> Result:
        try:
            return work()
        except TransferError as error:
            raise TransferError(error.sentence, error.stage or stage) from error
        except ftplib.error_perm as error:
            if str(error).startswith("530"):
                raise TransferError(_("Le serveur refuse cet identifiant ou ce mot de passe."), "login") from error
            raise TransferError(_("le serveur a répondu : %(error)s.", error=_short(error)), stage) from error
        except TimeoutError as error:
            raise TransferError(_("le serveur n’a pas répondu à temps."), stage) from error
        except (ftplib.Error, EOFError, OSError, ValueError) as error:
            raise TransferError(_("le serveur a répondu : %(error)s.", error=_short(error)), stage) from error


class _Ftps(ftplib.FTP_TLS):
    """Data connections take up the TLS session of the commands: servers that require it are many."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:  # type: ignore[attr-defined]
            session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
            connection = self.context.wrap_socket(connection, server_hostname=self.host, session=session)
        return connection, size


def _greeted(where: Transfer, pinned: str) -> ftplib.FTP_TLS:
    """Connected and encrypted, with the certificate proven before anything secret is said."""
    ftp = _Ftps(timeout=PATIENCE, encoding=ENCODING, context=_context(pinned))
    try:
        ftp.connect(where.server, where.port)
        ftp.auth()
        if pinned and isinstance(ftp.sock, ssl.SSLSocket):
            shown = ftp.sock.getpeercert(binary_form=True) or b""
            if shown != ssl.PEM_cert_to_DER_cert(pinned):
                raise ssl.SSLCertVerificationError("another certificate")
    except BaseException:
        ftp.close()
        raise
    return ftp


def _context(pinned: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=pinned or None)
    if pinned:
        context.check_hostname = False  # the certificate itself is the proof
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _certificate(where: Transfer) -> str:
    """What the server shows, nothing said to it but « AUTH TLS »."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    ftp = ftplib.FTP_TLS(timeout=PATIENCE, encoding=ENCODING, context=context)
    try:
        ftp.connect(where.server, where.port)
        ftp.auth()
        shown: Any = ftp.sock
        return ssl.DER_cert_to_PEM_cert(shown.getpeercert(binary_form=True))
    finally:
        ftp.close()


def _short(error: BaseException) -> str:
    words = str(error).strip() or type(error).__name__
    return "".join(mark for mark in words.splitlines()[0] if mark.isprintable()).rstrip(".")[:160]
