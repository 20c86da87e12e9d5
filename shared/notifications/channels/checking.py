"""What a built message is compared with: the same one made, slowly, by `email.message`."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default

from shared.notifications.channels.mailboxes import Mailbox

ADDRESSES = frozenset({"From", "To", "Reply-To"})
Reading = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str, str], ...]]


def reference(
    *,
    sender: Mailbox,
    reply_to: Mailbox | None,
    language: str,
    to: Mailbox,
    subject: str,
    date: datetime,
    message_id: str,
    text: str,
    html: str,
) -> bytes:
    """The message as `email.message` writes it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender)
    if reply_to is not None:
        message["Reply-To"] = _address(reply_to)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["To"] = _address(to)
    message["Subject"] = subject
    message["Date"] = date
    message["Message-ID"] = message_id
    message.set_content(text, cte="base64")
    message.add_alternative(html, subtype="html", cte="base64")
    message["Content-Language"] = language  # last: add_alternative moves Content-* into the first part
    return message.as_bytes()


def reading(raw: bytes) -> Reading:
    """What a reader makes of a message: headers (the boundary apart), then type, charset and content of each part."""
    message = BytesParser(_class=EmailMessage, policy=default).parsebytes(raw)
    headers = sorted(
        (name.lower(), _value(name, str(value))) for name, value in message.items() if name != "Content-Type"
    )
    parts = [part for part in message.walk() if not part.is_multipart()]
    contents = tuple((each.get_content_type(), each.get_content_charset(""), _content(each)) for each in parts)
    return (("content-type", message.get_content_type()), *headers), contents


def _value(name: str, value: str) -> str:
    """CPython before 3.13 reads a blank between two encoded words of a name: the blanks of names are left out."""
    return "".join(value.split()) if name in ADDRESSES else value


def _content(part: EmailMessage) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


def _address(mailbox: Mailbox) -> Address:
    return Address(mailbox.name, addr_spec=mailbox.address)
