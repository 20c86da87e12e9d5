"""The sender: claim, send, commit row by row. The one verb that commits by itself, because a message cannot be unsent.

Between the server's 250 and our commit nothing else happens; whoever dies there leaves one line « à vérifier ».
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPICursor

from shared.clock import now
from shared.extensions import db
from shared.notifications import circuit, claiming
from shared.notifications.attachments import NOTHING
from shared.notifications.bouncing import reject
from shared.notifications.channels.outcome import Outcome
from shared.notifications.codes import REPLACED
from shared.notifications.copying import spread
from shared.notifications.delivering import Carrier, carrier_of
from shared.notifications.entrusting import hand_over
from shared.notifications.ladder import GIVE_UP, LADDER, STEP
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.resend_audience import LEFT_WITH
from shared.notifications.resolving import Ready, Stopped, resolve
from shared.notifications.withholding import MAIL
from shared.queues import stopping
from shared.settings.reading import forget
from shared.todos.lacking import wants_address
from shared.transactions import transaction

LONGEST_RUN = 240  # seconds; the bell rings again for what is left

SENT = """
    UPDATE notification SET status = 'sent', reason = 'none', sent_at = %s, address = %s, address_slot = %s,
        template_version_id = %s, subject = %s, body = %s, reply = %s, attempts = attempts + 1,
        facts = facts || %s::jsonb, secret = NULL, owner = NULL, claim_order = NULL, claimed_at = NULL
    WHERE id = %s AND owner = %s
"""
# A code that was replaced meanwhile has lost its secret: the older one never leaves after the newer.
INTENDS = """
    UPDATE notification SET intent_at = %s
    WHERE id = %s AND owner = %s AND (secret_until IS NULL OR secret IS NOT NULL)
"""
ENDED = """
    UPDATE notification SET status = %s, reason = %s, due_at = coalesce(%s, due_at), ended_at = %s, reply = %s,
        address = coalesce(%s, address), address_slot = coalesce(%s, address_slot),
        subject = coalesce(%s, subject), body = coalesce(%s, body), attempts = attempts + %s,
        secret = CASE WHEN %s THEN NULL ELSE secret END, owner = NULL, claim_order = NULL, claimed_at = NULL
    WHERE id = %s AND owner = %s
"""


def drain(channel: str) -> int:
    """Send what is due on `channel`; the number of messages that a server accepted.

    Returns when nothing is due, after 240 s, when the channel is paused or when the process is told to end.
    """
    sent = 0
    with _own_connection() as connection:
        claiming.recover(connection)
        carrier = carrier_of(channel)
        if carrier is None or circuit.is_paused(connection, channel):
            return 0
        with claiming.ownership(connection) as owner, carrier:
            until = time.monotonic() + LONGEST_RUN
            while time.monotonic() < until and not stopping():
                rows = claiming.claim(connection, channel, owner)
                if not rows:
                    break
                accepted, goes_on = _send_batch(connection, carrier, resolve(connection, rows), owner, channel)
                sent += accepted
                if not goes_on:
                    break
    return sent


@contextmanager
def _own_connection() -> Iterator[Connection]:
    """One connection for the whole run, each statement its own transaction: it holds the sender's lock."""
    db.session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            yield connection
        finally:
            db.session.rollback()


def _send_batch(
    connection: Connection, carrier: Carrier, answers: list[Ready | Stopped], owner: int, channel: str
) -> tuple[int, bool]:
    """Send in claim order; the second answer is False when the channel must stop."""
    forget()
    db.session.rollback()  # what resolving read is no longer needed, and must not hold a transaction open
    cursor = connection.connection.cursor()
    sent = 0
    for answer in answers:
        if stopping():
            claiming.give_back(connection, owner)
            return sent, False
        if isinstance(answer, Stopped):
            _stop(cursor, answer, owner)
            continue
        if not _intends(cursor, carrier, answer, owner):
            continue
        outcome = carrier.deliver(answer)
        if outcome.kind == "accepted":
            moment = now()
            _note_sent(connection, cursor, answer, _sent_values(answer, outcome, moment, owner))
            _entrust(answer)
            sent += 1
            continue
        _not_sent(cursor, answer, outcome, owner)
        if outcome.kind == "unknown":
            _entrust(answer)  # it may have arrived: that password is never sent again
        if circuit.note(connection, channel, outcome):
            claiming.give_back(connection, owner)
            return sent, False
    if sent:
        circuit.close(connection, channel)
    return sent, True


