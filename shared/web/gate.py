"""Closed by default: no view of a blueprint runs unless it names its permission or says that it is public."""

from flask import Blueprint, abort, current_app, request
from flask_babel import lazy_gettext

from shared.access.models import Act
from shared.access.second_factor import must_enrol
from shared.people.scopes import holds
from shared.web import refusals, visitors
from shared.web.counter_lock import only_the_counter
from shared.web.errors import Explanation, explain
from shared.web.page import go
from shared.web.permissions import PORTAL, Permission

ENROL = "/backoffice/second-factor"

ONLY_LOOKING = Explanation(
    lazy_gettext("Lecture seule"),
    lazy_gettext("Vous regardez le portail comme ce tiers : rien n’y est fait, ni signé, ni modifié en son nom."),
    lazy_gettext("Revenez aux documents, ou quittez par le bandeau du haut pour agir depuis le back-office."),
    "eye",
)


WITHHELD = Explanation(
    lazy_gettext("Vous pouvez lire, pas signer"),
    lazy_gettext("Votre accès ne permet ni de signer ni de répondre au nom de votre société. Rien n’a été fait."),
    lazy_gettext("Demandez ce droit à qui vous a ouvert cet accès, ou faites signer la personne habilitée."),
    "pen",
)
ACTS: dict[str, Act] = {Permission.PORTAL_SIGN: Act.SIGN}  # what is deposited and paid is asked where it is done


def guard(blueprint: Blueprint) -> None:
    """Put the gate before every view of `blueprint`, once however many applications are made."""
    check = _check_backoffice if blueprint.name == "backoffice" else _check_portal
    if check not in blueprint.before_request_funcs.get(None, ()):
        blueprint.before_request(check)


def _check_backoffice() -> None:
    if (instead := only_the_counter()) is not None:
        abort(instead)
    permission = _permission()
    if permission is None:
        return
    staff = visitors.staff()
    if must_enrol(staff):
        _only_enrol(permission)
    if not holds(staff, permission):
        refusals.refused("staff.denied", permission=permission)
        abort(403)


def _only_enrol(permission: str) -> None:
    """« 2FA obligatoire »: no page opens before the factor is taken, and nothing is done."""
    if getattr(current_app.view_functions.get(request.endpoint or ""), "before_enrolling", False):
        return
    if request.method not in ("GET", "HEAD"):
        refusals.refused("staff.denied", permission=permission)
        abort(403)
    abort(go(ENROL))


def _check_portal() -> None:
    if visitors.impersonator() is not None:
        _only_look()
    permission = _permission()
    if permission is None:
        return
    if permission not in PORTAL:
        abort(404)
    seat, act = visitors.seat(), ACTS.get(permission)
    if act is not None and act not in seat.acts:
        refusals.refused("portal.denied")
        abort(explain(403, WITHHELD))


def _only_look() -> None:
    """« Portail client »: the one place where whatever is not reading documents is refused, signing included."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "leaves_borrowed", False):
        return
    if request.method not in ("GET", "HEAD") or getattr(view, "permission", None) not in (None, Permission.PORTAL_READ):
        abort(explain(403, ONLY_LOOKING))


def _permission() -> str | None:
    """The permission that the view names; None where it says that it is public."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "public", None):
        return None
    permission: str | None = getattr(view, "permission", None)
    if permission is None:
        abort(404)
    return permission
