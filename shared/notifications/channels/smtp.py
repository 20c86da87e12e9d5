"""The mail channel: Flask-Mail's settings and connection, its sending replaced.

Flask-Mail has no timeout, does not verify STARTTLS, raises on a failed QUIT after a 250, swallows
refused recipients and has no envelope sender. Here each message goes to one recipient, and the
moment at which a conversation broke off is known: only the wait after the final dot is ambiguous.
"""

import re
import smtplib
import socket
import ssl
from email import message_from_bytes
from email.policy import default
from types import TracebackType
from typing import Self

import flask_mail

from shared.config import is_loopback
from shared.notifications.channels.mail_settings import MailSettings, settings_from
from shared.notifications.channels.mailboxes import bare
from shared.notifications.channels.outcome import OUT_OF_STEP, Outcome, Phase, from_reply, lost, readable

__all__ = ["MailConnection", "MailSettings", "settings_from"]

Host = smtplib.SMTP | smtplib.SMTP_SSL
LEAVES = OUT_OF_STEP | {421}


class MailConnection(flask_mail.Connection):
    """One connection, opened at the first message, kept, and opened again after a drop.

    Not to be shared between threads, nor opened before a fork.
    """

    host: Host | None
    num_emails: int

    def __init__(self, settings: MailSettings) -> None:
        super().__init__(settings)  # type: ignore[arg-type]  # the same names as Flask-Mail's own state
        self.settings = settings
        self.phase: Phase = "connect"

    def deliver(self, raw: bytes, envelope_from: str, recipient: str) -> Outcome:
        """Hand one message over for one recipient; never raises for anything a server or a network does."""
        sender, to = bare(envelope_from), bare(recipient)
        if self.settings.suppress:
            outcome = Outcome("accepted", "reply", text="MAIL_SUPPRESS_SEND")
        else:
            kept = self.host is not None
            outcome = self._attempt(raw, sender, to)
            # A kept connection that the server has left says nothing of this message.
            if kept and self.host is None and outcome.kind == "retry" and outcome.phase == "mail":
                outcome = self._attempt(raw, sender, to)
        if outcome.kind == "accepted":
            self._count(raw)
        return outcome

    def probe(self) -> Outcome:
        """Connect, secure and log in without sending; « accepted » means that it works. Closes behind itself."""
        self.close()
        try:
            code, reply = self._open().noop()
            return Outcome("accepted", self.phase, code, None, readable(reply))
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            return self._told(error)
        finally:
            self.close()

    def close(self) -> None:
        """Say goodbye if somebody still listens: what was accepted stays accepted."""
        host, self.host = self.host, None
        if host is None:
            return
        try:
            if host.sock is not None:
                host.sock.settimeout(2)
                host.quit()
        except (smtplib.SMTPException, OSError):
            pass
        finally:
            host.close()

    def configure_host(self) -> Host:
        """A connection ready for MAIL: greeted, secured with a verified certificate, logged in."""
        settings, name = self.settings, _own_name()
        context = ssl.create_default_context(cafile=settings.ca_file)
        self.phase = "connect"
        if settings.use_ssl:
            host: Host = smtplib.SMTP_SSL(
                settings.server, settings.port, name, timeout=settings.timeout, context=context
            )
        else:
            host = smtplib.SMTP(settings.server, settings.port, name, timeout=settings.timeout)
        try:
            host.ehlo_or_helo_if_needed()
            if settings.use_tls and not settings.use_ssl:
                self.phase = "tls"
                host.starttls(context=context)
                host.ehlo_or_helo_if_needed()
            if settings.username:
                self.phase = "login"
                self._log_in(host, settings.username)
        except BaseException:
            host.close()
            raise
        self.num_emails = 0
        return host

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> Host:
        if self.host is None:
            self.host = self.configure_host()
        return self.host

    def _log_in(self, host: Host, username: str) -> None:
        settings = self.settings
        if not (settings.use_tls or settings.use_ssl or is_loopback(settings.server)):
            raise smtplib.SMTPNotSupportedError("La connexion n’est pas chiffrée : le mot de passe n’a pas été envoyé.")
        if settings.token is not None:
            bearer = f"user={username}\x01auth=Bearer {settings.token()}\x01\x01"
            host.auth("XOAUTH2", lambda challenge=None: bearer if challenge is None else "")
        elif settings.password:
            host.login(username, settings.password)

    def _attempt(self, raw: bytes, sender: str, to: str) -> Outcome:
        try:
            outcome = self._transact(self._open(), raw, sender, to)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            outcome = self._told(error)
        in_step = outcome.code is not None and 400 <= outcome.code < 600 and outcome.code not in LEAVES
        if outcome.kind != "accepted" and (outcome.kind in ("unknown", "pause") or not in_step):
            self._drop()
        return outcome

    def _transact(self, host: Host, raw: bytes, sender: str, to: str) -> Outcome:
        steps: tuple[tuple[Phase, str, int], ...] = (
            ("mail", f"MAIL FROM:<{sender}>", 2),
            ("rcpt", f"RCPT TO:<{to}>", 2),
            ("data", "DATA", 3),
        )
        for phase, command, wanted in steps:
            self.phase = phase
            code, reply = host.docmd(command)
            if code // 100 != wanted:
                self._reset(host, phase, code)
                return from_reply(phase, code, reply)
        self.phase = "writing"
        host.send(_dotted(raw))
        self.phase = "reply"
        self._wait_at_most(self.settings.reply_timeout)
        code, reply = host.getreply()
        self._wait_at_most(self.settings.timeout)
        return from_reply("reply", code, reply)

    def _reset(self, host: Host, phase: Phase, code: int) -> None:
        """After a refusal the next message starts afresh; a server that leaves instead has answered all the same."""
        if phase == "mail" or code in LEAVES:
            return
        try:
            if host.rset()[0] != 250:
                self._drop()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _told(self, error: Exception) -> Outcome:
        """What a conversation that broke off means, by the moment at which it did."""
        if isinstance(error, smtplib.SMTPResponseException) and self.phase in ("connect", "tls", "login"):
            said = error.smtp_error
            return from_reply(self.phase, error.smtp_code, said if isinstance(said, bytes) else said.encode())
        ours = isinstance(error, ssl.SSLCertVerificationError | smtplib.SMTPNotSupportedError | UnicodeError)
        if ours:
            return Outcome("pause", self.phase, text=readable(str(error)))
        return lost(self.phase, f"{type(error).__name__}: {error}")

    def _wait_at_most(self, seconds: float) -> None:
        if self.host is not None and self.host.sock is not None:
            self.host.sock.settimeout(seconds)

    def _drop(self) -> None:
        host, self.host = self.host, None
        if host is not None:
            host.close()

    def _count(self, raw: bytes) -> None:
        """Tell whoever records messages (Flask-Mail's signal), and start afresh after MAIL_MAX_EMAILS."""
        if flask_mail.email_dispatched.receivers:
            flask_mail.email_dispatched.send(self, message=message_from_bytes(raw, policy=default))
        self.num_emails += 1
        if self.settings.max_emails and self.num_emails >= self.settings.max_emails:
            self.close()


def _dotted(raw: bytes) -> bytes:
    """The message as it crosses the wire: leading dots doubled, a dot alone at the end (RFC 5321 4.5.2)."""
    if b"\n." in raw or raw.startswith(b"."):
        raw = re.sub(rb"(?m)^\.", b"..", raw)
    return raw + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n")


def _own_name() -> str:
    """Without asking the name servers, which may hang: the full host name, else the loopback literal."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"
