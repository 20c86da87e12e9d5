"""The clerk’s tablet in somebody else’s hands: until the password, their session opens one signature and no more."""

import uuid

from flask import Response, current_app, request, session

from shared.web import refusals
from shared.web.page import go
from shared.web.permissions import View

AT_COUNTER = "at_counter"  # in the session: whose signature, and how the clerk knows them


def at_counter(view: View) -> View:
    """Say that a view opens while the tablet is handed over."""
    view.at_counter = True  # type: ignore[attr-defined]
    return view


def lock(*, signer: uuid.UUID, known_by: str) -> None:
    """From here on this browser signs that and nothing else."""
    session[AT_COUNTER] = {"signer": str(signer), "known_by": known_by.strip()}


def unlock() -> None:
    """The clerk is back."""
    session.pop(AT_COUNTER, None)


def only_the_counter() -> Response | int | None:
    """What to answer in the place of any other page: the signature for a look, a refusal for an act."""
    kept = session.get(AT_COUNTER)
    if not kept or getattr(current_app.view_functions.get(request.endpoint or ""), "at_counter", False):
        return None
    if request.method in ("GET", "HEAD"):
        return go(f"/backoffice/in-person/{kept['signer']}")
    refusals.refused("staff.denied", permission="in_person")
    return 403
