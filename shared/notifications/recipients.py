"""One address to be: what an audience answers, and the outbox writes a line from."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from shared.documents.models import Folder, Notify
from shared.people.models import EmailSlot
from shared.records.models import Record


@dataclass(frozen=True)
class Recipient:
    """One address to be, and what the message to it is about. `key` is unique within an event."""

    key: str
    locale: str = "fr"
    family_id: uuid.UUID | None = None
    party_id: uuid.UUID | None = None
    contact_id: uuid.UUID | None = None
    access_id: uuid.UUID | None = None
    account_id: uuid.UUID | None = None
    staff_id: uuid.UUID | None = None
    slot: EmailSlot | None = None
    fixed_address: str | None = None
    folder: Folder | None = None
    notify: Notify = Notify.IMMEDIATE  # as the folder says for this party
    template_id: uuid.UUID | None = None
    variant: str = ""  # a text of the same event that fits better, where one is shipped
    link_target: str = ""
    document_ids: tuple[uuid.UUID, ...] = ()
    resend_of_id: uuid.UUID | None = None
    channel: str = ""  # the only one by which it reaches them, whatever the rule says
    record: Record | None = None  # whose conditions the rule looks at
    record_ids: tuple[uuid.UUID, ...] = ()
    rule_id: uuid.UUID | None = None  # of the row sent again, whose rule holds on
    attaches: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
