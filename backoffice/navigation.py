"""What stands around every page of the back office. A line shows where its page exists and may be opened."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.inner_screens import inner
from backoffice.notices import mark, notices
from shared.engines.finding import Seen, look
from shared.people.models import Staff
from shared.people.scopes import holds, permissions_of, scope_of
from shared.todos.finding import open_count
from shared.web import visitors
from shared.web.accessibility import foot
from shared.web.brand import brand
from shared.web.navigation import Group, Item
from shared.web.permissions import Permission


@dataclass(frozen=True)
class Line:
    """One entry: its endpoint within the blueprint, whose view names the permission."""

    endpoint: str
    label: Any
    icon: str
    also: str = ""  # how the endpoints of one thing of that list begin, when it is another word


TABLE: tuple[tuple[Any, tuple[Line, ...]], ...] = (
    (
        lazy_gettext("Au quotidien"),
        (
            Line("home", lazy_gettext("Accueil"), "house"),
            Line("dashboard", lazy_gettext("Tableau de bord"), "grid"),
            Line("parties", lazy_gettext("Tiers"), "people", also="party"),
            Line("records", lazy_gettext("Pièces"), "receipt", also="record"),
            Line("access", lazy_gettext("Droits d’accès"), "key"),
            Line("explorer", lazy_gettext("Explorateur"), "folder"),
            Line("countersigning", lazy_gettext("À signer"), "pen", also="countersign"),
            Line("signatures", lazy_gettext("Signatures"), "pen", also="signature"),
            Line("arrivals", lazy_gettext("À rattacher"), "inbox"),
            Line("requests", lazy_gettext("Documents demandés"), "clipboard"),
            Line("payslips", lazy_gettext("Jour de paie"), "cash-coin"),
            Line("departures", lazy_gettext("Départs"), "box-arrow-right"),
            Line("accounting", lazy_gettext("Comptabilité"), "cash-coin"),
            Line("printing_list", lazy_gettext("À imprimer"), "printer"),
            Line("proposals", lazy_gettext("Propositions"), "envelope", also="proposal"),
            Line("todo", lazy_gettext("À traiter"), "list-check"),
            Line("history", lazy_gettext("Historique"), "clock-history"),
        ),
    ),
    (
        lazy_gettext("Réglages"),
        (
            Line("folders", lazy_gettext("Configuration de la GED"), "sliders", also="families"),
            Line("rules", lazy_gettext("Paramétrage notification(s)"), "bell", also="rule"),
            Line("templates", lazy_gettext("Modèles"), "chat-left-text", also="template"),
            Line("staff", lazy_gettext("Gestionnaires"), "person-badge", also="role"),
            Line("retention", lazy_gettext("Conservation"), "archive"),
            Line("settings", lazy_gettext("Paramètres"), "gear"),
            Line("journal", lazy_gettext("Journal"), "journal-text"),
            Line("engines", lazy_gettext("Moteurs"), "server"),
        ),
    ),
)
MENU = (Line("account", lazy_gettext("Mon compte"), "person-gear"),)


@backoffice.context_processor
def around() -> dict[str, Any]:
    """The company for all; navigation, menu and the state of the engines for those who are signed in."""
    staff = visitors.staff_or_none()
    below = foot("backoffice", url_for("backoffice.accessibility"))
    if staff is None:
        language = url_for("backoffice.language")
        return {"company": brand(), "home_url": "/backoffice/", "language_url": language, "footer_links": below}
    seen = look(open_count(scope_of(staff, Permission.TO_DO_SEE)))
    shown = notices(staff, seen)
    return {
        "company": brand(),
        "home_url": url_for("backoffice.home"),
        "language_url": url_for("backoffice.language"),
        "person_name": staff.name,
        "nav": _groups(staff, seen.counted),
        "menu": _menu(staff),
        "search_url": url_for("backoffice.palette"),
        "health": _health(staff, seen),
        "notices": shown,
        "strips_mark": mark(shown),
        "footer_links": below,
    }


def _groups(staff: Staff, waiting: int) -> tuple[Group, ...]:
    return _navigation(request.endpoint or "", _permissions(staff), str(get_locale()), waiting)


def _permissions(staff: Staff) -> frozenset[str]:
    """What they hold; payslips are for who was given a folder by name, administrators included."""
    held = permissions_of(staff)
    named = any(grant.folder_id is not None for grant in scope_of(staff, Permission.PAYSLIPS).grants)
    return held if named else held - {Permission.PAYSLIPS}


@functools.lru_cache(maxsize=512)
def _navigation(endpoint: str, permissions: frozenset[str], _locale: str, waiting: int) -> tuple[Group, ...]:
    """The same for all who may open the same pages; `_locale` is part of the cache's key only."""
    counts = {"todo": waiting}
    groups = [Group(str(label), tuple(_items(lines, endpoint, permissions, counts))) for label, lines in TABLE]
    return tuple(group for group in groups if group.lines)


def screens(staff: Staff, *, behind: bool) -> list[Item]:
    """The screens that this person may open: the navigation's in its order, their own account; `behind`: all others."""
    held = _permissions(staff)
    lines = [item for group in _navigation("", held, str(get_locale()), 0) for item in group.lines]
    return [*lines, *(item for item in _menu(staff) if not item.post), *(inner(held) if behind else ())]


def _menu(staff: Staff) -> list[Item]:
    items = list(_items(MENU, request.endpoint or "", permissions_of(staff), {}))
    if "backoffice.sign_out" in current_app.view_functions:
        items.append(Item(_("Se déconnecter"), url_for("backoffice.sign_out"), "box-arrow-right", post=True))
    return items


def _items(
    lines: tuple[Line, ...], endpoint: str, permissions: frozenset[str], counts: Mapping[str, int]
) -> Iterator[Item]:
    here = endpoint.removeprefix("backoffice.")
    for line in lines:
        view = current_app.view_functions.get(f"backoffice.{line.endpoint}")
        if view is None or getattr(view, "permission", "") not in permissions:
            continue
        current = any(here == name or here.startswith(f"{name}_") for name in (line.endpoint, line.also) if name)
        url, count = url_for(f"backoffice.{line.endpoint}"), counts.get(line.endpoint, 0)
        yield Item(str(line.label), url, line.icon, current=current, count=count)


def _health(staff: Staff, seen: Seen) -> dict[str, str] | None:
    view = current_app.view_functions["backoffice.engines"]
    if not holds(staff, view.permission):  # type: ignore[attr-defined]
        return None
    label = _("Tout fonctionne") if seen.worst == "ok" else _("Un moteur est en panne")
    return {"state": seen.worst, "label": label, "url": url_for("backoffice.engines")}
