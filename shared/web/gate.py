"""Closed by default: no view of a blueprint runs unless it names its permission or says that it is public."""

from flask import Blueprint, abort, current_app, request

from shared.people.scopes import holds
from shared.web import refusals, visitors
from shared.web.permissions import PORTAL


def guard(blueprint: Blueprint) -> None:
    """Put the gate before every view of `blueprint`, once however many applications are made."""
    check = _check_backoffice if blueprint.name == "backoffice" else _check_portal
    if check not in blueprint.before_request_funcs.get(None, ()):
        blueprint.before_request(check)


def _check_backoffice() -> None:
    permission = _permission()
    if permission is None:
        return
    staff = visitors.staff()
    if not holds(staff, permission):
        refusals.refused("staff.denied", permission=permission)
        abort(403)


def _check_portal() -> None:
    permission = _permission()
    if permission is None:
        return
    if permission not in PORTAL:
        abort(404)
    visitors.seat()


def _permission() -> str | None:
    """The permission that the view names; None where it says that it is public."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "public", None):
        return None
    permission: str | None = getattr(view, "permission", None)
    if permission is None:
        abort(404)
    return permission
