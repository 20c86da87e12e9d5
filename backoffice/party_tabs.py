"""The strip of tabs of one party: each is a page of its own, shown where it exists and may be opened."""

from typing import Any

from flask import current_app, request
from flask_babel import lazy_gettext as _

from backoffice.reach import scope
from shared.people.models import Party

UNDER = "/backoffice/parties/<uuid:party_id>"

# What stands after the party's address, and the word on the tab.
TABS: tuple[tuple[str, Any], ...] = (
    ("", _("Fiche")),
    ("contacts", _("Interlocuteurs")),
    ("sites", _("Sites")),
    ("documents", _("Documents")),
    ("records", _("Pièces")),
    ("access", _("Accès")),
    ("folders", _("Paramètres")),
    ("data", _("Données et droits")),
    ("logbook", _("Cahier de liaison")),
    ("notifications", _("Notifications")),
)


def party_tabs(party: Party) -> list[dict[str, Any]]:
    """The tabs that whoever asks may open for this party, as `ui.tabs` takes them; no query.

    A page of `UNDER/<name>` gives its template `tabs=party_tabs(party)`.
    """
    endpoints = {rule.rule: rule.endpoint for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    shown, base = [], f"/backoffice/parties/{party.id}"
    for name, label in TABS:
        endpoint = endpoints.get(f"{UNDER}/{name}" if name else UNDER)
        view = current_app.view_functions.get(endpoint or "")
        if view is None or not scope(getattr(view, "permission", "")).reaches_family(party.family_id):
            continue
        url = f"{base}/{name}" if name else base
        current = request.path == url or (bool(name) and request.path.startswith(f"{url}/"))
        shown.append({"label": label, "url": url, "current": current})
    return shown
