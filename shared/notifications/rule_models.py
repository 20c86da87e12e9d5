"""Rules, the types that they stand under, and what each of them caused."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, false, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from shared.clock import now
from shared.extensions import Model, uuid7
from shared.people.models import EmailSlot


class RuleType(Model):
    """A heading of « Paramétrage notification(s) »: the events that belong together for whoever decides."""

    __tablename__ = "rule_type"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    key: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    is_shipped: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    deleted_at: Mapped[datetime | None]


class Rule(Model):
    """Event (+ conditions) → audience, template, channels, moment.

    A rule about a date (`date_field`) has no event of its own but « <kind>.reminded », which the tick records.
    """

    __tablename__ = "rule"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    key: Mapped[str] = mapped_column(unique=True)
    event: Mapped[str] = mapped_column(index=True)
    label: Mapped[str]
    audience: Mapped[str]  # a name of `notifications.audiences`
    template_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("template.id")
    )  # None: the folder's, else the event's
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text), default=lambda: ["email"])
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # now, folder (immediate or grouped as the folder says), after (`delay`), date (`days` from `date_field`)
    moment: Mapped[str] = mapped_column(default="now")
    delay: Mapped[int] = mapped_column(default=0, server_default="0")  # minutes of wall time
    date_field: Mapped[str] = mapped_column(default="", server_default="")  # due_on, valid_until, appointment_at
    days: Mapped[int] = mapped_column(default=0, server_default="0")  # before the date when negative
    hour: Mapped[int] = mapped_column(SmallInteger, default=9, server_default="9")  # local; of a date without an hour
    # On a day off: the next working day; before a date, the last one.
    working_days: Mapped[bool] = mapped_column(default=False, server_default=false())
    automatic: Mapped[bool] = mapped_column(default=True, server_default=true())  # else a draft is proposed
    groups: Mapped[bool] = mapped_column(default=False, server_default=false())  # one message for several records
    attaches: Mapped[bool] = mapped_column(default=False, server_default=false())  # the published PDF, not a link only
    slot: Mapped[EmailSlot | None]  # of the audience, where it asks for one
    role: Mapped[str] = mapped_column(default="", server_default="")  # of the contacts or staff, where it asks for one
    blind_copies: Mapped[str] = mapped_column(default="", server_default="")  # addresses, « ; » between them
    since: Mapped[datetime | None]  # when it was last enabled or changed its moment: nothing older is caught up
    watched_until: Mapped[datetime | None]  # up to when its dates were looked at
    created_by: Mapped[str] = mapped_column(default="system", server_default="system")
    enabled: Mapped[bool] = mapped_column(default=True)
    is_shipped: Mapped[bool] = mapped_column(default=False)
    shipped_version: Mapped[int] = mapped_column(default=0)
    shipped_hash: Mapped[str | None]
    deleted_at: Mapped[datetime | None]


class Reminder(Model):
    """A rule that met its day for a record: once for each value that the date has had."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("rule_id", "record_id", "met", name="uq_reminder_once"),
        Index("ix_reminder_record", "record_id", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rule.id"))
    record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("record.id"))
    met: Mapped[datetime]  # the date of the record, as it was
    at: Mapped[datetime] = mapped_column(default=now)
    event_id: Mapped[uuid.UUID | None]  # none where the record was left out: in dispute, outside of the conditions


class Cause(Model):
    """(event, rule, recipient, channel) happens once; ten events may share one message."""

    __tablename__ = "cause"
    __table_args__ = (
        UniqueConstraint("event_id", "rule_id", "recipient", "channel"),
        Index("ix_cause_rule", "rule_id", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"))
    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rule.id"))
    recipient: Mapped[str]
    channel: Mapped[str]
    notification_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notification.id", ondelete="CASCADE"), index=True)
