"""Trials of what is set: asked on a page, made by a job stage after stage, kept with their date.

Those of the transfer and of the storage are made by `intake.trying`; they stand in the same table.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from shared.clock import now
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.channels.outcome import Outcome
from shared.notifications.channels.sms_staged import StagedSms
from shared.notifications.channels.smtp import MailConnection, settings_from
from shared.notifications.channels.staged import StagedMail
from shared.notifications.releasing import server_is_back
from shared.people.languages import language_of
from shared.queues import ring
from shared.settings.mail_server import mail_server
from shared.settings.models import SettingTrial
from shared.settings.reading import company
from shared.settings.server_stages import server_stages
from shared.settings.sms_provider import sms_provider
from shared.settings.stages import Failed, Stage
from shared.settings.step_message import ACCESS, FOLDERS, step_message
from shared.settings.trial_message import return_address, trial_message
from shared.transactions import after_commit

MAIL, SERVER, SMS, SENDER, STEP = "mail", "server", "sms", "sender:", "step:"
LOST = timedelta(minutes=2)  # longer than the slowest try: its worker is gone
UNHEARD = timedelta(seconds=3)
STAGES = {
    MAIL: ("name", "port", "greeting", "encryption", "login", "sender", "message"),
    SERVER: ("domain", "name", "portal"),
    SMS: ("name", "port", "encryption", "key", "text"),
    "transfer": ("name", "port", "login", "list", "write", "read", "delete"),
    "signature": ("company_key", "seal", "validation"),
    "storage": ("name", "port", "login", "list", "write", "read", "delete"),
}
STEPS = {  # whose message, and which, a step of the home page tries
    "step:customer_folders": ("customers", FOLDERS),
    "step:customer_access": ("customers", ACCESS),
    "step:employee_folders": ("employees", FOLDERS),
    "step:employee_access": ("employees", ACCESS),
}


def ask_trial(*, key: str, by: str, address: str) -> SettingTrial:
    """Ask for one; asked again while it is under way, that one is the answer. A job makes it after the commit."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"trial:{key}", 0))))
    running = db.session.scalars(select(SettingTrial).where(SettingTrial.key == key, _open())).one_or_none()
    if running is not None and not is_lost(running):
        return running
    if running is not None:
        _end(running, ok=False)
        db.session.flush()
    trial = SettingTrial(key=key, asked_by=by, address=address, stages=[])
    db.session.add(trial)
    db.session.flush()
    identity = str(trial.id)
    after_commit(lambda: ring("now", "try_setting", identity))
    return trial


def run(trial_id: uuid.UUID) -> Iterator[None]:
    """Make one trial; to be committed at each pause, so that the page follows. Does nothing when it was begun."""
    query = select(SettingTrial).where(SettingTrial.id == trial_id, _open()).with_for_update(skip_locked=True)
    trial = db.session.scalars(query).one_or_none()
    if trial is None or trial.stages:
        return
    passed, language = True, language_of(trial.asked_by)
    with force_locale(language):
        attempt = _Attempt(trial)
    try:
        for key, work in attempt.stages:
            _note(trial, key, None, "")
            yield
            with force_locale(language):
                passed, said = _outcome(work)
            _note(trial, key, passed, said)
            if not passed:
                break
            yield
    finally:
        attempt.end()
    _end(trial, ok=passed)
    if passed and trial.key in (MAIL, SMS):
        server_is_back("sms" if trial.key == SMS else "email")
    yield


def unheard() -> list[uuid.UUID]:
    """Those whose bell was not heard: the tick rings again."""
    late = (SettingTrial.asked_at < now() - UNHEARD, func.jsonb_array_length(SettingTrial.stages) == 0)
    mine = or_(
        SettingTrial.key.in_((MAIL, SERVER, SMS)), *(SettingTrial.key.startswith(each) for each in (SENDER, STEP))
    )
    return list(db.session.scalars(select(SettingTrial.id).where(_open(), mine, *late)))


def last_trials(keys: Iterable[str]) -> dict[str, SettingTrial]:
    """The newest trial of each key, in one query."""
    query = select(SettingTrial).where(SettingTrial.key.in_(list(keys))).ext(distinct_on(SettingTrial.key))
    found = db.session.scalars(query.order_by(SettingTrial.key, SettingTrial.id.desc()))
    return {trial.key: trial for trial in found}


def is_lost(trial: SettingTrial) -> bool:
    """Whether nobody makes it any more."""
    return trial.ended_at is None and trial.asked_at < now() - LOST


class _Attempt:
    """The stages of one trial, and how to leave them."""

    def __init__(self, trial: SettingTrial) -> None:
        self.staged: StagedMail | None = None
        if trial.key in (SERVER, SMS):
            self.stages: tuple[Stage, ...] = server_stages() if trial.key == SERVER else _sms_stages(trial.address)
            return
        family, step = STEPS.get(trial.key, (trial.key.partition(":")[2], ""))
        envelope, to = return_address(trial.id), trial.address
        try:
            text = step_message(step=step, family_key=family) if step else None
            raw = trial_message(trial_id=trial.id, to=to, family_key=family, text=text)
        except Refused as refused:
            sentence = refused.sentence
            self.stages = (("message", lambda: _fail(sentence)),)
            return
        if trial.key == MAIL:
            self.staged = StagedMail(mail_server(), envelope=envelope, to=to, raw=raw)
            self.stages = self.staged.stages()
        else:
            self.stages = (("message", lambda: _sent(raw, envelope, to)),)

    def end(self) -> None:
        if self.staged is not None:
            self.staged.end()


def _sms_stages(number: str) -> tuple[Stage, ...]:
    provider = sms_provider()
    if provider is None:
        return (("name", lambda: _fail(str(_("Aucun fournisseur de SMS n’est réglé.")))),)
    text = str(_("Essai d’envoi depuis le portail %(company)s : vos codes arriveront ainsi.", company=company().name))
    return StagedSms(provider, to=number, text=text).stages()


def _sent(raw: bytes, envelope: str, to: str) -> str:
    """By the channel itself, as any notification."""
    with MailConnection(settings_from(mail_server())) as server:
        outcome = server.deliver(raw, envelope, to)
    if outcome.kind != "accepted":
        raise Failed(_("Le message n’est pas parti : %(said)s", said=_words(outcome)))
    return str(_("Envoyé à %(address)s : %(said)s", address=to, said=_words(outcome)))


def _words(outcome: Outcome) -> str:
    code = f"{outcome.code} " if outcome.code and not outcome.text.startswith(str(outcome.code)) else ""
    return f"{code}{outcome.text}".strip()


def _fail(sentence: str) -> str:
    raise Failed(sentence)


def _outcome(work: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, work()
    except Failed as failure:
        return False, failure.sentence


def _note(trial: SettingTrial, key: str, ok: bool | None, said: str) -> None:
    """Replace the line of this stage, or add it; `ok` is None while it is under way."""
    others = [stage for stage in trial.stages if stage["key"] != key]
    trial.stages = [*others, {"key": key, "ok": ok, "said": said, "at": now().isoformat()}]
    db.session.flush()


def _end(trial: SettingTrial, *, ok: bool) -> None:
    trial.ended_at, trial.ok = now(), ok


def _open() -> ColumnElement[bool]:
    return SettingTrial.ended_at.is_(None)
