"""« Information des salariés »: who has not been told of the electronic payslip yet, and telling them all."""

from datetime import date

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from backoffice import backoffice
from backoffice.reach import scope
from shared.clock import add_months, today
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.people import informing as rounds
from shared.people.finding import families, family_named
from shared.people.models import Family
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/employees/informing")
@requires(Permission.PARTIES_EDIT)
def informing() -> Response:
    """How many wait, the last round, the letters to hand over."""
    return _page(_family())


@backoffice.post("/employees/informing")
@requires(Permission.PARTIES_EDIT)
def inform() -> Response:
    """Tell all those that were counted, in the background."""
    family = _family()
    try:
        rounds.begin(
            family=family,
            scope=scope(Permission.PARTIES_EDIT),
            expected=request.form.get("expected", -1, type=int),
            first_issue_on=_day(),
            by=visitors.actor(),
        )
    except (Refused, Stale) as refusal:
        db.session.rollback()
        return _page(_family(), status=422, sentence=refusal.sentence)
    flash(_("L’information est en cours d’envoi."), "success")
    return go(url_for("backoffice.informing", family=family.key))


def _families() -> list[Family]:
    return [each for each in families(scope(Permission.PARTIES_EDIT)) if each.of_people]


def _family() -> Family:
    found = family_named(request.args.get("family"), _families())
    if found is None:
        abort(404)
    return found


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("first_issue_on", ""))
    except ValueError:
        raise Refused(_("Cette date ne se lit pas : écrivez-la comme 31/12/2027.")) from None


def _page(family: Family, status: int = 200, sentence: str = "") -> Response:
    reached = scope(Permission.PARTIES_EDIT)
    waiting = select(func.count()).select_from(rounds.uninformed(family, reached).order_by(None).subquery())
    return page(
        "backoffice/retention/informing.html",
        status=status,
        blocks=("results",),
        family=family,
        families=_families(),
        waiting=db.session.scalar(waiting) or 0,
        round=rounds.latest(family),
        letters=rounds.letters(family, reached),
        soonest=add_months(today(), 1),
        sentence=sentence,
        typed=request.form,
    )
