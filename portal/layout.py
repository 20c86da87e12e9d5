"""What stands around every page of the portal: whose counter it is, for whom, and where one may go."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from portal import portal
from shared.access.models import Seat
from shared.settings.reading import company
from shared.web import visitors
from shared.web.navigation import Company, Item


@portal.context_processor
def around() -> dict[str, Any]:
    """The company for all; the party and the navigation for those who are signed in."""
    ours = company()
    brand = Company(ours.name, logo=None, colour=ours.colour or None)
    seat = visitors.seat_or_none()
    if seat is None:
        return {"company": brand, "home_url": "/"}
    return {
        "company": brand,
        "home_url": url_for("portal.home"),
        "party_name": seat.party.name,
        "person_name": seat.account.person.full_name or seat.party.name,
        "nav": _nav(),
        "menu": _menu(seat),
    }


def _nav() -> list[Item]:
    here = request.endpoint or ""
    return [
        Item(_("Accueil"), url_for("portal.home"), "house", current=here == "portal.home"),
        Item(_("Documents"), url_for("portal.documents"), "folder", current=request.path.startswith("/documents")),
    ]


def _menu(seat: Seat) -> list[Item]:
    return []
