"""A button on a selection: it first says how many, then touches exactly those, all or none."""

import hashlib
import uuid
from collections.abc import Sequence

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from backoffice import backoffice
from backoffice.reach import family_for, refuse, scope
from shared.access import finding
from shared.access.models import Access
from shared.access.selecting import ACTIONS, apply_to, done_before
from shared.errors import Stale
from shared.extensions import db, uuid7
from shared.people.finding import without_address
from shared.people.models import Contact, Party
from shared.people.scopes import Scope
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.redirects import safe_next

MOST = 10_000


@backoffice.post("/access/selection")
@requires(Permission.ACCESS_EDIT)
def access_selection() -> Response:
    """The preview: what will be done, to how many, and for whom it is not needed."""
    action = request.form.get("action", "")
    if action not in ACTIONS:
        abort(400)
    ids = _chosen_ids()
    if not ids:
        flash(_("Cochez au moins une ligne, puis choisissez l’action."), "warning")
        return go(_back())
    found = _parties(ids, scope(Permission.ACCESS_SEE))
    return page(
        "backoffice/access/selection.html",
        action=action,
        ids=ids,
        names=[name for _id, name in found[:10]],
        count=len(found),
        digest=_digest(action, [party_id for party_id, _name in found]),
        batch=str(uuid7()),
        back=_back(),
        everything=request.form.get("everything", ""),
        query=request.query_string.decode(),
        words=_words(),
    )


@backoffice.post("/access/selection/apply")
@requires(Permission.ACCESS_EDIT)
def access_selection_apply() -> Response:
    """Do it. 409 when a line changed since the preview, 403 when one of them is out of reach."""
    action, ids, batch = request.form.get("action", ""), _chosen_ids(), _batch()
    if action not in ACTIONS:
        abort(400)
    seen = _parties(ids, scope(Permission.ACCESS_SEE))
    reached = {party_id for party_id, _name in _parties(ids, scope(Permission.ACCESS_EDIT))}
    if {party_id for party_id, _name in seen} - reached or len(seen) < len(ids):
        refuse(Permission.ACCESS_EDIT)
    done = done_before(batch)
    if done is None:
        if _digest(action, [party_id for party_id, _name in seen]) != request.form.get("digest"):
            raise Stale(_("Des lignes de la sélection ont changé depuis l’aperçu. Rien n’a été fait : recommencez."))
        ids = [party_id for party_id, _name in seen]
        done = apply_to(action=action, party_ids=ids, by=visitors.actor(), batch=batch)
    silent = without_address(ids) if action in ("allow", "notify") else 0
    flash(_report(action, done, len(seen) - done, silent), "success")
    return go(_back())


def _chosen_ids() -> list[uuid.UUID]:
    """What is ticked, or the whole filter; 413 beyond what one action takes."""
    if request.form.get("everything"):
        family, _reached = family_for(request.args.get("family"), Permission.ACCESS_SEE)
        filters = {"q": request.args.get("q", ""), "state": request.args.get("state", "")}
        ids = finding.chosen(family, scope(Permission.ACCESS_SEE), most=MOST, **filters)
    else:
        ids = list(dict.fromkeys(_uuid(each) for each in request.form.getlist("ids")))
    if len(ids) > MOST:
        abort(413)
    return ids


def _parties(ids: Sequence[uuid.UUID], reach: Scope) -> list[tuple[uuid.UUID, str]]:
    query = select(Party.id, Party.name).where(Party.id.in_(ids), reach.parties()).order_by(Party.code_sort, Party.id)
    return [(party_id, name) for party_id, name in db.session.execute(query)]


def _digest(action: str, ids: list[uuid.UUID]) -> str:
    """What the preview was made from: each party, and its access as it stood."""
    query = select(Contact.party_id, Access.revision).join(Access, Access.contact_id == Contact.id)
    revisions = dict(db.session.execute(query.where(Contact.is_main, Contact.party_id.in_(ids))).all())
    text = "\n".join([action, *(f"{each} {revisions.get(each, 0)}" for each in sorted(ids))])
    return hashlib.sha256(text.encode()).hexdigest()


def _report(action: str, done: int, left: int, silent: int) -> str:
    sentence = ngettext("%(num)s ligne modifiée.", "%(num)s lignes modifiées.", done)
    if left:
        already = ngettext("%(num)s était déjà ainsi.", "%(num)s étaient déjà ainsi.", left)
        sentence = f"{sentence} {already}"
    if silent:
        nobody = ngettext("%(num)s n’a pas d’adresse.", "%(num)s n’ont pas d’adresse.", silent)
        sentence = f"{sentence} {nobody} " + _("Leur message partira quand la fiche sera complétée.")
    return f"{_words()[action]} : {sentence}"


def _words() -> dict[str, str]:
    return {
        "draw": _("Mdp aléatoire"),
        "allow": _("Accès autorisé"),
        "withdraw": _("Accès retiré"),
        "notify": _("Notifier par email"),
    }


def _batch() -> uuid.UUID:
    return _uuid(request.form.get("batch", ""))


def _back() -> str:
    query = request.query_string.decode()
    target = url_for("backoffice.access") + (f"?{query}" if query else "")
    return safe_next(target, otherwise=url_for("backoffice.access"))


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        abort(400)
