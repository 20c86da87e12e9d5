"""What each engine was last seen doing: written by the tick, read by pages and by /healthz."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert

from shared.clock import now
from shared.engines.models import EngineState, Heartbeat
from shared.engines.probing import Probe, probe_postgresql, probe_redis, probe_sms, probe_smtp, probe_storage
from shared.extensions import db
from shared.notifications.releasing import server_is_back
from shared.queues import QUEUES
from shared.settings.mail_server import mail_server
from shared.settings.sms_provider import sms_provider, sms_source

LABELS = {
    "postgresql": "PostgreSQL",
    "redis": "Redis",
    "storage": "Stockage des fichiers",
    "smtp": "Serveur de messagerie",
    "sms": "Fournisseur de SMS",
    "worker-now": "Tâches immédiates",
    "worker-mail": "Envoi des messages",
    "worker-slow": "Tâches longues",
    "tick": "Minuteur",
    "jobs": "File des tâches",
    "transfer": "Liaison FTP",
    "bounces": "Boîte des retours",
}
SILENT = timedelta(seconds=60)  # a process not heard of for that long is held to be down
FORGERY_SHOWN = timedelta(hours=24)


@dataclass(frozen=True)
class State:
    """One engine as a page shows it; `reason` is a French sentence, empty while it is up."""

    name: str
    label: str
    up: bool
    reason: str
    since: datetime
    checked_at: datetime


def check_engines() -> None:
    """Ask every engine and process, and write what changed. Takes three seconds at worst.

    A mail server that comes back finds what waits for it.
    """
    heard = _heard()
    smtp = db.session.get(EngineState, "smtp", populate_existing=True)
    was_down = smtp is not None and not smtp.up
    answers = {**_probed(), **{name: _silence(heard, name) for name in _workers()}, "tick": None}
    for name, reason in answers.items():
        _write(name, reason)
    if was_down and answers["smtp"] is None:
        server_is_back()
    if "sms" not in answers:
        forget("sms")
    forged = db.session.get(EngineState, "jobs")
    if forged and forged.since < now() - FORGERY_SHOWN:
        db.session.delete(forged)


def engine_states() -> list[State]:
    """Every engine in a fixed order. A tick that no longer speaks is down, and says so by itself."""
    kept = {row.name: row for row in db.session.scalars(select(EngineState))}
    states = [
        State(name, label, row.up, row.reason, row.since, row.checked_at)
        for name, label in LABELS.items()
        if (row := kept.get(name))
    ]
    ticked = _heard().get("tick")
    if ticked is None or ticked < now() - SILENT:
        moment = ticked or now()
        states = [state for state in states if state.name != "tick"]
        states.append(State("tick", LABELS["tick"], False, _silent_sentence(ticked), moment, moment))
    return states


def hears(name: str, within: timedelta = SILENT) -> bool:
    """Whether this kind of process gave a sign of life on any machine."""
    heard = _heard().get(name)
    return heard is not None and heard >= now() - within


def report(name: str, reason: str | None) -> None:
    """Write the state of something that is looked at elsewhere; None while it is up."""
    _write(name, reason)


def forget(name: str) -> None:
    """It is there no more: nothing of it is down."""
    db.session.execute(delete(EngineState).where(EngineState.name == name))


def report_forged_job() -> None:
    """Show for a day that something foreign was found in Redis and refused."""
    _write("jobs", "Une tâche étrangère a été trouvée dans Redis et refusée : vérifiez qui peut y écrire.")


def _workers() -> tuple[str, ...]:
    return tuple(f"worker-{queue}" for queue in QUEUES)


def _heard() -> Mapping[str, datetime]:
    return {row.name: row.at for row in db.session.execute(select(Heartbeat.name, Heartbeat.at))}


def _probed() -> dict[str, str | None]:
    """The engines that must be asked over a socket, all at once."""
    smtp = mail_server()
    probes: dict[str, Probe] = {
        "postgresql": probe_postgresql,
        "redis": probe_redis,
        "storage": probe_storage,
        "smtp": lambda: probe_smtp(smtp),
    }
    provider = sms_provider()
    if provider is not None and sms_source() != "catcher":
        probes["sms"] = lambda: probe_sms(provider)
    with ThreadPoolExecutor(len(probes)) as pool:
        asked = {name: pool.submit(probe) for name, probe in probes.items()}
        return {name: answer.result() for name, answer in asked.items()}


def _silence(heard: Mapping[str, datetime], name: str) -> str | None:
    moment = heard.get(name)
    return None if moment is not None and moment >= now() - SILENT else _silent_sentence(moment)


def _silent_sentence(moment: datetime | None) -> str:
    if moment is None:
        return "Ce processus n’a encore jamais donné signe de vie : démarrez-le."
    return "Ce processus ne donne plus signe de vie : redémarrez-le, rien n’est perdu."


def _write(name: str, reason: str | None) -> None:
    moment, up = now(), reason is None
    values = {"up": up, "reason": reason or "", "checked_at": moment}
    since = case((EngineState.up == up, EngineState.since), else_=moment)
    statement = insert(EngineState).values(name=name, since=moment, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={**values, "since": since}))
