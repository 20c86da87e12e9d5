"""A button on a selection: it first says how many, then freezes exactly those for the job, all or none."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice import backoffice
from backoffice.access_bulk_words import chosen_words, explained, foreseen, others_words, title_of
from backoffice.access_filters import filters_of
from backoffice.access_rights import Choice, choice_of
from backoffice.forbidden import forbid
from backoffice.reach import family_for, scope
from shared.access import finding, selecting
from shared.access.bulk_models import BulkAction, BulkKind
from shared.access.judging import CLOSING
from shared.errors import Refused
from shared.extensions import db, uuid7
from shared.people.models import Party
from shared.people.scopes import Scope
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.redirects import safe_next

MOST = 10_000


@backoffice.post("/access/selection")
@requires(Permission.ACCESS_EDIT)
def access_selection() -> Response:
    """The preview: what will be done, to how many, and what is foreseen of the others."""
    kind, ids = _kind(), _chosen_ids()
    if not ids:
        flash(_("Cochez au moins une ligne, puis choisissez l’action."), "warning")
        return go(_back())
    found = _parties(ids, scope(Permission.ACCESS_SEE))
    _all_in_reach(kind, ids, found)
    try:
        choice = choice_of(kind, ids)
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return _preview(kind, ids, found, choice_of(kind, ids, chosen=False), status=422)
    return _preview(kind, ids, found, choice)


@backoffice.post("/access/selection/apply")
@requires(Permission.ACCESS_EDIT)
def access_selection_apply() -> Response:
    """Freeze the lines and ring. 409 when one changed since the preview, 403 or 404 when one is out of reach."""
    kind, action_id = _kind(), _uuid(request.form.get("batch", ""))
    standing = db.session.get(BulkAction, action_id)
    if standing is not None and standing.by == visitors.actor():
        return go(url_for("backoffice.access_bulk", action_id=action_id))  # sent twice
    ids = _chosen_ids()
    _all_in_reach(kind, ids, _parties(ids, scope(Permission.ACCESS_SEE)))
    selecting.confirm(
        action_id=action_id,
        kind=kind,
        party_ids=ids,
        digest=request.form.get("digest", ""),
        by=visitors.actor(),
        choice=choice_of(kind, ids).bulk,
        filters=_chosen_how(),
    )
    return go(url_for("backoffice.access_bulk", action_id=action_id))


def _preview(
    kind: BulkKind, ids: list[uuid.UUID], found: list[tuple[uuid.UUID, str]], choice: Choice, status: int = 200
) -> Response:
    context: dict[str, Any] = {}
    if choice.is_made:
        foretold = replace(choice.bulk, others=kind in CLOSING)  # as the page is shown: ticked, so that nobody stays in
        forecast = selecting.foresee(kind=kind, party_ids=ids, choice=foretold)
        context = {
            "digest": forecast.digest,
            "lines": [*chosen_words(kind, choice.bulk), *foreseen(kind, forecast)],
            "others": others_words(kind, forecast.others),
            "is_asked": kind in CLOSING,
        }
    return page(
        "backoffice/access/selection.html",
        status=status,
        kind=kind.value,
        title=title_of(kind),
        explained=explained(kind),
        ids=ids,
        names=[name for _id, name in found[:10]],
        count=len(found),
        choice=choice,
        batch=str(uuid7()),
        back=_back(),
        everything=request.form.get("everything", ""),
        query=request.query_string.decode(),
        **context,
    )


def _all_in_reach(kind: BulkKind, ids: Sequence[uuid.UUID], found: list[tuple[uuid.UUID, str]]) -> None:
    """One line that may be seen but not touched, and nothing is done; what may not be seen is not named."""
    permission = Permission.ACCESS_SECRET if kind is BulkKind.LETTERS else Permission.ACCESS_EDIT
    reached = {party_id for party_id, _name in _parties(ids, scope(permission))}
    names = [name for party_id, name in found if party_id not in reached]
    unknown = len(ids) - len(found)
    if names or unknown:
        forbid(title=title_of(kind), back=_back(), permission=permission, names=names, unknown=unknown)


def _kind() -> BulkKind:
    try:
        return BulkKind(request.form.get("action", ""))
    except ValueError:
        abort(400)


def _chosen_ids() -> list[uuid.UUID]:
    """What is ticked, or the whole filter; 413 beyond what one action takes."""
    if request.form.get("everything"):
        family, _reached = family_for(request.args.get("family"), Permission.ACCESS_SEE)
        ids = finding.chosen(family, scope(Permission.ACCESS_SEE), filters_of(request.args), most=MOST)
    else:
        ids = list(dict.fromkeys(_uuid(each) for each in request.form.getlist("ids")))
    if len(ids) > MOST:
        abort(413)
    return ids


def _chosen_how() -> dict[str, Any]:
    if request.form.get("everything"):
        return {"filter": {key: value for key, value in request.args.items() if value}}
    return {"ticked": len(request.form.getlist("ids"))}


def _parties(ids: Sequence[uuid.UUID], reach: Scope) -> list[tuple[uuid.UUID, str]]:
    query = select(Party.id, Party.name).where(Party.id.in_(ids), reach.parties()).order_by(Party.code_sort, Party.id)
    return [(party_id, name) for party_id, name in db.session.execute(query)]


def _back() -> str:
    query = request.query_string.decode()
    target = url_for("backoffice.access") + (f"?{query}" if query else "")
    return safe_next(target, otherwise=url_for("backoffice.access"))


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        abort(400)
