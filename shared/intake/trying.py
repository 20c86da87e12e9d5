"""Trials of the connections: asked on a page, done by a job, told on the page with their date."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from shared.clock import now
from shared.documents.storage_testing import try_storage
from shared.events.actors import SYSTEM
from shared.extensions import db
from shared.intake.transfer_testing import try_transfer
from shared.notifications.mailbox_testing import try_mailbox
from shared.people.languages import language_of
from shared.queues import ring
from shared.settings.models import SettingTrial
from shared.transactions import after_commit


def _try_signature() -> list[dict[str, Any]]:
    # Loaded when it is asked for: pages only ask for trials, and what signs is heavy.
    from shared.signatures.trying import try_signature

    return try_signature()


KINDS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "transfer": lambda: try_transfer(by=SYSTEM),
    "storage": try_storage,
    "bounces": try_mailbox,
    "signature": _try_signature,
}
LOST = timedelta(minutes=3)  # longer than the slowest try


def ask_trial(*, kind: str, by: str) -> SettingTrial:
    """One trial at a time: asked again while one is under way, that one is the answer. KeyError for another kind."""
    assert kind in KINDS
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"trial:{kind}", 0))))
    under_way = db.session.scalars(_under_way().where(SettingTrial.key == kind)).one_or_none()
    if under_way is not None and under_way.asked_at > now() - LOST:
        return under_way
    if under_way is not None:
        _end(under_way, [{"key": "name", "ok": False, "said": _("L’essai n’a pas abouti."), "at": now().isoformat()}])
        db.session.flush()
    trial = SettingTrial(key=kind, asked_by=by)
    db.session.add(trial)
    db.session.flush()
    after_commit(lambda: ring("slow", "try_connections"), once="ring:try_connections")
    return trial


def run_trials() -> int:
    """Do those that were asked for; how many. Two workers at once share them out."""
    asked = db.session.scalars(_under_way().with_for_update(skip_locked=True)).all()
    for trial in asked:
        with force_locale(language_of(trial.asked_by)):
            _end(trial, KINDS[trial.key]())
    db.session.flush()
    return len(asked)


def trials_wait() -> bool:
    """Whether one was asked for and its bell not heard."""
    waiting = _under_way().where(SettingTrial.asked_at < now() - timedelta(seconds=3))
    return bool(db.session.scalar(select(waiting.exists())))


def last_trials(kinds: Sequence[str] = tuple(KINDS)) -> dict[str, SettingTrial]:
    """The newest trial of each kind, in one query."""
    query = (
        select(SettingTrial)
        .where(SettingTrial.key.in_(kinds))
        .ext(distinct_on(SettingTrial.key))
        .order_by(SettingTrial.key, SettingTrial.id.desc())
    )
    return {trial.key: trial for trial in db.session.scalars(query)}


def _under_way() -> Select[SettingTrial]:
    return select(SettingTrial).where(SettingTrial.key.in_(tuple(KINDS)), SettingTrial.ended_at.is_(None))


def _end(trial: SettingTrial, walked: list[dict[str, Any]]) -> None:
    trial.stages, trial.ended_at = walked, now()
    trial.ok = bool(walked) and all(stage["ok"] for stage in walked)
