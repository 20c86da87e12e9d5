"""A bulk action under way: its progress, its report, ten minutes to take it back, its letters."""

import uuid
from collections.abc import Iterator
from typing import Any

from flask import Response, abort, flash, request, stream_with_context, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.access_bulk_words import exception_words, name, reported, taken_words, title_of, undone_words
from backoffice.csv_answers import csv_answer
from backoffice.reach import refuse, scope
from shared.access import bulk_finding, bulk_undoing, letter_keeping
from shared.access.bulk_models import BulkAction, BulkKind, BulkState
from shared.clock import now
from shared.errors import Refused
from shared.events.actors import names_of
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/access/bulk")
@requires(Permission.ACCESS_SEE)
def access_bulks() -> Response:
    """The latest actions on whole selections, the newest first."""
    found = bulk_finding.actions(
        scope(Permission.ACCESS_SEE), after=request.args.get("after", ""), before=request.args.get("before", "")
    )
    names = names_of(row.by for row in found.rows)
    return page(
        "backoffice/access/bulks.html",
        blocks=("results",),
        found=found,
        names=names,
        titles={kind.value: title_of(kind) for kind in BulkKind},
        states=_states(),
    )


@backoffice.get("/access/bulk/<uuid:action_id>")
@requires(Permission.ACCESS_SEE)
def access_bulk(action_id: uuid.UUID) -> Response:
    """How far it is, asked again every second while it runs; then what became of each line."""
    action = _action(action_id, Permission.ACCESS_SEE)
    running = action.state in (BulkState.RUNNING, BulkState.UNDOING)
    letters = action.kind is BulkKind.LETTERS and action.keeps_until is not None and action.keeps_until > now()
    return page(
        "backoffice/access/bulk.html",
        blocks=("progress",),
        action=action,
        title=title_of(action.kind),
        who=names_of([action.by]).get(action.by, action.by),
        state=_states()[action.state],
        running=running,
        report=reported(action),
        taken_back=_taken_back(action) if action.state is BulkState.UNDONE else [],
        undone_words=undone_words,
        exceptions=[] if running else bulk_finding.exceptions(action),
        exception_words=exception_words,
        may_undo=_may_undo(action),
        letters=letters,
        is_mine=action.by == visitors.actor(),
    )


@backoffice.get("/access/bulk/<uuid:action_id>/report.csv")
@requires(Permission.ACCESS_SEE)
def access_bulk_report(action_id: uuid.UUID) -> Response:
    """Every line of it, without any secret."""
    action = _action(action_id, Permission.ACCESS_SEE)
    heads = [_("Code"), _("Nom"), _("Résultat"), _("Annulation")]
    pages = ([_cells(action.kind, line) for line in some] for some in bulk_finding.every_row(action))
    return csv_answer(f"rapport-{action.at:%Y%m%d-%H%M}", heads, pages)


@backoffice.post("/access/bulk/<uuid:action_id>/undo")
@requires(Permission.ACCESS_EDIT)
def access_bulk_undo(action_id: uuid.UUID) -> Response:
    """Take it back, within ten minutes."""
    action = _action(action_id, Permission.ACCESS_EDIT)
    try:
        bulk_undoing.undo(action=action, by=visitors.actor())
    except Refused as refusal:
        flash(refusal.sentence, "error")
    return go(url_for("backoffice.access_bulk", action_id=action.id))


@backoffice.post("/access/bulk/<uuid:action_id>/letters")
@requires(Permission.ACCESS_SECRET)
def access_bulk_letters(action_id: uuid.UUID) -> Response:
    """The letters, for whoever asked for them; an audit line each time."""
    action = _action(action_id, Permission.ACCESS_SECRET)
    if action.kind is not BulkKind.LETTERS:
        abort(404)
    if action.by != visitors.actor():
        refuse(Permission.ACCESS_SECRET)
    found: Iterator[bytes] | None = letter_keeping.fetch(action=action, by=visitors.actor())
    if found is None:
        flash(_("Ces lettres ont été effacées. Tirez de nouveaux mots de passe, puis imprimez de nouveau."), "error")
        return go(url_for("backoffice.access_bulk", action_id=action.id))
    answer = Response(stream_with_context(found), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="lettres-{action.at:%Y%m%d-%H%M}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _action(action_id: uuid.UUID, permission: Permission) -> BulkAction:
    """An action all of whose lines are in sight, for `permission`; else 404, or 403 where it may only be seen."""
    if (action := bulk_finding.action_in(scope(permission), action_id)) is not None:
        return action
    if bulk_finding.action_in(scope(Permission.ACCESS_SEE), action_id) is None:
        abort(404)
    refuse(permission)


def _cells(kind: BulkKind, line: Any) -> list[str]:
    row = line.BulkRow
    others = len(row.before.get("others", ()))
    also = f" ; {taken_words(kind)} : {others}" if others else ""
    return [line.code, line.name, name(kind, (row.outcome, row.reason)) + also, undone_words(row.undone)]


def _taken_back(action: BulkAction) -> list[tuple[str, int]]:
    """How many lines ended how, and how many accesses of other contacts came back with them."""
    back = action.report.get(bulk_undoing.BACK, 0)
    return [*bulk_finding.undone_counts(action), *([(bulk_undoing.BACK, back)] if back else [])]


def _may_undo(action: BulkAction) -> bool:
    is_in_time = action.undo_until is not None and action.undo_until > now()
    allowed = bool(scope(Permission.ACCESS_EDIT).grants)
    return action.state is BulkState.DONE and is_in_time and allowed


def _states() -> dict[str, str]:
    return {
        BulkState.RUNNING: _("En cours"),
        BulkState.DONE: _("Terminée"),
        BulkState.UNDOING: _("Annulation en cours"),
        BulkState.UNDONE: _("Annulée"),
    }
