"""What the buttons of the access grid answer: the line as it stands now, alone for HTMX, else the page again."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, make_response, render_template, request, url_for
from sqlalchemy import select

from backoffice.access_rows import rows_of
from backoffice.access_words import words
from backoffice.reach import may_anywhere, party_for, scope
from shared.access import granting, initial
from shared.access.models import Access
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.people.models import Party
from shared.web import visitors
from shared.web.page import is_htmx, page
from shared.web.permissions import Permission
from shared.web.redirects import safe_next

GRID = "/backoffice/access"


def change_line(party_id: uuid.UUID, act: Callable[[Access, str], None]) -> Response:
    """One verb on one line; the answer is the line as it stands afterwards."""
    party, by = party_for(party_id, Permission.ACCESS_EDIT, seen_by=Permission.ACCESS_SEE), visitors.actor()
    try:
        act(granting.grant(party=party, by=by), by)
    except initial.Confirm:
        raise
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
        return line_again(party_id, status=409 if isinstance(refusal, Stale) else 422)
    db.session.flush()
    return line_again(party_id)


def line_again(party_id: uuid.UUID, status: int = 200) -> Response:
    """The line again, for HTMX; else back to where the button was."""
    if not is_htmx():
        return make_response("", 303, {"Location": back_url()})
    fresh = rows_of([party_id], scope(Permission.ACCESS_SEE))
    return lines_alone(rows=fresh, polling=True, panel=request.args.get("panel"), status=status)


def lines_alone(*, rows: list[Any], polling: bool, panel: str | None, status: int = 200) -> Response:
    """These lines, each for its own place, and the element that asks again while one is red."""
    w = words(**may_anywhere(), selectable=panel is None)
    body = render_template("backoffice/access/fragment.html", rows=rows, polling=polling, panel=panel, w=w)
    answer = make_response(body, status)
    answer.vary.add("HX-Request")
    return answer


def ask_first(party: Party, question: initial.Confirm) -> Response:
    """The question before a password is replaced: a dialog, or a page without a script."""
    context = {"party": party, "sentence": question.sentence, "seen": revision_of(party), "back": back_url()}
    if not is_htmx():
        return page("backoffice/access/replace.html", status=409, **context)
    answer = make_response(render_template("backoffice/access/replace_dialog.html", **context), 409)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#dialog", "innerHTML"
    return answer


def standing(party_id: uuid.UUID, permission: Permission) -> tuple[Party, Access]:
    """The party and the access of its main contact; 404 where there is none."""
    party = party_for(party_id, permission, seen_by=Permission.ACCESS_SEE)
    found = db.session.scalars(select(Access).where(Access.party_id == party.id, Access.is_main)).one_or_none()
    if found is None:
        abort(404)
    return party, found


def revision_of(party: Party) -> int:
    """The revision of the line as it stands; 0 without an access."""
    return db.session.scalar(select(Access.revision).where(Access.party_id == party.id, Access.is_main)) or 0


def seen_revision(access: Access) -> int | None:
    """The revision of the line that was clicked; a line without access saw none, and makes the first one."""
    seen: int | None = request.values.get("seen", type=int)
    if seen == 0 and access.revision == 1 and access.initial_set_at is None:
        return None
    return seen


def back_to(party: Party) -> str:
    """Where a dialog leads back to: the page it was opened from, else the party."""
    return safe_next(request.values.get("back"), otherwise=url_for("backoffice.party", party_id=party.id))


def back_url() -> str:
    """The page whose button was clicked."""
    return safe_next(request.values.get("back"), otherwise=GRID)
