"""Whether a channel may send: five failures to reach the server open the circuit, our own fault pauses it."""

from datetime import timedelta

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from shared.clock import now
from shared.notifications.channels.outcome import Outcome
from shared.notifications.delivery_models import Channel

OPENS_AFTER = 5
OPEN_FOR = timedelta(minutes=1)
PAUSED_FOR = timedelta(minutes=15)
USUAL_AWAY = "Le serveur de messagerie ne répond pas"
AWAY = {"sms": "Le fournisseur de SMS ne répond pas"}
UNREACHABLE = ("connect", "tls", "login")


def is_paused(connection: Connection, channel: str) -> bool:
    """Whether the channel rests now."""
    until = connection.scalar(select(Channel.paused_until).where(Channel.key == channel))
    return until is not None and until > now()


def note(connection: Connection, channel: str, outcome: Outcome) -> bool:
    """Count a failure; True when the channel must stop now.

    A refusal for a reason of ours (5.7.x, a wrong password) pauses the channel, not the address.
    """
    if outcome.kind == "pause":
        _pause(connection, channel, PAUSED_FOR, f"Le serveur refuse nos messages : {outcome.text}")
        return True
    if outcome.phase not in UNREACHABLE:
        return False
    count = _count(connection, channel)
    if count >= OPENS_AFTER:
        _pause(connection, channel, OPEN_FOR, f"{AWAY.get(channel, USUAL_AWAY)} : {outcome.text}")
        return True
    return False


def close(connection: Connection, channel: str) -> None:
    """A message left: the channel is well."""
    well = {"failures": 0, "paused_until": None, "paused_because": "", "paused_since": None}
    troubled = (Channel.failures > 0) | Channel.paused_until.is_not(None)
    connection.execute(update(Channel).where(Channel.key == channel, troubled).values(**well))


def _count(connection: Connection, channel: str) -> int:
    adding = insert(Channel).values(key=channel, failures=1, paused_because="")
    query = adding.on_conflict_do_update(index_elements=["key"], set_={"failures": Channel.failures + 1})
    return int(connection.scalar(query.returning(Channel.failures)) or 0)


def _pause(connection: Connection, channel: str, length: timedelta, because: str) -> None:
    moment = now()
    values = {"paused_until": moment + length, "paused_because": because}
    adding = insert(Channel).values(key=channel, failures=1, paused_since=moment, **values)
    since = {"paused_since": func.coalesce(Channel.paused_since, moment)}
    connection.execute(adding.on_conflict_do_update(index_elements=["key"], set_=values | since))
