"""A bulk action with a line out of reach: nothing is done, and a page lists what stands in the way."""

from collections.abc import Sequence
from typing import NoReturn

from flask import abort

from shared.web import refusals
from shared.web.page import page
from shared.web.permissions import Permission

LISTED = 50  # lines named at once


def forbid(*, title: str, back: str, permission: Permission, names: Sequence[str], unknown: int) -> NoReturn:
    """Answer that nothing was done: 403 with the `names` of lines that may be seen and no more, else 404.

    `unknown` lines are out of sight: counted, never named. `title` is the action, `back` where its list is.
    """
    named, count = list(names[:LISTED]), len(names)
    refusals.refused("staff.denied", permission=permission.value)
    abort(
        page(
            "backoffice/forbidden.html",
            status=403 if named else 404,
            title=title,
            names=named,
            count=count,
            unknown=unknown,
            back=back,
        )
    )
