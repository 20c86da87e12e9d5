"""The demo company, loaded once: its staff, its people, two years of documents, and who has read them.

Everything passes through the verbs that the screens use, at the time when it is supposed to have happened.
"""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click
from sqlalchemy import exists, or_, select

from shared.clock import now, today
from shared.config import config
from shared.demo import business, company, counter, filing, payday, readers, signatures
from shared.demo.archive import archive
from shared.documents.models import Folder, Notify
from shared.extensions import db
from shared.notifications.rule_models import Rule
from shared.notifications.shipped_record_rules import RECORD_RULES
from shared.people.models import Activity, Party
from shared.settings.models import Setting
from shared.shipping import ship
from shared.transactions import transaction

MARK = "demo"  # the Setting row that says what was loaded, and until which day its story runs
MONTHS = 24


def load(*, months: int = MONTHS) -> None:
    """Load the company with that many months of past, saying how far it is; a second run adds nothing.

    Interrupted, the next run goes on. A database that holds another company is left alone.
    """
    began = time.monotonic()
    with transaction():
        ship()
        mark = db.session.get(Setting, MARK)
        if mark is None and _is_somebody_s():
            click.echo("Cette base contient déjà une société : la démonstration n’y ajoute rien.")
            return
        if mark is not None and mark.value["loaded"]:
            click.echo("La société de démonstration est déjà là : rien n’a été ajouté.")
            return
        last = date.fromisoformat(mark.value["day"]) if mark else today()
        _mark(day=last.isoformat(), loaded=False, activated=0)
        _silence(Notify.NONE)
    _load(first=last - timedelta(days=round(months * 30.44)), last=last)
    click.echo(f"La société de démonstration est prête, en {time.monotonic() - began:.0f} s.")


def mark_of_demo() -> dict[str, Any] | None:
    """What was loaded here; None where the database is not the demo's."""
    mark = db.session.get(Setting, MARK)
    return dict(mark.value) if mark is not None and mark.value["loaded"] else None


def _load(*, first: date, last: date) -> None:
    began = datetime.combine(first, datetime.min.time(), UTC) - timedelta(days=7)
    with transaction():
        named = company.found(began)
    with transaction():
        company.enrol(began)
    click.echo("40 clients, 12 salariés et 3 fournisseurs : un seul attend encore, vous le verrez créer.")
    filing.file_all(archive(first, last))
    with transaction():  # all of it or none: what follows is done once, however often the load was interrupted
        filing.hold_one(last)
        activated = readers.activate_and_read(last)
        signatures.sign_some()
        business.do_business(last)
        payday.drop_batch(last, company.manager())
        counter.open_counter(last)
        counter.wake_employees()
        _silence(Notify.IMMEDIATE)
        if "smtp" in config().embedded:
            readers.announce()
            signatures.remind_one()
        _mark(day=last.isoformat(), loaded=True, activated=activated, administrator=named)
    click.echo(f"{activated} personnes ont choisi leur mot de passe, et lu une partie de leurs documents.")


def _is_somebody_s() -> bool:
    return bool(db.session.scalar(select(exists(select(Party.id)) | exists(select(Activity.id)))))


def _silence(notify: Notify) -> None:
    """Nobody is told of what happened two years ago; afterwards every folder notifies as it was shipped."""
    for folder in db.session.scalars(select(Folder)):
        folder.notify = Notify.NONE if folder.deposit_allowed else notify
    told = or_(
        Rule.event.startswith("signature."),
        Rule.event.startswith("document.request"),
        Rule.event.startswith("bank_account."),
        Rule.event == "document.signed",
    )
    for rule in db.session.scalars(select(Rule).where(told)):
        rule.enabled = notify is not Notify.NONE
    as_shipped = {rule.name: rule.enabled for rule in RECORD_RULES}
    for rule in db.session.scalars(select(Rule).where(Rule.key.in_(as_shipped))):
        rule.enabled = notify is not Notify.NONE and as_shipped[rule.key]


def _mark(**value: Any) -> None:
    db.session.merge(Setting(key=MARK, value=value, by="command", at=now()))
    db.session.flush()
