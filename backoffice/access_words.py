"""What every line of the access grid says and draws, made once a page."""

import functools
from typing import Any

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from backoffice.access_rows import ICONS
from shared.web.headers import csp_nonce

DRAWN = ("dice-5", "check-square-fill", "square")


def words(*, may_edit: bool, may_show: bool, selectable: bool = True) -> dict[str, Any]:
    """The `w` of templates/backoffice/access/line.html."""
    icon = current_app.jinja_env.globals["ui"].icon  # type: ignore[attr-defined]
    return {
        **_labels(str(get_locale())),
        "nonce": csp_nonce(),
        "icons": {name: icon(name) for name in (*DRAWN, *(icon for icon, _tone in ICONS.values()))},
        "selectable": selectable and may_edit,
        "may_edit": may_edit,
        "may_show": may_show,
    }


@functools.lru_cache(maxsize=16)
def _labels(_locale: str) -> dict[str, Markup]:
    """Translated and escaped once a language: each of these words stands in fifty lines."""
    made = {
        "select": _("Sélectionner"),
        "story": _("Qui a fait quoi, et quand"),
        "state": _("État"),
        "code": _("Code"),
        "name": _("Nom"),
        "email": _("Email"),
        "bounced": _("adresse rejetée"),
        "no_address": _("sans adresse"),
        "identifier": _("Identifiant"),
        "password": _("Mot de passe"),
        "show": _("afficher"),
        "draw": _("Mdp aléatoire"),
        "allowed": _("Accès autorisé"),
        "notify": _("Notifier par email"),
        "sent_to": _("Email envoyé à"),
        "sent_at": _("Email envoyé le"),
        "last_login": _("Dernière connexion"),
        "yes": _("oui"),
        "no": _("non"),
    }
    return {key: escape(value) for key, value in made.items()}
