"""Closed by default: no view of the API runs unless its token holds the scope that the view names."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import abort, current_app, g, request
from flask_babel import gettext as _

from shared.access.throttling import within
from shared.extensions import db
from shared.intake.api_models import ApiToken
from shared.intake.tokens import actor_of, bearer
from shared.transactions import transaction
from shared.web import refusals
from shared.web.api.problems import Problem
from shared.web.visitors import client_ip

MOST, WINDOW = 60, timedelta(minutes=5)  # wrong tokens from one address; a right one passes all the same
MOST_JSON = 2 * 1024 * 1024  # bytes: five hundred events with their memos
LONGEST = 200  # characters of a token worth looking up

View = Callable[..., Any]


def needs(scope: str) -> Callable[[View], View]:
    """Name the scope that a token must hold."""

    def mark(view: View) -> View:
        view.permission = f"api:{scope}"  # type: ignore[attr-defined]
        return view

    return mark


def check() -> None:
    """Before each view: 401 without a token that serves, 403 without its scope, 404 for a view that names none."""
    if request.mimetype == "application/json":
        request.max_content_length = MOST_JSON
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "public", None):
        return
    named: str | None = getattr(view, "permission", None)
    if named is None:
        abort(404)
    found = _token()
    g.api_token = found
    scope = named.removeprefix("api:")
    if scope not in found.scopes:
        detail = _("Ce jeton n’a pas le droit « %(scope)s ». Rien n’a été modifié.", scope=scope)
        refusals.refused("token.denied", token=str(found.id), scope=scope)
        raise Problem(403, detail)


def token() -> ApiToken:
    """Whose call this is."""
    found: ApiToken = g.api_token
    return found


def actor() -> str:
    """The same, as the log writes it."""
    return actor_of(token())


def _token() -> ApiToken:
    kind, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and 0 < len(secret.strip()) <= LONGEST:
        found = bearer(secret.strip())
        if found is not None:
            return found
    _count()
    raise Problem(401, _("Il faut un jeton valable : « Authorization: Bearer … ». Rien n’a été modifié."))


def _count() -> None:
    """A wrong token is a line of the journal, up to a limit; beyond it the address is told to slow down."""
    db.session.rollback()
    with transaction():
        few = within("api.token", client_ip(), MOST, WINDOW)
    if not few:
        raise Problem(429, _("Trop de jetons refusés depuis cette adresse : recommencez dans quelques minutes."))
    refusals.refused("token.refused")
