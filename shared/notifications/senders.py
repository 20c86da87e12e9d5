"""From whom a family is written to, and who answers when it does: the same for a message and for its trial."""

from typing import Protocol

from shared.config import config
from shared.notifications.channels.mailboxes import Mailbox
from shared.notifications.rendering import Brand


class Named(Protocol):
    """What a family says of it; empty is the company's own."""

    @property
    def sender_name(self) -> str: ...

    @property
    def sender_address(self) -> str: ...

    @property
    def reply_to(self) -> str: ...


def senders(named: Named | None, brand: Brand) -> tuple[Mailbox, Mailbox | None]:
    """The family's sender and reply address, else noreply at the company's domain. Raises Refused for a bad one."""
    name = (named.sender_name if named else "") or brand.company
    address = (named.sender_address if named else "") or f"noreply@{brand.domain or config().public_host}"
    reply_to = named.reply_to if named else ""
    return Mailbox(address, name), Mailbox(reply_to) if reply_to else None
