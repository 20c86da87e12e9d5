"""What must go upwards: an event makes a verb of another noun run, in the same transaction.

One table, three deep at most, so that one can see that it ends. A reaction takes the event and
calls verbs; it is named by its dotted path because this module stands below the verbs.
"""

import importlib
from collections.abc import Callable
from contextvars import ContextVar

from shared.events.models import Event
from shared.records.kinds import KINDS

DEEPEST = 3

REACTIONS: dict[str, tuple[str, ...]] = {
    "document.filed": ("shared.records.feeding:paper_filed", "shared.signatures.asking:asked_by_folder"),
    "document.signed": ("shared.records.answering:paper_signed",),
    "signature.refused": ("shared.records.answering:signing_refused",),
    "signature.refusal_undone": ("shared.records.answering:signing_refusal_undone",),
    "document.published": ("shared.signatures.progressing:document_published",),
    "document.restored": ("shared.signatures.progressing:document_published",),
    "consent.changed": ("shared.documents.publishing:consent_changed",),
    "payslip.notice_given": ("shared.documents.publishing:consent_changed",),
    "party.changed": ("shared.access.contacts:card_changed",),
    "contact.changed": ("shared.access.contacts:changed",),
    "contact.closed": ("shared.access.contacts:closed",),
    "party.address_retried": (
        "shared.notifications.retrying:address_retried",
        "shared.todos.closing:address_retried",
    ),
    "party.departure_recorded": (
        "shared.access.personal:departed",
        "shared.notifications.releasing:address_changed",
    ),
    "account.personal_address_proved": ("shared.notifications.releasing:address_changed",),
    "notification.bounced": ("shared.todos.opening:after_bounce",),
    "access.applied": ("shared.notifications.releasing:access_applied",),
    "account.activated": ("shared.access.initial:used",),
    "synchronisation.asked": ("shared.notifications.releasing:asked",),
    "party.address_changed": (
        "shared.access.synchronising:address_changed",
        "shared.notifications.releasing:address_changed",
        "shared.todos.lacking:address_filled",
    ),
    # Documents that came before their record.
    **{f"{kind}.created": ("shared.intake.awaiting:record_entered",) for kind in KINDS},
}

_depth: ContextVar[int] = ContextVar("reaction_depth", default=0)


def react(event: Event) -> None:
    """Run what the table says; RecursionError when reactions call each other too deep."""
    paths = REACTIONS.get(event.name, ())
    if not paths:
        return
    depth = _depth.get()
    if depth >= DEEPEST:
        raise RecursionError(f"{event.name} is {depth} reactions deep")
    token = _depth.set(depth + 1)
    try:
        for path in paths:
            verb_at(path)(event)
    finally:
        _depth.reset(token)


def verb_at(path: str) -> Callable[[Event], None]:
    """The function that `module:name` means."""
    module, _colon, name = path.partition(":")
    verb: Callable[[Event], None] = getattr(importlib.import_module(module), name)
    return verb
