"""The conversation with the mail server, one stage after the other, as somebody who sets it up wants to see it.

Name, port, greeting, encryption with the certificate verified, login, sender accepted, message accepted.
The channel itself (`smtp.py`) makes the same conversation in one go.
"""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from flask_babel import gettext as _

from shared.config import Smtp, is_loopback
from shared.notifications.channels.outcome import readable
from shared.settings.stages import Failed, Stage

PATIENCE = 10.0  # seconds for each stage: somebody looks at the page


class StagedMail:
    """One try. `end()` closes whatever is open, however far it went."""

    def __init__(self, smtp: Smtp, *, envelope: str, to: str, raw: bytes) -> None:
        self.smtp, self.envelope, self.to, self.raw = smtp, envelope, to, raw
        self.patience = min(smtp.timeout, PATIENCE)
        self.socket: socket.socket | None = None
        self.host: _Opened | None = None

    def stages(self) -> tuple[Stage, ...]:
        """In the order of the conversation: with TLS from the first byte, encryption comes before the greeting."""
        greeting: Stage = ("greeting", self.greeting)
        encryption: Stage = ("encryption", self.encryption)
        middle = (encryption, greeting) if self.smtp.tls == "tls" else (greeting, encryption)
        return (
            ("name", self.name),
            ("port", self.port),
            *middle,
            ("login", self.login),
            ("sender", self.sender),
            ("message", self.message),
        )

    def end(self) -> None:
        """Say goodbye if somebody still listens."""
        with suppress(smtplib.SMTPException, OSError):
            if self.host is not None:
                self.host.quit()
        if self.socket is not None:
            self.socket.close()

    def name(self) -> str:
        """Whether the name leads to an address."""
        try:
            found = socket.getaddrinfo(self.smtp.host, self.smtp.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Failed(
                _("Aucun serveur ne répond au nom « %(host)s » : corrigez le serveur.", host=self.smtp.host)
            ) from error
        return str(_("%(host)s est à l’adresse %(address)s.", host=self.smtp.host, address=found[0][4][0]))

    def port(self) -> str:
        """Whether somebody listens."""
        where = f"{self.smtp.host}:{self.smtp.port}"
        try:
            self.socket = socket.create_connection((self.smtp.host, self.smtp.port), self.patience)
        except TimeoutError as error:
            raise Failed(
                _("Le port %(port)s ne répond pas : un pare-feu le ferme peut-être.", port=self.smtp.port)
            ) from error
        except OSError as error:
            raise Failed(
                _("Personne n’écoute sur %(where)s : vérifiez le port et que le serveur tourne.", where=where)
            ) from error
        return str(_("%(where)s est ouvert.", where=where))

    def greeting(self) -> str:
        """Whether it is a mail server, and says hello."""
        assert self.socket is not None
        self.host = _Opened(self.socket, self.patience)
        with self._told(_("Ce qui répond n’est pas un serveur de messagerie")):
            code, said = self.host.connect(self.smtp.host, self.smtp.port)
            if code != 220:
                raise Failed(_("Le serveur refuse la conversation : %(said)s", said=f"{code} {readable(said)}"))
            self.host.ehlo_or_helo_if_needed()
        return readable(said)

    def encryption(self) -> str:
        """Whether the line is encrypted, by a certificate that is this server's."""
        if self.smtp.tls == "none":
            return str(_("Sans objet : ce réglage ne chiffre pas la conversation."))
        context = ssl.create_default_context()
        with self._told(_("Le chiffrement a échoué")):
            if self.host is None:
                assert self.socket is not None
                self.socket = context.wrap_socket(self.socket, server_hostname=self.smtp.host)
            else:
                self.host._host = self.smtp.host  # type: ignore[attr-defined]  # what the certificate must name
                self.host.starttls(context=context)
                self.host.ehlo_or_helo_if_needed()
                self.socket = self.host.sock
        return _secured(self.socket)

    def login(self) -> str:
        """Whether the login and the password are accepted."""
        assert self.host is not None
        if not self.smtp.username:
            return str(_("Sans objet : aucun identifiant n’est réglé."))
        if self.smtp.tls == "none" and not is_loopback(self.smtp.host):
            raise Failed(_("La conversation n’est pas chiffrée : le mot de passe n’a pas été envoyé."))
        with self._told(_("L’identifiant ou le mot de passe est refusé")):
            self.host.login(self.smtp.username, self.smtp.password or "")
        return str(_("« %(login)s » est connecté.", login=self.smtp.username))

    def sender(self) -> str:
        """Whether we may write under our return address."""
        return self._command(f"MAIL FROM:<{self.envelope}>", _("L’expéditeur %(address)s", address=self.envelope))

    def message(self) -> str:
        """Whether a message to whoever asks is taken."""
        assert self.host is not None
        self._command(f"RCPT TO:<{self.to}>", _("Le destinataire %(address)s", address=self.to))
        with self._told(_("Le message n’a pas été pris")):
            code, said = self.host.data(self.raw)
            if code != 250:
                raise Failed(_("Le message est refusé : %(said)s", said=f"{code} {readable(said)}"))
        return str(_("Envoyé à %(address)s : %(said)s", address=self.to, said=f"{code} {readable(said)}"))

    def _command(self, command: str, what: str) -> str:
        assert self.host is not None
        with self._told(_("%(what)s n’a pas été accepté", what=what)):
            code, said = self.host.docmd(command)
        if code // 100 != 2:
            raise Failed(_("%(what)s est refusé : %(said)s", what=what, said=f"{code} {readable(said)}"))
        return f"{code} {readable(said)}"

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Whatever a server or a network does becomes one sentence."""
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise Failed(
                _(
                    "Le certificat du serveur n’est pas reconnu (%(why)s) : rien n’a été envoyé.",
                    why=error.verify_message,
                )
            ) from error
        except smtplib.SMTPResponseException as error:
            said = error.smtp_error
            words = readable(said if isinstance(said, bytes) else str(said))
            raise Failed(f"{what} : {error.smtp_code} {words}") from error
        except TimeoutError as error:
            raise Failed(_("%(what)s : aucune réponse à temps.", what=what)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Failed(f"{what} : {readable(str(error))}") from error


class _Opened(smtplib.SMTP):
    """Speaks on a socket that is open already."""

    def __init__(self, opened: socket.socket, patience: float) -> None:
        self.opened = opened
        super().__init__(timeout=patience)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.opened


def _secured(line: socket.socket | None) -> str:
    assert isinstance(line, ssl.SSLSocket)
    certificate = line.getpeercert() or {}
    version, end = line.version() or "TLS", certificate.get("notAfter", "?")
    return str(_("%(version)s, certificat reconnu, valable jusqu’au %(end)s.", version=version, end=end))
