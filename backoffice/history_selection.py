"""A button on ticked lines of the history: counted and read first, then done to all of them or to none."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Row

from backoffice import backoffice
from backoffice.forbidden import forbid
from backoffice.reach import scope
from backoffice.wording import line_words
from shared.errors import Refused
from shared.extensions import db, uuid7
from shared.notifications.cancelling import cancel_all, cancelled_in, may_restore, restore_all
from shared.notifications.finding import documents_of, some
from shared.notifications.forcing import force
from shared.notifications.models import Status
from shared.notifications.rehearsing import lacking
from shared.notifications.resending import FINAL, resend, why_not_again
from shared.web import visitors
from shared.web.form_key import form_key
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.redirects import safe_next

BULK = ("cancel", "resend", "together")
AT_ONCE = 200  # lines


@backoffice.post("/history/selection")
@requires(Permission.HISTORY_ACT)
def history_selection() -> Response:
    """What the button would touch, counted first: which of the lines, and why not the others."""
    action, ids = _asked()
    _all_in_reach(action, ids)
    return _preview(action, some(scope(Permission.HISTORY_ACT), ids))


@backoffice.post("/history/selection/apply")
@requires(Permission.HISTORY_ACT)
def history_apply() -> Response:
    """All of the lines or none: one that changed meanwhile is named, and nothing is done."""
    action, ids = _asked()
    _all_in_reach(action, ids)
    if action == "cancel" and form_key() and cancelled_in(form_key()):
        return go(url_for("backoffice.history_cancelled", batch=form_key()))  # sent twice
    chosen = some(scope(Permission.HISTORY_ACT), ids)
    if any(_why_not(action, row) for row in chosen):
        return _preview(action, chosen, changed=True)
    try:
        done = _apply(action, ids)
    except Refused as refusal:
        db.session.rollback()
        chosen = some(scope(Permission.HISTORY_ACT), ids)
        if any(_why_not(action, row) for row in chosen):
            return _preview(action, chosen, changed=True)
        flash(_("%(why)s Rien n’a été fait : revoyez la sélection.", why=refusal.sentence), "error")
        return go(_back())
    flash(done, "success")
    undone = action == "cancel" and form_key()
    return go(url_for("backoffice.history_cancelled", batch=form_key(), back=_back()) if undone else _back())


@backoffice.get("/history/cancelled/<uuid:batch>")
@requires(Permission.HISTORY_ACT)
def history_cancelled(batch: uuid.UUID) -> Response:
    """The lines that one press cancelled, while that may be taken back."""
    lines = some(scope(Permission.HISTORY_ACT), cancelled_in(str(batch)))
    left = [row for row in lines if may_restore(row)]
    return page("backoffice/history/cancelled.html", batch=batch, left=left, back=_back())


@backoffice.post("/history/cancelled/<uuid:batch>")
@requires(Permission.HISTORY_ACT)
def history_restore(batch: uuid.UUID) -> Response:
    """Take all of it back, those that left the list or came back by hand apart."""
    lines = some(scope(Permission.HISTORY_ACT), cancelled_in(str(batch)))
    try:
        done = restore_all(notification_ids=[row.id for row in lines], by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
        return go(_back())
    flash(ngettext("%(num)s notification attend de nouveau.", "%(num)s notifications attendent de nouveau.", done))
    return go(_back())


def _preview(action: str, chosen: Sequence[Row[Any]], *, changed: bool = False) -> Response:
    why = {row.id: _why_not(action, row) for row in chosen}
    touched = [row for row in chosen if not why[row.id]]
    return page(
        "backoffice/history/selection.html",
        status=409 if changed else 200,
        action=action,
        title=title_of(action),
        touched=touched,
        lacks=lacking(touched) if action == "resend" and touched else {},
        spared=[row for row in chosen if why[row.id]],
        why=why,
        changed=changed,
        words=line_words,
        back=_back(),
    )


def _all_in_reach(action: str, ids: Sequence[uuid.UUID]) -> None:
    """One line that may be seen but not touched, and nothing is done; what may not be seen is counted, not named."""
    seen = some(scope(Permission.HISTORY_SEE), ids)
    reached = {row.id for row in some(scope(Permission.HISTORY_ACT), ids)}
    names = [f"{row.party_name or '—'} : {row.subject or row.template}" for row in seen if row.id not in reached]
    unknown = len(ids) - len(seen)
    if names or unknown:
        forbid(title=title_of(action), back=_back(), permission=Permission.HISTORY_ACT, names=names, unknown=unknown)


def title_of(action: str) -> str:
    """What the button says, over what it would touch."""
    return {
        "cancel": _("Annuler ces envois"),
        "resend": _("Renvoyer ces notifications"),
        "together": _("Renvoyer en un message"),
    }[action]


def _apply(action: str, ids: list[uuid.UUID]) -> str:
    by = visitors.actor()
    if action == "together":
        made = force(document_ids=documents_of(ids), by=by, key=form_key())
        return ngettext(
            "%(num)s message part, documents groupés.", "%(num)s messages partent, documents groupés.", made
        )
    if action == "cancel":
        cancel_all(notification_ids=ids, by=by, batch=form_key() or str(uuid7()))
        return ngettext("%(num)s notification annulée.", "%(num)s notifications annulées.", len(ids))
    for each in ids:
        resend(notification_id=each, by=by, key=form_key())
    return ngettext("%(num)s notification renvoyée.", "%(num)s notifications renvoyées.", len(ids))


def _why_not(action: str, row: Row[Any]) -> str:
    """Only what waits is cancelled, only what is final is sent again, only documents are gathered."""
    if action == "cancel":
        return "" if row.status is Status.WAITING else _("Cette ligne n’attend plus : elle ne s’annule pas.")
    if action == "resend":
        return why_not_again(row)
    if row.status not in (*FINAL, Status.UNKNOWN):
        return _("Cette ligne n’est pas encore partie : elle partira d’elle-même, ou annulez-la.")
    if row.copy_of_id is not None:
        return _("C’est une copie cachée : renvoyez le message lui-même, sa copie le suivra.")
    return "" if row.has_documents else _("Ce message n’annonce aucun document.")


def _asked() -> tuple[str, list[uuid.UUID]]:
    """The action and the lines that are ticked."""
    action = request.form.get("action", "")
    ids = list(dict.fromkeys(found for text in request.form.getlist("ids") if (found := _uuid(text))))
    if action not in BULK or len(ids) > AT_ONCE:
        abort(400)
    return action, ids


def _back() -> str:
    return safe_next(request.values.get("back"), otherwise=url_for("backoffice.history"))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
