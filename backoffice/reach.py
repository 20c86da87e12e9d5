"""Loading what an address names: what this person may not see is a 404, what they may see and not touch a 403."""

import uuid
from typing import NoReturn

from flask import abort

from shared.people.finding import families, family_named, party_in
from shared.people.models import Family, Party
from shared.people.scopes import Scope, scope_of
from shared.web import refusals, visitors
from shared.web.permissions import Permission


def scope(permission: Permission) -> Scope:
    """Where the member of staff who asks holds this permission."""
    return scope_of(visitors.staff(), permission)


def party_for(party_id: uuid.UUID, permission: Permission, seen_by: Permission = Permission.PARTIES_SEE) -> Party:
    """The party of an address, for `permission`; refused with a security line when it may only be seen."""
    party = party_in(scope(permission), party_id)
    if party is not None:
        return party
    if party_in(scope(seen_by), party_id) is None:
        abort(404)
    refuse(permission)


def family_for(key: str | None, permission: Permission) -> tuple[Family, list[Family]]:
    """The family of a tab and all those in reach; 404 for a name that is nobody's."""
    reached = families(scope(permission))
    family = family_named(key, reached)
    if family is None:
        abort(404)
    return family, reached


def may(family_id: uuid.UUID) -> dict[str, bool]:
    """What the buttons of the grid may offer; each view checks again for its own party."""
    return {
        "may_edit": scope(Permission.ACCESS_EDIT).reaches_family(family_id),
        "may_show": scope(Permission.ACCESS_SECRET).reaches_family(family_id),
        "may_synchronise": bool(scope(Permission.SYNCHRONISE).grants),
    }


def may_anywhere() -> dict[str, bool]:
    """The same for lines sent alone: they stood on the page already."""
    return {
        "may_edit": bool(scope(Permission.ACCESS_EDIT).grants),
        "may_show": bool(scope(Permission.ACCESS_SECRET).grants),
    }


def refuse(permission: Permission) -> NoReturn:
    """403, with its line in the security log."""
    refusals.refused("staff.denied", permission=permission)
    abort(403)
