"""« Tester »: ask for a trial; a worker makes it, the page follows."""

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from shared.access.starting import STEPS
from shared.people.finding import families
from shared.people.scopes import Scope
from shared.settings.trying import MAIL, SENDER, SERVER, STEP, ask_trial
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.post("/settings/trials/<key>")
@requires(Permission.SETTINGS_EDIT)
def settings_try(key: str) -> Response:
    """The server or the mail server."""
    pages = {SERVER: "settings", MAIL: "settings_mail"}
    if key not in pages:
        abort(404)
    return _ask(key, pages[key])


@backoffice.post("/settings/families/<key>/try")
@requires(Permission.SETTINGS_EDIT)
def settings_try_sender(key: str) -> Response:
    """A message as this family would get it, to whoever asks."""
    if key not in {family.key for family in families(Scope(tuple(visitors.staff().grants)))}:
        abort(404)
    return _ask(f"{SENDER}{key}", "settings")


@backoffice.post("/home/steps/<key>/try")
@requires(Permission.SETTINGS_SEE)
def home_try(key: str) -> Response:
    """« Tester avec ma propre adresse », from a step of the checklist."""
    if key not in STEPS:
        abort(404)
    return _ask(f"{STEP}{key}", "home")


def _ask(key: str, endpoint: str) -> Response:
    staff = visitors.staff()
    ask_trial(key=key, by=visitors.actor(), address=staff.email)
    flash(_("L’essai est lancé : son résultat s’affiche ici dans quelques secondes."), "info")
    return go(url_for(f"backoffice.{endpoint}", _anchor="essai-" + key.replace(":", "-").replace("_", "-")))
