"""« API »: the tokens that open it, and the addresses that are called when something happens."""

import uuid
from datetime import timedelta

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.settings_api_forms import HookForm, TokenForm
from backoffice.settings_tabs import settings_page
from shared.clock import now
from shared.errors import Refused
from shared.extensions import db
from shared.hooks.subscribing import hook_of, hooks, subscribe
from shared.intake.tokens import SCOPES, all_tokens, draw, revoke, token_of
from shared.web import visitors
from shared.web.blame import blame
from shared.web.form_key import form_key
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/settings/api")
@requires(Permission.API_EDIT)
def settings_api() -> Response:
    """Who calls us, and whom we call."""
    return _page()


@backoffice.post("/settings/api/tokens")
@requires(Permission.API_EDIT)
def settings_api_token() -> Response:
    """Draw a token; its secret is on this answer and nowhere else."""
    form, key = TokenForm(), form_key()
    if key and token_of(uuid.UUID(key)) is not None:
        flash(_("Ce jeton est déjà créé. S’il n’a pas été noté, révoquez-le et créez-en un autre."), "info")
        return go(url_for("backoffice.settings_api"))
    if not form.validate_on_submit():
        return _page(422, token_form=form)
    try:
        row, secret = draw(
            label=form.software.data or "",
            scopes=form.scopes.data or [],
            expires_on=form.expires_on.data,
            by=visitors.actor(),
            token_id=uuid.UUID(key) if key else None,
        )
    except Refused as refusal:
        refusal.field = "software" if refusal.field == "label" else refusal.field
        return _page(422, refusal, token_form=form)
    return _page(drawn={"label": row.label, "secret": secret, "kind": "token"})


@backoffice.post("/settings/api/tokens/<uuid:token_id>/revoke")
@requires(Permission.API_EDIT)
def settings_api_token_revoke(token_id: uuid.UUID) -> Response:
    """It opens nothing from now on."""
    row = token_of(token_id) or abort(404)
    revoke(token=row, by=visitors.actor())
    flash(_("Le jeton « %(label)s » n’ouvre plus rien.", label=row.label), "success")
    return go(url_for("backoffice.settings_api"))


@backoffice.post("/settings/api/hooks")
@requires(Permission.API_EDIT)
def settings_api_hook() -> Response:
    """One more address that is called; its secret is on this answer and nowhere else."""
    form, key = HookForm(), form_key()
    if key and hook_of(uuid.UUID(key)) is not None:
        flash(_("Cette adresse est déjà ajoutée. Si son secret n’a pas été noté, ouvrez-la et changez-le."), "info")
        return go(url_for("backoffice.settings_api"))
    if not form.validate_on_submit():
        return _page(422, hook_form=form)
    url, label = form.url.data or "", form.label.data or ""
    try:
        hook, secret = subscribe(
            label=label, url=url, events=form.named(), by=visitors.actor(), hook_id=uuid.UUID(key) if key else None
        )
    except Refused as refusal:
        return _page(422, refusal, hook_form=form)
    return _page(drawn={"label": hook.label, "secret": secret, "kind": "hook"})


def _page(
    status: int = 200,
    refusal: Refused | None = None,
    *,
    token_form: TokenForm | None = None,
    hook_form: HookForm | None = None,
    drawn: dict[str, str] | None = None,
) -> Response:
    wrong = token_form or hook_form
    sentence = blame(wrong, refusal) if wrong is not None and refusal is not None else ""
    if status != 200:
        db.session.rollback()
    answer = settings_page(
        "backoffice/settings/api.html",
        status=status,
        wrong=wrong,
        sentence=sentence,
        token_form=token_form or TokenForm(formdata=None),
        hook_form=hook_form or HookForm(formdata=None),
        tokens=all_tokens(),
        hooks=hooks(),
        scopes=SCOPES,
        drawn=drawn,
        moment=now(),
        last_day=lambda token: token.expires_at - timedelta(seconds=1),
        api_url=request.url_root.rstrip("/") + "/api/v1",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
