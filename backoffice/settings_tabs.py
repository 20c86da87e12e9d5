"""The tabs of « Paramètres internet »: each is an address of its own, and shows where its page exists."""

from typing import Any

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from backoffice.reach import scope
from shared.web.page import page
from shared.web.permissions import Permission

TABS = (
    ("/backoffice/settings", lazy_gettext("Serveur")),
    ("/backoffice/settings/transfer", lazy_gettext("FTP / Stockage")),
    ("/backoffice/settings/mail", lazy_gettext("Messagerie")),
    ("/backoffice/settings/sms", lazy_gettext("SMS")),
    ("/backoffice/settings/bounces", lazy_gettext("Retours")),
    ("/backoffice/settings/portal", lazy_gettext("Portail")),
    ("/backoffice/settings/signature", lazy_gettext("Signature")),
    ("/backoffice/settings/bank", lazy_gettext("Banque")),
    ("/backoffice/settings/activities", lazy_gettext("Activités")),
    ("/backoffice/settings/api", lazy_gettext("API")),
    ("/backoffice/settings/appearance", lazy_gettext("Apparence")),
    ("/backoffice/rules", lazy_gettext("Paramétrage notification(s)")),
)


def tabs(path: str = "") -> list[dict[str, Any]]:
    """For `ui.tabs`, in the order of the table; `path` is the tab of what was posted elsewhere."""
    reached, path = _reached(), path or request.path
    here = max((url for url, _label in TABS if path.startswith(url)), key=len, default="")
    return [{"label": str(label), "url": url, "current": url == here} for url, label in TABS if url in reached]


def settings_page(
    template: str, *, blocks: tuple[str, ...] = (), status: int = 200, tab: str = "", **context: Any
) -> Response:
    """A tab, with what stands around it."""
    return page(
        template,
        blocks=blocks,
        status=status,
        tabs=tabs(tab),
        may_edit=bool(scope(Permission.SETTINGS_EDIT).grants),
        breadcrumb=[(_("Paramètres internet"), url_for("backoffice.settings"))] if context.pop("deeper", False) else [],
        **context,
    )


def _reached() -> set[str]:
    """The addresses of this application that this person may open."""
    return {
        rule.rule
        for rule in current_app.url_map.iter_rules()
        if rule.rule.startswith(("/backoffice/settings", "/backoffice/rules"))
        and scope(getattr(current_app.view_functions[rule.endpoint], "permission", "")).grants
    }
