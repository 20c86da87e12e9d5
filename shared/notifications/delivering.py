"""What hands a prepared message over, by channel: one class each, the same answers for all."""

from types import TracebackType
from typing import Protocol, Self

from shared.config import Sms, Smtp, config
from shared.documents.storage import StorageError
from shared.notifications.channels.building import make_skeleton
from shared.notifications.channels.mailboxes import Mailbox
from shared.notifications.channels.outcome import Outcome
from shared.notifications.channels.sms import SmsProvider
from shared.notifications.channels.sms_numbers import Number
from shared.notifications.channels.smtp import MailConnection, settings_from
from shared.notifications.channels.verp import envelope_sender
from shared.notifications.resolving import Ready
from shared.settings.mail_server import mail_server
from shared.settings.sms_provider import sms_provider
from shared.words import N_

UNREADABLE = N_("La pièce jointe ne peut pas être lue pour l’instant.")


class Carrier(Protocol):
    """Open for the length of one run."""

    intends: bool  # a call can neither be undone nor asked about: an intent is written before each

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def deliver(self, message: Ready) -> Outcome:
        """Hand one message over; never raises for anything a server or a network does."""


class ByMail:
    """One SMTP conversation, kept from message to message."""

    intends = False

    def __init__(self, server: Smtp) -> None:
        self.connection = MailConnection(settings_from(server))

    def __enter__(self) -> Self:
        self.connection.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def deliver(self, message: Ready) -> Outcome:
        """One message to one recipient, with a return address of its own."""
        row, to = message.row, message.to
        assert isinstance(to, Mailbox)
        skeleton = make_skeleton(sender=message.sender, reply_to=message.reply_to, language=row["locale"])
        try:
            files = message.enclosed.load()
        except StorageError as error:
            return Outcome("retry", "data", text=f"{UNREADABLE} {error}")
        raw = skeleton.build(
            to=to,
            subject=message.rendered.subject,
            date=row["dated"],
            message_id=row["message_id"],
            text=message.rendered.text,
            html=message.rendered.html,
            attachments=files,
            extra=unsubscribing(message.unsubscribe) if message.unsubscribe else None,
        )
        envelope = envelope_sender(row["id"], config().envelope_domain, config().derive(b"bounce"))
        return self.connection.deliver(raw, envelope, to.address)


class BySms:
    """One HTTP request a message."""

    intends = True

    def __init__(self, settings: Sms) -> None:
        self.provider = SmsProvider(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def deliver(self, message: Ready) -> Outcome:
        """The text without its frame, to one number."""
        assert isinstance(message.to, Number)
        return self.provider.deliver(message.to, message.rendered.body, str(message.row["id"]))


def carrier_of(channel: str) -> Carrier | None:
    """What sends on this channel as things are set now; None where nothing does, so that its lines wait."""
    if channel == "email":
        return ByMail(mail_server())
    provider = sms_provider() if channel == "sms" else None
    return BySms(provider) if provider is not None else None


def unsubscribing(url: str) -> dict[str, str]:
    """The two headers by which a mail program ends information with one click (RFC 8058)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
