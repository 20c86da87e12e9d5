"""Calling: signed after the Standard Webhooks specification, tried until accepted, as a mail is.

A call is claimed for the time of its try by a lock of its row: a worker that dies leaves it to the next one.
"""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

from sqlalchemy import exists, func, select, update

from shared.clock import now
from shared.extensions import db
from shared.hooks.models import Hook, HookCall
from shared.hooks.reaching import Unreachable, post
from shared.hooks.subscribing import PREFIX, secret_of, stop
from shared.hooks.telling import told
from shared.notifications.ladder import delay_after
from shared.records.noting import plain
from shared.words import N_

GONE = 410  # « do not call here any more »
REST = timedelta(minutes=1)  # for the other calls of an address that has just failed


def deliver_next() -> bool:
    """Make one call that is due; False when there is none. Commit after each: a call cannot be unsaid."""
    due = (HookCall.ended_at.is_(None), HookCall.due_at <= now(), Hook.enabled, Hook.deleted_at.is_(None))
    query = select(HookCall).join(Hook).where(*due).order_by(HookCall.due_at, HookCall.id).limit(1)
    call = db.session.scalars(query.with_for_update(of=HookCall, skip_locked=True)).first()
    if call is None:
        return False
    if not call.payload:
        call.payload = plain(told(call))
    try:
        call.status, call.reply = post(call.hook.url, *signed(call))
    except Unreachable as error:
        call.status, call.reply = None, str(error)
    call.attempts += 1
    _settle(call)
    db.session.flush()
    return True


def is_due() -> bool:
    """Whether a call waits whose time has come."""
    due = (HookCall.ended_at.is_(None), HookCall.due_at <= now(), Hook.enabled, Hook.deleted_at.is_(None))
    return bool(db.session.scalar(select(exists().where(HookCall.hook_id == Hook.id, *due))))


def signed(call: HookCall) -> tuple[bytes, dict[str, str]]:
    """The body and its headers; the id is the call's own, the same at each try. Raises Unreachable."""
    body = json.dumps(call.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ident, instant = f"msg_{call.id.hex}", str(int(now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Guichet",
        "webhook-id": ident,
        "webhook-timestamp": instant,
        "webhook-signature": signature(_secret(call.hook), ident, instant, body),
    }
    return body, headers


def signature(secret: str, ident: str, instant: str, body: bytes) -> str:
    """HMAC-SHA256 of « id.timestamp.body » under the bytes that the secret writes in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    mac = hmac.new(key, f"{ident}.{instant}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(mac.digest()).decode()}"


def _secret(hook: Hook) -> str:
    try:
        return secret_of(hook)
    except ValueError as error:  # sealed under another key: one address that cannot be signed for stops no other
        raise Unreachable(N_("Son secret ne peut plus être lu ici : changez-le.")) from error


def _settle(call: HookCall) -> None:
    hook = call.hook
    if call.status is not None and 200 <= call.status < 300:
        call.accepted_at = call.ended_at = now()
        hook.failing_since = None
        return
    hook.failing_since = hook.failing_since or now()
    if call.status == GONE:
        call.ended_at = now()
        stop(hook=hook)
        return
    wait = delay_after(call.attempts)
    if wait is None:
        call.ended_at = now()
    else:
        call.due_at = now() + wait
    others = (HookCall.hook_id == hook.id, HookCall.id != call.id, HookCall.ended_at.is_(None))
    rest = func.greatest(HookCall.due_at, now() + REST)
    free = select(HookCall.id).where(*others).with_for_update(skip_locked=True)
    db.session.execute(
        update(HookCall).where(HookCall.id.in_(free)).values(due_at=rest).execution_options(synchronize_session=False)
    )
