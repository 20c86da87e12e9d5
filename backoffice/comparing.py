"""« Comparer avec le portail »: ask for it, follow it, read its three lists, and repair."""

import uuid
from typing import NoReturn

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._reaching import unknown
from backoffice.reach import refuse, scope
from shared.documents import comparing, differing, finding, following, repairing
from shared.documents.comparison_models import Comparison, Difference
from shared.errors import Refused
from shared.extensions import db
from shared.people import finding as people
from shared.people.models import Family, Party
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/comparison")
@requires(Permission.DOCUMENTS_SEE)
def comparison() -> Response:
    """The last comparison of a family, or of one party, among the folders in reach."""
    family, party, families = _narrowed()
    seen = scope(Permission.DOCUMENTS_SEE)
    found = comparing.latest(family_id=family.id, party_id=party.id if party else None, scope=seen)
    shown = _list()
    listed = found and differing.differing(
        scope=seen, comparison=found, difference=shown, after=request.args.get("after", "")
    )
    return page(
        "backoffice/comparing/comparison.html",
        blocks=("results",),
        family=family,
        families=families,
        party=party,
        comparison=found,
        repair=repairing.progress(found) if found and found.repair_asked_at and not found.repaired_at else None,
        tallies=differing.tallies(scope=seen, comparison=found) if found else {},
        shown=shown,
        listed=listed,
        stories=following.stories([row.id for row in listed.rows]) if listed else {},
        may_repair=bool(scope(Permission.DOCUMENTS_PUBLISH).grants),
        base={"party": party.id} if party else {"family": family.key},
    )


@backoffice.post("/comparison")
@requires(Permission.DOCUMENTS_SEE)
def comparison_ask() -> Response:
    """Compare now: a job reads every object."""
    family, party, _families = _narrowed()
    try:
        comparing.compare(family=family, scope=scope(Permission.DOCUMENTS_SEE), by=visitors.actor(), party=party)
    except Refused as refusal:
        flash(_(refusal.sentence), "warning")
    return go(url_for("backoffice.comparison", **({"party": party.id} if party else {"family": family.key})))


@backoffice.route("/comparison/<uuid:comparison_id>/repair", methods=["GET", "POST"])
@requires(Permission.DOCUMENTS_PUBLISH)
def comparison_repair(comparison_id: uuid.UUID) -> Response:
    """Repair all that can be without a file; first how many that is."""
    found, family = _comparison(comparison_id)
    back = url_for("backoffice.comparison", **({"party": found.party_id} if found.party_id else {"family": family.key}))
    if request.method == "POST":
        try:
            repairing.repair_all(comparison=found, by=visitors.actor())
        except Refused as refusal:
            db.session.rollback()
            flash(_(refusal.sentence), "error")
        return go(back)
    tallies = differing.tallies(scope=scope(Permission.DOCUMENTS_SEE), comparison=found)
    return page("backoffice/comparing/repair.html", blocks=("dialog",), comparison=found, tallies=tallies, back=back)


def _narrowed() -> tuple[Family, Party | None, list[Family]]:
    party_id = request.args.get("party", type=uuid.UUID)
    if party_id is not None:
        party = finding.party(scope=scope(Permission.DOCUMENTS_SEE), party_id=party_id)
        return (party.family, party, []) if party is not None else unknown()
    families = people.families(scope(Permission.DOCUMENTS_SEE))
    family = people.family_named(request.args.get("family"), families)
    return (family, None, families) if family is not None else _nowhere()


def _nowhere() -> NoReturn:
    abort(404)


def _folder_ids(family: Family, permission: Permission) -> list[uuid.UUID]:
    return [each.id for each in finding.folders_of(scope=scope(permission), family_id=family.id)]


def _comparison(comparison_id: uuid.UUID) -> tuple[Comparison, Family]:
    """One comparison whose folders are all in reach, and in which whoever asks may publish everywhere."""
    found = db.session.get(Comparison, comparison_id)
    family = db.session.get(Family, found.family_id) if found else None
    if found is None or family is None:
        unknown()
    if not set(found.folder_ids) <= set(_folder_ids(family, Permission.DOCUMENTS_SEE)):
        unknown()
    if not set(found.folder_ids) <= set(_folder_ids(family, Permission.DOCUMENTS_PUBLISH)):
        refuse(Permission.DOCUMENTS_PUBLISH)
    return found, family


def _list() -> Difference:
    try:
        return Difference(request.args.get("list", ""))
    except ValueError:
        return Difference.MISSING
