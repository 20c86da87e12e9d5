"""Who holds which rows: claim a batch, give back what a dead sender held.

Ownership is a session advisory lock held by the sender's own connection: a killed process frees it at
once, a slow one is never robbed. So this wants a direct connection, not a transaction-pooling proxy.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, RowMapping, text

from shared.clock import now
from shared.notifications.models import Notification
from shared.words import N_

LOCK_CLASS = 0x6755  # advisory locks of senders; the second half names the sender
BATCH = 200
UNKNOWN = N_("L’envoi a été interrompu : le message est peut-être parti. Vérifiez avant de renvoyer.")

COLUMNS = Notification.__table__.columns

CLAIM = text(f"""
    UPDATE notification SET status = 'sending', owner = :owner, claimed_at = :now, claim_order = picked.place,
        intent_at = NULL
    FROM (
        SELECT id, row_number() OVER (ORDER BY priority, due_at, id) AS place FROM (
            SELECT id, priority, due_at FROM notification
            WHERE channel = :channel AND status = 'waiting' AND due_at <= :now
              AND reason IN ('none', 'planned', 'retry', 'quiet_hours')
            ORDER BY priority, due_at, id LIMIT :batch FOR UPDATE SKIP LOCKED
        ) AS free
    ) AS picked
    WHERE notification.id = picked.id
    RETURNING {", ".join(f"notification.{column.name}" for column in COLUMNS)}
""").columns(*COLUMNS)

# The row in hand: for a mail the first that has no answer, for an SMS or a code the one whose intent is written.
IN_HAND = "claim_order = :first AND (intent_at IS NOT NULL OR (channel = 'email' AND secret_until IS NULL))"
RELEASE_DEAD = text(f"""
    UPDATE notification SET
        status = CASE WHEN {IN_HAND} THEN 'unknown' ELSE 'waiting' END,
        reply = CASE WHEN {IN_HAND} THEN :reply ELSE reply END,
        secret = CASE WHEN {IN_HAND} THEN NULL ELSE secret END,
        attempts = CASE WHEN {IN_HAND} THEN attempts + 1 ELSE attempts END,
        ended_at = CASE WHEN {IN_HAND} THEN CAST(:now AS timestamptz) END,
        owner = NULL, claim_order = NULL, claimed_at = NULL
    WHERE owner = :owner AND status = 'sending'
""")


@contextmanager
def ownership(connection: Connection) -> Iterator[int]:
    """Hold a lock of one's own while sending; `connection` must stay the same all along."""
    owner = secrets.randbelow(2**31 - 1) + 1
    connection.execute(text("SELECT pg_advisory_lock(:class, :owner)"), {"class": LOCK_CLASS, "owner": owner})
    try:
        yield owner
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(:class, :owner)"), {"class": LOCK_CLASS, "owner": owner})


def claim(connection: Connection, channel: str, owner: int) -> Sequence[RowMapping]:
    """Up to `BATCH` rows that are due, codes first, in the order in which they will be sent."""
    result = connection.execute(CLAIM, {"owner": owner, "now": now(), "channel": channel, "batch": BATCH})
    return sorted(result.mappings().all(), key=lambda row: row["claim_order"])


def give_back(connection: Connection, owner: int) -> None:
    """Rows claimed and not tried go back to waiting: the sender is living and stops."""
    connection.execute(
        text(
            "UPDATE notification SET status = 'waiting', owner = NULL, claim_order = NULL, claimed_at = NULL"
            " WHERE owner = :owner AND status = 'sending'"
        ),
        {"owner": owner},
    )


def recover(connection: Connection) -> int:
    """Rows of senders that died: the first in hand becomes « à vérifier », the others wait again."""
    held = text("SELECT DISTINCT owner FROM notification WHERE status = 'sending' AND owner IS NOT NULL")
    freed = 0
    for owner in connection.scalars(held).all():
        lock = {"class": LOCK_CLASS, "owner": owner}
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:class, :owner)"), lock):
            continue
        try:
            # Read again under the lock: its sender may have finished in between.
            again = connection.scalar(
                text("SELECT min(claim_order) FROM notification WHERE status = 'sending' AND owner = :owner"),
                {"owner": owner},
            )
            if again is not None:
                values = {"owner": owner, "first": again, "reply": UNKNOWN, "now": now()}
                freed += connection.execute(RELEASE_DEAD, values).rowcount
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:class, :owner)"), lock)
    return freed
