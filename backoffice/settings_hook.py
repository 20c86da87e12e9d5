"""One address that is called: what it is called with, its secret, its calls and « renvoyer »."""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.settings_api_forms import HookForm
from backoffice.settings_tabs import settings_page
from shared.errors import Refused
from shared.events.catalogue import CATALOGUE
from shared.extensions import db
from shared.hooks.finding import call_of, calls
from shared.hooks.models import Hook
from shared.hooks.subscribing import change, hook_of, renew_secret, send_again, switch, unsubscribe
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/settings/api/hooks/<uuid:hook_id>")
@requires(Permission.API_EDIT)
def settings_hook(hook_id: uuid.UUID) -> Response:
    """Its settings and its last calls."""
    return _page(_hook(hook_id))


@backoffice.post("/settings/api/hooks/<uuid:hook_id>")
@requires(Permission.API_EDIT)
def settings_hook_change(hook_id: uuid.UUID) -> Response:
    """Another name, address or list of events."""
    hook, form = _hook(hook_id), HookForm()
    if not form.validate_on_submit():
        return _page(hook, 422, form=form)
    url, label = form.url.data or "", form.label.data or ""
    try:
        changed = change(hook=hook, label=label, url=url, events=form.named(), by=visitors.actor())
    except Refused as refusal:
        return _page(hook, 422, refusal, form=form)
    flash(_("Enregistré.") if changed else _("Rien n’a changé."), "success" if changed else "info")
    return go(url_for("backoffice.settings_hook", hook_id=hook.id))


@backoffice.post("/settings/api/hooks/<uuid:hook_id>/secret")
@requires(Permission.API_EDIT)
def settings_hook_secret(hook_id: uuid.UUID) -> Response:
    """Another secret, on this answer and nowhere else."""
    hook = _hook(hook_id)
    return _page(hook, secret=renew_secret(hook=hook, by=visitors.actor()))


@backoffice.post("/settings/api/hooks/<uuid:hook_id>/<any(on, off):state>")
@requires(Permission.API_EDIT)
def settings_hook_switch(hook_id: uuid.UUID, state: str) -> Response:
    """Call it, or not."""
    hook = _hook(hook_id)
    switch(hook=hook, enabled=state == "on", by=visitors.actor())
    return go(url_for("backoffice.settings_hook", hook_id=hook.id))


@backoffice.post("/settings/api/hooks/<uuid:hook_id>/delete")
@requires(Permission.API_EDIT)
def settings_hook_delete(hook_id: uuid.UUID) -> Response:
    """Call it no more."""
    hook = _hook(hook_id)
    unsubscribe(hook=hook, by=visitors.actor())
    flash(_("« %(label)s » n’est plus appelée.", label=hook.label), "success")
    return go(url_for("backoffice.settings_api"))


@backoffice.post("/settings/api/hooks/<uuid:hook_id>/calls/<uuid:call_id>")
@requires(Permission.API_EDIT)
def settings_hook_again(hook_id: uuid.UUID, call_id: uuid.UUID) -> Response:
    """« Renvoyer »: the same call once more."""
    hook = _hook(hook_id)
    send_again(call=call_of(hook.id, call_id) or abort(404), by=visitors.actor())
    flash(_("L’appel repart dans quelques secondes."), "info")
    return go(url_for("backoffice.settings_hook", hook_id=hook.id, _anchor="appels"))


def _hook(hook_id: uuid.UUID) -> Hook:
    return hook_of(hook_id) or abort(404)


def _page(
    hook: Hook, status: int = 200, refusal: Refused | None = None, *, form: HookForm | None = None, secret: str = ""
) -> Response:
    sentence = blame(form, refusal) if form is not None and refusal is not None else ""
    if status != 200:
        db.session.rollback()
    standing = {"label": hook.label, "url": hook.url, "events": "\n".join(hook.events)}
    found = calls(hook.id, after=request.args.get("after", ""), before=request.args.get("before", ""))
    answer = settings_page(
        "backoffice/settings/hook.html",
        status=status,
        deeper=True,
        hook=hook,
        form=form or HookForm(formdata=None, data=standing),
        sentence=sentence,
        secret=secret,
        calls=[(row.HookCall, CATALOGUE[row.HookCall.event].label) for row in found.rows],
        after=found.after,
        before=found.before,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
