"""« Simuler »: for one record, who would receive what, by which rule, when; and why somebody would not."""

import uuid
from typing import Any

from flask import Response, abort, request
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.reach import scope
from backoffice.rule_words import event_words, told_to, when_words
from backoffice.wording import reason_words
from shared.events.actors import SYSTEM
from shared.notifications.rule_events import record_events
from shared.notifications.simulating import simulate
from shared.records.finding import record_in
from shared.records.kinds import KINDS
from shared.records.listing import few
from shared.records.models import Record
from shared.web.page import page
from shared.web.permissions import Permission, requires

SHOWN = 20


@backoffice.get("/rules/simulation")
@requires(Permission.RULES_SEE)
def rule_simulation() -> Response:
    """Choose a record by the beginning of its number, then what would happen to it."""
    return _page(None, _record(request.args.get("record")))


@backoffice.post("/rules/simulation")
@requires(Permission.RULES_SEE)
def rule_simulate() -> Response:
    """What the engine answers; nothing is written, nothing leaves."""
    found = _record(request.form.get("record")) or abort(404)
    event = request.form.get("event", "")
    if event and event not in _events(found):
        abort(404)
    return _page(simulate(record=found, event=event, by=SYSTEM), found, event)


def _page(fates: Any, found: Record | None, event: str = "") -> Response:
    q = request.args.get("q", "").strip()[:60]
    event = event or request.args.get("event", "")
    kind = KINDS[found.kind] if found else None
    return page(
        "backoffice/rules/simulation.html",
        blocks=("results",),
        q=q,
        record=found,
        kind=kind,
        records=few(scope(Permission.RECORDS_SEE), q, SHOWN) if found is None else [],
        kinds={each.key: str(_(each.label)) for each in KINDS.values()},
        events=_events(found) if found else {},
        event=event,
        fates=fates,
        event_words=event_words,
        told_to=told_to,
        when_words=when_words,
        reasons=reason_words,
    )


def _record(text: str | None) -> Record | None:
    try:
        ident = uuid.UUID(text or "")
    except ValueError:
        return None
    return record_in(scope(Permission.RECORDS_SEE), ident, whole=False) or abort(404)


def _events(found: Record) -> dict[str, str]:
    return {name: label for name, label in record_events().items() if name.startswith(f"{found.kind}.")}
