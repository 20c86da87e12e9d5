"""« À traiter »: what waits for a person; an address is corrected and its messages sent again in one go."""

import uuid
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice.reach import party_for, scope
from backoffice.todo_refused import refused
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.extensions import db
from shared.todos.closing import correct, dismiss, send_again
from shared.todos.contacts import contacts_reached
from shared.todos.finding import todo_in, todos
from shared.todos.models import Todo
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/todo")
@requires(Permission.TO_DO_SEE)
def todo() -> Response:
    """What is open, or with `?state=closed` what was done and by whom."""
    return _page()


@backoffice.post("/todo/<uuid:todo_id>/<any(correct, resend, dismiss):action>")
@requires(Permission.TO_DO_ACT)
def todo_act(todo_id: uuid.UUID, action: str) -> Response:
    """Correct and send again, send again as it is, or set aside."""
    found = todo_in(scope(Permission.TO_DO_ACT), todo_id) or abort(404)
    try:
        sentence = _done(found, action)
    except Refused as refusal:
        db.session.rollback()
        status = 409 if isinstance(refusal, Stale) else 422
        return _page(status, refused(todo_id, refusal, request.form))
    flash(sentence, "success")
    return go(url_for("backoffice.todo"))


def _done(found: Todo, action: str) -> str:
    by = visitors.actor()
    if action == "dismiss":
        dismiss(todo=found, by=by)
        return str(_("C’est classé. Les messages restent « Rejeté » dans l’historique."))
    if action == "resend":
        return _leaving(send_again(todo=found, by=by))
    if found.party_id is not None:
        party_for(found.party_id, Permission.PARTIES_EDIT)
    typed, seen = request.form.get("address", ""), request.form.get("seen", "")
    count = correct(todo=found, address=typed, seen=seen, by=by, is_sure=request.form.get("sure") == "1")
    return str(_("L’adresse est corrigée.")) + " " + _leaving(count)


def _leaving(count: int) -> str:
    if not count:
        return str(_("Aucun message à renvoyer : ils l’ont déjà été."))
    return str(ngettext("%(num)s message repart.", "%(num)s messages repartent.", count))


def _page(status: int = 200, why_not: dict[str, Any] | None = None) -> Response:
    closed = request.args.get("state") == "closed"
    found = todos(
        scope(Permission.TO_DO_SEE),
        closed=closed,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return page(
        "backoffice/todo/list.html",
        blocks=("results",),
        status=status,
        found=found,
        closed=closed,
        refused=why_not or {},
        people=contacts_reached([row.id for row in found.rows if row.slot is None and row.party_id]),
        names=names_of({row.closed_by for row in found.rows if row.closed_by}) if closed else {},
        may_act=bool(scope(Permission.TO_DO_ACT).grants),
        tabs=[
            {"label": _("À traiter"), "url": url_for("backoffice.todo"), "current": not closed},
            {"label": _("Traité"), "url": url_for("backoffice.todo", state="closed"), "current": closed},
        ],
    )
