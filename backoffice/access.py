"""« Droits d’accès au portail »: the grid, and what each button of a line does."""

import uuid
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._drawing import Drawing
from backoffice.access_answers import ask_first, back_to, change_line, lines_alone, seen_revision, standing
from backoffice.access_filters import filters_of, lists, narrowed
from backoffice.access_rows import in_words, is_moving, rows_of
from backoffice.access_words import words
from backoffice.reach import family_for, may, party_for, scope
from shared.access import finding, granting, initial
from shared.access.filtering import Filters
from shared.access.models import Access
from shared.events.actors import names_of
from shared.events.catalogue import CATALOGUE
from shared.extensions import db
from shared.people.models import Family
from shared.settings.reading import is_automatic
from shared.web.page import page
from shared.web.permissions import Permission, requires

MOST_POLLED = 100


@backoffice.get("/access")
@requires(Permission.ACCESS_SEE)
def access() -> Response:
    """One line a party of the family: its access, password, and the last message about it."""
    family, reached = family_for(request.args.get("family"), Permission.ACCESS_SEE)
    seen, filters = scope(Permission.ACCESS_SEE), filters_of(request.args)
    after, before = request.args.get("after", ""), request.args.get("before", "")
    found = finding.lines(family, seen, filters, sort=request.args.get("sort", ""), after=after, before=before)
    allowed = may(family.id)
    w = words(may_edit=allowed["may_edit"], may_show=allowed["may_show"])
    return page(
        "backoffice/access/grid.html",
        blocks=("results",),
        family=family,
        families=reached,
        found=found,
        total=_total(found.rows, family, filters, is_first=not (after or before)),
        filters=filters,
        lists=lists(),
        here=request.full_path.rstrip("?"),
        narrowed=narrowed(family, filters),
        sorted_by=request.args.get("sort", ""),
        is_automatic=is_automatic(),
        polling=any(map(is_moving, found.rows)),
        w=w,
        bulk=Drawing(w).lines(found.rows, in_words()),
        **allowed,
    )


def _total(rows: list[Any], family: Family, filters: Filters, *, is_first: bool) -> int:
    """How many lines the filter holds: each says it, and a first page without any has none."""
    if rows or is_first:
        return int(rows[0].total) if rows else 0
    return finding.count(family, scope(Permission.ACCESS_SEE), filters)


@backoffice.get("/access/rows")
@requires(Permission.ACCESS_SEE)
def access_rows() -> Response:
    """What became of the red lines of a page, and of those whose message leaves: sent again, alone."""
    ids = [each for each in map(_uuid, request.args.getlist("red")[:MOST_POLLED]) if each]
    found = rows_of(ids, scope(Permission.ACCESS_SEE))
    fresh = [row for row in found if row.state != "unsynced"]
    if not fresh:
        return Response(status=204)
    goes_on = any(row.state == "unsynced" or row.is_leaving for row in found)
    return lines_alone(rows=fresh, polling=goes_on, panel=request.args.get("panel"))


@backoffice.post("/access/<uuid:party_id>/draw")
@requires(Permission.ACCESS_EDIT)
def access_draw(party_id: uuid.UUID) -> Response:
    """« Mdp aléatoire »; asks first where a password stands already."""

    def act(access: Access, by: str) -> None:
        initial.draw(access=access, by=by, seen=seen_revision(access), confirmed="confirmed" in request.form)

    try:
        return change_line(party_id, act)
    except initial.Confirm as question:
        db.session.rollback()
        return ask_first(party_for(party_id, Permission.ACCESS_EDIT), question)


@backoffice.post("/access/<uuid:party_id>/allow")
@requires(Permission.ACCESS_EDIT)
def access_allow(party_id: uuid.UUID) -> Response:
    """« Accès autorisé » ticked."""
    return change_line(party_id, lambda access, by: granting.allow(access=access, by=by))


@backoffice.post("/access/<uuid:party_id>/withdraw")
@requires(Permission.ACCESS_EDIT)
def access_withdraw(party_id: uuid.UUID) -> Response:
    """« Accès autorisé » unticked: at once, in both modes."""
    return change_line(party_id, lambda access, by: granting.withdraw(access=access, by=by))


@backoffice.post("/access/<uuid:party_id>/notify")
@requires(Permission.ACCESS_EDIT)
def access_notify(party_id: uuid.UUID) -> Response:
    """« Notifier par email » ticked: a new link leaves at the synchronisation."""
    return change_line(party_id, lambda access, by: granting.notify(access=access, by=by))


@backoffice.post("/access/<uuid:party_id>/hush")
@requires(Permission.ACCESS_EDIT)
def access_hush(party_id: uuid.UUID) -> Response:
    """« Notifier par email » unticked."""
    return change_line(party_id, lambda access, by: granting.hush(access=access, by=by))


@backoffice.get("/access/<uuid:party_id>/story")
@requires(Permission.ACCESS_SEE)
def access_story(party_id: uuid.UUID) -> Response:
    """Who did what to this access, and when."""
    party, found = standing(party_id, Permission.ACCESS_SEE)
    events = finding.story(found.id)
    names = names_of(event.actor for event in events)
    return page(
        "backoffice/access/story.html",
        blocks=("dialog",),
        party=party,
        entries=[
            {"at": event.at, "text": _(CATALOGUE[event.name].label), "by": names.get(event.actor, event.actor)}
            for event in events
        ],
        back=back_to(party),
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
