"""Subscribing to events: an address, what it is called with, and a secret that is shown once."""

import base64
import secrets
import uuid
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import select, update

from shared.clock import now
from shared.config import config, is_loopback
from shared.errors import Refused, Stale
from shared.events.actors import SYSTEM
from shared.events.catalogue import CATALOGUE
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.hooks.models import Hook, HookCall
from shared.hooks.planning import forget, is_told, names
from shared.people.cards import printable
from shared.queues import ring
from shared.secrets import seal, unseal
from shared.transactions import after_commit

PURPOSE = "hook"  # what the secret is sealed for
PREFIX = "whsec_"  # of a secret, after the Standard Webhooks specification
RANDOM = 32  # bytes
LONGEST = 500  # characters of an address
MOST = 20  # hooks: each event is written once for each


def subscribe(
    *, label: str, url: str, events: Iterable[str], by: str, hook_id: uuid.UUID | None = None
) -> tuple[Hook, str]:
    """A new hook and its secret, which is never told again. `hook_id` names one sending of the form.

    Raises Refused with the field that is wrong.
    """
    if len(hooks()) >= MOST:
        raise Refused(_("Vingt adresses sont déjà appelées : supprimez-en une d’abord."), "url")
    secret = _drawn()
    hook = Hook(id=hook_id or uuid7(), created_by=by, secret=seal(secret, PURPOSE), **_checked(label, url, events))
    db.session.add(hook)
    db.session.flush()
    forget()
    record("hook.created", by=by, facts=_facts(hook))
    return hook, secret


def change(*, hook: Hook, label: str, url: str, events: Iterable[str], by: str) -> bool:
    """Another name, address or list of events; whether anything differs. Raises Refused."""
    wanted = _checked(label, url, events)
    if all(getattr(hook, name) == value for name, value in wanted.items()):
        return False
    for name, value in wanted.items():
        setattr(hook, name, value)
    hook.failing_since = None
    db.session.flush()
    forget()
    record("hook.changed", by=by, facts=_facts(hook))
    return True


def renew_secret(*, hook: Hook, by: str) -> str:
    """Another secret, told once; the former one signs nothing any more."""
    secret = _drawn()
    hook.secret = seal(secret, PURPOSE)
    db.session.flush()
    record("hook.changed", by=by, facts=_facts(hook))
    return secret


def switch(*, hook: Hook, enabled: bool, by: str) -> None:
    """Call it or not; what happened while it was off is not told to it later, what waited goes on."""
    if hook.enabled == enabled:
        return
    hook.enabled, hook.failing_since = enabled, None
    db.session.flush()
    forget()
    record("hook.changed", by=by, facts=_facts(hook))


def stop(*, hook: Hook) -> None:
    """It answered that it wants no more calls: off until staff call it again; `failing_since` stays, and says why."""
    if hook.enabled:
        hook.enabled = False
        db.session.flush()
        forget()
        record("hook.changed", by=SYSTEM, facts=_facts(hook))


def unsubscribe(*, hook: Hook, by: str) -> None:
    """Call it no more; its calls stay to be read."""
    waiting = select(HookCall.id).where(HookCall.hook_id == hook.id, HookCall.ended_at.is_(None))
    # A call that is being made is left to its worker, which would wait for us while we wait for it.
    free = waiting.with_for_update(skip_locked=True)
    db.session.execute(
        update(HookCall)
        .where(HookCall.id.in_(free))
        .values(ended_at=now())
        .execution_options(synchronize_session=False)
    )
    hook.deleted_at, hook.enabled = now(), False
    db.session.flush()
    forget()
    record("hook.deleted", by=by, facts=_facts(hook))


def send_again(*, call: HookCall, by: str) -> None:
    """« Renvoyer »: the same words under the same id, at once; whoever got it already knows it again."""
    if call.hook.deleted_at is not None:
        raise Refused(_("Cette adresse n’est plus appelée."))
    free = select(HookCall.id).where(HookCall.id == call.id).with_for_update(skip_locked=True)
    if db.session.scalar(free) is None:
        raise Stale(_("Cet appel part en ce moment : regardez sa réponse dans quelques secondes."))
    db.session.refresh(call)
    call.due_at, call.ended_at, call.accepted_at, call.attempts = now(), None, None, 0
    db.session.flush()
    record("hook.resent", by=by, facts={"hook": str(call.hook_id), "event": call.event})
    after_commit(lambda: ring("slow", "call_hooks"), once="call_hooks")


def hooks() -> Sequence[Hook]:
    """Those that are called, or could be."""
    return db.session.scalars(select(Hook).where(Hook.deleted_at.is_(None)).order_by(Hook.created_at, Hook.id)).all()


def hook_of(identity: uuid.UUID) -> Hook | None:
    """The one of that id, unless it was deleted."""
    found = db.session.get(Hook, identity)
    return found if found is not None and found.deleted_at is None else None


def secret_of(hook: Hook) -> str:
    """What signs its calls."""
    return unseal(hook.secret, PURPOSE)


def told_events() -> list[str]:
    """Every event that may be subscribed to, in the order of the catalogue."""
    return [name for name in CATALOGUE if is_told(name)]


def _checked(label: str, url: str, events: Iterable[str]) -> dict[str, object]:
    named, wanted = printable(label, "label"), sorted({event.strip() for event in events if event.strip()})
    if not named:
        raise Refused(_("Donnez un nom à cette adresse."), "label")
    if not wanted:
        raise Refused(_("Nommez au moins un événement, ou « * » pour tous."), "events")
    offered = told_events()
    for pattern in wanted:
        if not any(names([pattern], name) for name in offered):
            raise Refused(_("Aucun événement ne s’appelle « %(name)s ».", name=pattern[:100]), "events")
    return {"label": named, "url": checked_url(url), "events": wanted}


def checked_url(url: str) -> str:
    """The address as kept; https, but on this machine. Raises Refused."""
    written = url.strip()
    try:
        parts = urlsplit(written)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise Refused(_("Écrivez une adresse complète, comme https://erp.exemple.fr/guichet."), "url") from None
    here = is_loopback(host) and is_loopback(config().public_host)
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        raise Refused(_("L’adresse commence par https:// : ce qui est envoyé ne doit pas être lu en route."), "url")
    if not host or parts.username or parts.password or port == 0 or len(written) > LONGEST or not written.isprintable():
        raise Refused(_("Écrivez une adresse complète, comme https://erp.exemple.fr/guichet."), "url")
    if not written.isascii() or " " in written:
        raise Refused(_("Cette adresse contient un accent ou un espace : copiez-la depuis un navigateur."), "url")
    return written


def _drawn() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(RANDOM)).decode()


def _facts(hook: Hook) -> dict[str, object]:
    return {"hook": str(hook.id), "label": hook.label, "url": hook.url, "events": hook.events, "enabled": hook.enabled}