def _note_sent(connection: Connection, cursor: DBAPICursor, message: Ready, values: tuple[Any, ...]) -> None:
    """One statement; with blind copies, they are written in its transaction: both stand or neither."""
    if not message.copies:
        cursor.execute(SENT, values)
        return
    with connection.connection.driver_connection.transaction():  # type: ignore[union-attr]  # psycopg's own
        cursor.execute(SENT, values)
        if cursor.rowcount:
            spread(cursor, message.row["id"], message.copies)


def _entrust(message: Ready) -> None:
    if message.entrusted is not None:
        with transaction():
            hand_over(entrusted=message.entrusted, notification_id=message.row["id"])


def _intends(cursor: DBAPICursor, carrier: Carrier, message: Ready, owner: int) -> bool:
    """Write that the call is about to be made, where that must be known; False for a code replaced meanwhile."""
    row = message.row
    if not carrier.intends and row["secret_until"] is None:
        return True
    cursor.execute(INTENDS, (now(), row["id"], owner))
    if cursor.rowcount:
        return True
    _stop(cursor, Stopped(row, Status.CANCELLED, REPLACED), owner)
    return False


def _sent_values(message: Ready, outcome: Outcome, moment: datetime, owner: int) -> tuple[Any, ...]:
    return (
        moment,
        message.to.address,
        message.slot.value if message.slot else None,
        message.version_id,
        message.rendered.subject,
        message.body,
        " · ".join(filter(None, (_words(outcome), message.enclosed.remark))),
        json.dumps({LEFT_WITH: message.enclosed.told()} if message.enclosed is not NOTHING else {}),
        message.row["id"],
        owner,
    )


def _not_sent(cursor: DBAPICursor, message: Ready, outcome: Outcome, owner: int) -> None:
    row = message.row
    moment = now()
    again_at = moment + _delay(row["attempts"], outcome)
    due_at: datetime | None = None
    reason = Reason.NONE
    if outcome.kind == "unknown":
        status = Status.UNKNOWN
    elif outcome.kind == "failed":
        status = Status.BOUNCED
    elif row["secret_until"] is not None and again_at >= row["secret_until"]:
        status = Status.FAILED  # what it carries would no longer work
    elif not _ours(outcome) and again_at > row["created_at"] + GIVE_UP:
        status = Status.FAILED
    else:
        status, reason, due_at = Status.WAITING, Reason.RETRY, again_at
    final = status is not Status.WAITING
    counts = 0 if _ours(outcome) else 1
    slot = message.slot.value if message.slot else None
    told = (message.to.address, slot, message.rendered.subject, message.body)
    ended_at = moment if final else None
    cursor.execute(
        ENDED,
        (status, reason, due_at, ended_at, _words(outcome), *told, counts, final, row["id"], owner),
    )
    if outcome.kind == "failed":
        with transaction():
            reject(notification_id=row["id"], status=outcome.enhanced or str(outcome.code), hard=outcome.bad_address)


def _stop(cursor: DBAPICursor, stopped: Stopped, owner: int) -> None:
    final = stopped.status is not Status.WAITING
    ended_at = now() if final else None
    values = (stopped.status, stopped.reason, stopped.due_at, ended_at, stopped.reply, None, None, None, None, 0, final)
    cursor.execute(ENDED, (*values, stopped.row["id"], owner))
    if stopped.reason is Reason.NO_ADDRESS and stopped.row["channel"] == MAIL and stopped.row["party_id"]:
        with transaction():
            wants_address(db.session.get_one(Notification, stopped.row["id"]))


def _ours(outcome: Outcome) -> bool:
    """The address had no say in it: such a try is not counted, and never makes us give up."""
    return outcome.kind == "pause" or (outcome.kind == "retry" and outcome.phase in circuit.UNREACHABLE)


def _delay(attempts: int, outcome: Outcome) -> timedelta:
    """1, 5, 15, 60, 240 minutes, then every 4 h; longer when the server asks for it."""
    usual = LADDER[attempts] if attempts < len(LADDER) else STEP
    return max(usual, outcome.after) if outcome.after else usual


def _words(outcome: Outcome) -> str:
    code = f"{outcome.code} " if outcome.code and not outcome.text.startswith(str(outcome.code)) else ""
    return f"{code}{outcome.text}".strip()
