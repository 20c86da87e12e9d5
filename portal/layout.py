"""What stands around every page of the portal: whose counter it is, for whom, and where one may go."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from portal import portal
from shared.config import config
from shared.web import visitors
from shared.web.brand import brand
from shared.web.entering import current
from shared.web.navigation import Item, Notice


@portal.context_processor
def around() -> dict[str, Any]:
    """The company for all; the party and the navigation for those who are signed in."""
    seat = visitors.seat_or_none()
    common: dict[str, Any] = {"company": brand(), "home_url": "/", "notices": _notices()}
    if seat is None:
        return common
    return common | {
        "party_name": seat.party.name,
        "person_name": seat.account.person.full_name or seat.party.name,
        "nav": _nav(),
        "menu": _menu(),
    }


def _nav() -> list[Item]:
    here = request.path
    return [
        Item(_("Accueil"), url_for("portal.home"), "house", current=here == "/"),
        Item(_("Documents"), url_for("portal.documents"), "folder", current=here.startswith("/documents")),
        Item(_("Mon compte"), url_for("portal.account"), "person", current=here.startswith("/account")),
    ]


def _menu() -> list[Item | None]:
    """A person at several parties goes from one to the other without a second password."""
    several = current().seats > 1
    switch = [Item(_("Changer d’espace"), url_for("portal.choose_seat"), "box-arrow-in-right")] if several else []
    return [
        Item(_("Mon compte"), url_for("portal.account"), "person"),
        *switch,
        None,
        Item(_("Se déconnecter"), url_for("portal.sign_out"), "box-arrow-right", post=True),
    ]


def _notices() -> list[Notice]:
    if not config().plain_http:
        return []
    return [
        Notice(_("Cette adresse n’est pas chiffrée : ce que vous lisez ici peut être vu par d’autres."), icon="lock")
    ]
