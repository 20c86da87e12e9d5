"""A simulation: what the rules would do about one record, decided by the engine itself, then undone.

The event, its lines and the state that it leads to are written in a savepoint that never stands: nothing leaves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from shared.errors import Refused
from shared.events.catalogue import CATALOGUE
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.notifications.audiences import recipients_of
from shared.notifications.claiming import COLUMNS
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.moments import fires_at
from shared.notifications.outbox import plan
from shared.notifications.pieces import met_of
from shared.notifications.recipients import Recipient
from shared.notifications.resolving import Ready, foretell
from shared.notifications.rule_events import kind_of
from shared.notifications.rule_models import Reminder, Rule
from shared.notifications.rule_plan import DATE
from shared.notifications.rules import why_not
from shared.notifications.watching import begins_at
from shared.people.models import Contact, Party, Staff
from shared.records.models import Record
from shared.settings.reading import company


@dataclass(frozen=True)
class Fate:
    """One rule and one who might receive: an address and a text, or why not. `at`: when it leaves; None is at once."""

    rule: Rule
    who: str = ""
    address: str = ""
    channel: str = ""
    leaves: bool = False
    proposed: bool = False
    reason: Reason = Reason.NONE
    why: str = ""
    at: datetime | None = None
    subject: str = ""
    body: str = ""


def simulate(*, record: Record, event: str = "", by: str) -> list[Fate]:
    """The fates of one record, for one event of its kind or for all those that a rule tells of. Writes nothing."""
    names = Rule.event == event if event else Rule.event.startswith(f"{record.kind}.")
    query = select(Rule).where(names, Rule.deleted_at.is_(None)).order_by(Rule.event, Rule.key)
    fates: list[Fate] = []
    for rule in db.session.scalars(query).all():
        fates += _fates(rule, record, by) if rule.enabled else [Fate(rule, why=_("Cette notification est désactivée."))]
    return fates


def _fates(rule: Rule, record: Record, by: str) -> list[Fate]:
    undone = db.session.begin_nested()
    try:
        return _decided(rule, record, by)
    except (LookupError, Refused) as why:
        sentence = why.sentence if isinstance(why, Refused) else _("Son modèle a été supprimé.")
        return [Fate(rule, why=sentence)]
    finally:
        undone.rollback()


def _decided(rule: Rule, record: Record, by: str) -> list[Fate]:
    day = getattr(record, rule.date_field) if rule.moment == DATE and rule.date_field else None
    at = fires_at(rule, day, company().time_zone) if day is not None else None
    if why := _too_late(rule, record, day, at):
        return [Fate(rule, why=why)]
    _as_if(rule.event, record)
    event = _event(rule, record, by)
    db.session.add(event)
    db.session.flush()
    told = recipients_of(rule, event)
    if not told:
        return [Fate(rule, why=_("Personne ne correspond à « À qui »."))]
    fates, rows = [], []
    for recipient in told:
        why = why_not(rule, recipient)
        made = (
            []
            if why
            else [plan(event=event, rule=rule, recipient=recipient, channel=each) for each in _by(rule, recipient)]
        )
        rows += [(recipient, row) for row in made if row is not None]
        fates += [Fate(rule, who=_who(recipient), why=why)] if why else []
    return fates + _foretold(rule, rows, at)


def _too_late(rule: Rule, record: Record, day: Any, at: datetime | None) -> str:
    """Why the tick would not remind of it, as a sentence: no date, reminded of already, a moment long gone."""
    if rule.moment != DATE:
        return ""
    if at is None:
        return str(_("La pièce n’a pas cette date : il n’y a rien à rappeler."))
    same = (Reminder.rule_id == rule.id, Reminder.record_id == record.id, Reminder.met == met_of(day))
    told = db.session.scalar(select(Reminder.at).where(*same))
    zone = ZoneInfo(company().time_zone)
    if told is not None:
        return str(_("Ce rappel a déjà été fait, le %(date)s.", date=format_date(told.astimezone(zone).date(), "long")))
    since = begins_at(rule)
    if since is None or at > since:
        return ""
    passed = format_date(at.astimezone(zone).date(), "long")
    return str(_("Son moment est passé, le %(date)s : il n’est pas rattrapé.", date=passed))


def _foretold(rule: Rule, rows: Sequence[tuple[Recipient, Notification]], at: datetime | None) -> list[Fate]:
    """What the sender would answer for lines that were just written."""
    db.session.flush()
    ids = [row.id for _recipient, row in rows]
    connection = db.session.connection()
    read = connection.execute(select(*COLUMNS).where(Notification.id.in_(ids))).mappings().all()
    answers = {answer.row["id"]: answer for answer in foretell(connection, read)}
    return [_fate(rule, _who(recipient), row, answers[row.id], at) for recipient, row in rows]


def _fate(rule: Rule, who: str, row: Notification, answer: Any, at: datetime | None) -> Fate:
    proposed = row.reason is Reason.DRAFT
    due = at or (row.due_at if row.due_at > row.created_at else None)
    if isinstance(answer, Ready):
        said = {"subject": answer.rendered.subject, "body": answer.body, "address": answer.to.address}
        return Fate(rule, who, channel=row.channel, leaves=True, proposed=proposed, reason=row.reason, at=due, **said)
    later = answer.status is Status.WAITING and answer.reason is Reason.QUIET_HOURS
    return Fate(
        rule,
        who,
        channel=row.channel,
        leaves=later,
        proposed=proposed,
        reason=answer.reason,
        why=answer.reply,
        at=answer.due_at or due,
    )


def _as_if(event: str, record: Record) -> None:
    """Put the record where the event leads, for as long as the savepoint lasts."""
    kind = kind_of(event)
    move = next((each for each in kind.moves if f"{kind.key}.{each.event}" == event), None) if kind else None
    if kind and move and move.to:
        record.status, record.is_open = move.to, kind.status(move.to).open


def _event(rule: Rule, record: Record, by: str) -> Event:
    """The event with the facts that it would carry; what nobody has typed yet is empty."""
    facts: dict[str, Any] = dict.fromkeys(CATALOGUE[rule.event].facts, "")
    facts |= {"record": str(record.id), "number": record.number, "kind": record.kind, "code": record.state_code or ""}
    if rule.moment == DATE:
        facts |= {"rule": str(rule.id), "date": str(getattr(record, rule.date_field))}
    named = {"party_id": record.party_id, "record_id": record.id, "activity_id": record.activity_id}
    return Event(id=uuid7(), name=rule.event, actor=by, facts=facts, **named)


def _by(rule: Rule, recipient: Recipient) -> Iterable[str]:
    return [recipient.channel] if recipient.channel else rule.channels


def _who(recipient: Recipient) -> str:
    """The person or the party, by name."""
    if recipient.staff_id is not None:
        staff = db.session.get(Staff, recipient.staff_id)
        return staff.name if staff else ""
    contact = db.session.get(Contact, recipient.contact_id) if recipient.contact_id else None
    if contact is not None:
        return contact.person.full_name
    party = db.session.get(Party, recipient.party_id) if recipient.party_id else None
    return party.name if party else ""
