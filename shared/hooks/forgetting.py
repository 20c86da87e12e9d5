"""Calls are kept as long as somebody may ask what was told: what they say of people goes then."""

from datetime import timedelta

from sqlalchemy import delete, select

from shared.clock import now
from shared.extensions import db
from shared.hooks.models import Hook, HookCall

KEPT = timedelta(days=90)


def forget() -> int:
    """Delete the calls of more than ninety days ago, also those of addresses that are called no more; how many."""
    gone = 0
    for hook_id in db.session.scalars(select(Hook.id)).all():
        old = (HookCall.hook_id == hook_id, HookCall.at < now() - KEPT)
        gone += len(db.session.execute(delete(HookCall).where(*old).returning(HookCall.id)).all())
    return gone
