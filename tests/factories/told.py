"""What messages about records start from: parties with an address in every cell, rules switched, what each was sent."""

from collections.abc import Sequence

from sqlalchemy import select

from shared.extensions import db
from shared.notifications.models import Notification, NotificationRecord
from shared.notifications.rule_models import Rule
from shared.people.models import EmailSlot, Party
from shared.records.models import Record
from tests.factories import office


def a_party(name: str, key: str = "customers") -> Party:
    """Each cell has an address of its own: `devis@<name>.example`, `facturation@…`, `relance@…`, `fiche@…`."""
    cells = {EmailSlot.CARD: "fiche", EmailSlot.QUOTE: "devis", EmailSlot.BILLING: "facturation"}
    cells[EmailSlot.REMINDER] = "relance"
    addresses = {slot: f"{word}@{name}.example" for slot, word in cells.items()}
    return office.customer(name=name.title(), key=key, addresses=addresses)


def rule(key: str, *, on: bool = True, **changed: object) -> Rule:
    """A shipped rule, switched on or off, with what a test changes of it."""
    found = db.session.scalars(select(Rule).where(Rule.key == key)).one()
    found.enabled = on
    for name, value in changed.items():
        setattr(found, name, value)
    db.session.flush()
    return found


def lines_of(record: Record) -> Sequence[Notification]:
    """The lines about one record, oldest first."""
    told = select(NotificationRecord.notification_id).where(NotificationRecord.record_id == record.id)
    query = select(Notification).where(Notification.id.in_(told)).order_by(Notification.created_at, Notification.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()
