"""« À rattacher »: files that are nobody's until staff say whose."""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._reaching import storage_away, the_folder, unknown
from backoffice.arrivals_files import shown_of
from backoffice.reach import party_for, scope
from backoffice.receiving import sentence
from shared.documents import finding, previews
from shared.documents.storage import Unavailable
from shared.errors import Refused
from shared.extensions import db
from shared.intake import finding as intake
from shared.intake import glancing, settling
from shared.intake.models import Arrival
from shared.people import finding as people
from shared.people.models import Party
from shared.people.scopes import Scope
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

OFFERED = 20  # parties shown for a search


@backoffice.get("/arrivals")
@requires(Permission.DOCUMENTS_FILE)
def arrivals() -> Response:
    """The tray: what nobody could be given without a person looking at it."""
    seen = scope(Permission.DOCUMENTS_FILE)
    found = intake.tray(scope=seen, by=visitors.actor(), after=request.args.get("after", ""))
    return page("backoffice/arrivals/tray.html", arrivals=found.arrivals, after=found.after, facts_in=settling.facts_in)


@backoffice.route("/arrivals/<uuid:arrival_id>", methods=["GET", "POST"])
@requires(Permission.DOCUMENTS_FILE)
def arrivals_settle(arrival_id: uuid.UUID) -> Response:
    """Search the party, choose the folder, file."""
    arrival, seen = _arrival(arrival_id), scope(Permission.DOCUMENTS_FILE)
    if request.method == "POST":
        return _settle(arrival, seen)
    return _settle_page(arrival, seen)


@backoffice.post("/arrivals/<uuid:arrival_id>/set-aside")
@requires(Permission.DOCUMENTS_FILE)
def arrivals_set_aside(arrival_id: uuid.UUID) -> Response:
    """This file concerns nobody."""
    arrival = _arrival(arrival_id)
    settling.set_aside(arrival=arrival, by=visitors.actor())
    flash(_("« %(name)s » est écarté.", name=arrival.filename), "success")
    return go(url_for("backoffice.arrivals"))


def _settle(arrival: Arrival, seen: Scope) -> Response:
    party_id, folder_id = (request.form.get(name, type=uuid.UUID) for name in ("party_id", "folder_id"))
    if party_id is None or folder_id is None:
        return _settle_page(arrival, seen, error=_("Choisissez à qui est ce fichier, et le répertoire."))
    party = party_for(party_id, Permission.DOCUMENTS_FILE, Permission.DOCUMENTS_SEE)
    folder = the_folder(folder_id, Permission.DOCUMENTS_FILE)
    try:
        document = settling.settle(arrival=arrival, party=party, folder=folder, by=visitors.actor())
    except Unavailable:
        return storage_away()
    except Refused as refusal:
        db.session.rollback()
        return _settle_page(_arrival(arrival.id), seen, error=refusal.sentence)
    flash(sentence(arrival, document, folder, party), "success")
    return go(url_for("backoffice.arrivals"))


def _settle_page(arrival: Arrival, seen: Scope, error: str = "") -> Response:
    families = people.families(seen)
    chosen = _chosen_for(arrival, seen)
    family = chosen.family if chosen else people.family_named(request.values.get("family"), families)
    if family is None:
        abort(404)
    q = request.values.get("q", "")
    found = people.parties(family, seen, q=q).rows[:OFFERED] if q or chosen is None else []
    shown = shown_of(arrival)
    number = min(max(request.args.get("page", 1, type=int), 1), (shown and shown.pages) or 1)
    return page(
        "backoffice/arrivals/settle.html",
        blocks=("results", "preview"),
        status=422 if error else 200,
        arrival=arrival,
        facts=settling.facts_in(arrival.facts),
        may_open=glancing.may_open(arrival, seen),
        preview=shown.glance(number) if shown else None,
        number=number,
        widths=previews.WIDTHS,
        families=families,
        family=family,
        folders=finding.folders_of(scope=seen, family_id=family.id),
        party=chosen,
        found=found,
        q=q,
        error=error,
    )


def _chosen_for(arrival: Arrival, seen: Scope) -> Party | None:
    """The party ticked, else the one that a clue proposes; searching again proposes none."""
    party_id = request.values.get("party_id", type=uuid.UUID)
    if party_id is None and "q" not in request.values and "family" not in request.values:
        party_id = settling.proposed_party(arrival)
    return people.party_in(seen, party_id) if party_id else None


def _arrival(arrival_id: uuid.UUID) -> Arrival:
    seen = scope(Permission.DOCUMENTS_FILE)
    found = intake.waiting(scope=seen, by=visitors.actor(), arrival_id=arrival_id)
    return found if found is not None else unknown()
