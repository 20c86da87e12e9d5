"""Who is to be called with an event: decided in its own transaction, by one read while nobody subscribes."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from sqlalchemy import event as listening
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.events.catalogue import CATALOGUE
from shared.events.models import Chain, Event
from shared.extensions import db
from shared.hooks.models import Hook, HookCall
from shared.queues import ring
from shared.records.kinds import KINDS
from shared.transactions import after_commit

KNOWN = "guichet.hooks"
# Whose events may be told outside. What staff note among themselves (remarks, notes, logbook) is none of them.
NOUNS = (*KINDS, "party", "contact", "consent", "document", "arrival", "signature", "access")
UNTOLD = frozenset({"signature.code_issued", "signature.code_used", "signature.code_exhausted"})


def plan(event: Event) -> None:
    """Write a call for each hook that names this event."""
    if not is_told(event.name):
        return
    wanted = [hook for hook in _enabled() if names(hook.events, event.name)]
    for hook in wanted:
        db.session.add(HookCall(hook_id=hook.id, event_id=event.id, event=event.name))
    if wanted:
        after_commit(lambda: ring("slow", "call_hooks"), once="call_hooks")


def is_told(name: str) -> bool:
    """Whether this event may leave the house: business, not security, and no code that was sent to somebody."""
    kind = CATALOGUE.get(name)
    told = name.partition(".")[0] in NOUNS and name not in UNTOLD
    return told and kind is not None and kind.chain is Chain.EVIDENCE


def names(patterns: Sequence[str], name: str) -> bool:
    """Whether one of `quote.refused`, `quote.*`, `*` names the event."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def forget() -> None:
    """The hooks were changed: read them again."""
    db.session().info.pop(KNOWN, None)


def _enabled() -> Sequence[Hook]:
    """Read once a transaction."""
    kept: dict[str, Sequence[Hook]] = db.session().info
    if KNOWN not in kept:
        with db.session.no_autoflush:
            query = select(Hook).where(Hook.enabled, Hook.deleted_at.is_(None)).order_by(Hook.id)
            kept[KNOWN] = db.session.scalars(query).all()
    return kept[KNOWN]


@listening.listens_for(Session, "after_commit")
@listening.listens_for(Session, "after_rollback")
def _ended(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(KNOWN, None)
