"""What stands around every page of the portal: whose counter it is, for whom, and where one may go."""

from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from portal import portal
from shared.access.models import Act, Seat
from shared.config import config
from shared.settings.reading import setting
from shared.web import visitors
from shared.web.accessibility import foot
from shared.web.brand import brand
from shared.web.entering import current
from shared.web.navigation import Item, Notice


@portal.context_processor
def around() -> dict[str, Any]:
    """The company for all; the party and the navigation for those who are signed in."""
    seat = visitors.seat_or_none()
    borrowed = visitors.impersonator() is not None and seat is not None
    common: dict[str, Any] = {
        "company": brand(),
        "home_url": "/",
        "language_url": "" if borrowed else url_for("portal.language"),
        "notices": _notices(),
        "footer_links": [
            Item(_("Vérifier un document signé"), url_for("portal.verification"), ""),
            *foot("portal", url_for("portal.accessibility")),
        ],
        "is_borrowed": borrowed,
    }
    if seat is None:
        return common
    return common | {
        "may_sign": Act.SIGN in seat.acts and not borrowed,
        "party_name": seat.party.name,
        "person_name": seat.account.person.full_name or seat.party.name,
        "nav": _nav(),
        "menu": [] if borrowed else _menu(),
        "switch_url": url_for("portal.spaces") if current().seats > 1 and not borrowed else "",
    }


def _nav() -> list[Item]:
    here = request.path
    sign_url, to_sign = url_for("portal.signatures"), current().to_sign
    signs = to_sign or here.startswith(sign_url)
    sign = [Item(_("À signer"), sign_url, "pen", current=here.startswith(sign_url), count=to_sign)] if signs else []
    account = [Item(_("Mon compte"), url_for("portal.account"), "person", current=here.startswith("/account"))]
    return [
        Item(_("Accueil"), url_for("portal.home"), "house", current=here == "/"),
        Item(_("Documents"), url_for("portal.documents"), "folder", current=here.startswith("/documents")),
        *([] if visitors.impersonator() else sign + account),
    ]


def _menu() -> list[Item | None]:
    """A person at several parties goes from one to the other without a second password."""
    several = current().seats > 1
    switch = [Item(_("Changer d’espace"), url_for("portal.choose_seat"), "box-arrow-in-right")] if several else []
    switch.append(Item(_("Mes espaces"), url_for("portal.spaces"), "folder2-open"))
    return [
        Item(_("Mon compte"), url_for("portal.account"), "person"),
        *switch,
        None,
        Item(_("Se déconnecter"), url_for("portal.sign_out"), "box-arrow-right", post=True),
    ]


def _notices() -> list[Notice]:
    plain = _("Cette adresse n’est pas chiffrée : ce que vous lisez ici peut être vu par d’autres.")
    return [*_looking(), *_closing(), *([Notice(plain, icon="lock")] if config().plain_http else [])]


def _closing() -> list[Notice]:
    """The service closes: until then everything can be taken away."""
    written = str(setting("closing_on"))
    if not written or visitors.seat_or_none() is None:
        return []
    day = date.fromisoformat(written)
    told = _("Cet espace documents ferme le %(day)s. Téléchargez vos documents d’ici là.", day=format_date(day, "long"))
    url = "" if visitors.impersonator() else url_for("portal.my_data")
    return [Notice(told, "warn", "clock", url, _("Tout télécharger"))]


def _looking() -> list[Notice]:
    """« Portail client »: always said, and always left by the same button."""
    seat = visitors.seat_or_none()
    if visitors.impersonator() is None or seat is None:
        return []
    told = _("Vous regardez le portail de %(party)s — lecture seule.", party=seat.party.name)
    if seat.shut[0]:
        told += " " + _shut(seat)
    if not seat.folder_ids:
        told += " " + _("Aucun de ses répertoires n’est dans votre périmètre.")
    return [Notice(told, "warn", "eye", url_for("portal.leave_borrowed"), _("Quitter"), post=True)]


def _shut(seat: Seat) -> str:
    """Why the person sees nothing of what staff are shown."""
    why, at = seat.shut
    day = format_date(at, "long")
    words = {
        "none": _("Aucun accès n’est ouvert ici : personne ne voit rien de ceci aujourd’hui."),
        "withdrawn": _("Cet accès est retiré : cette personne ne voit rien de ceci aujourd’hui."),
        "frozen": _("Ce compte est bloqué : cette personne ne voit rien de ceci aujourd’hui."),
        "planned": _("Cet accès commence le %(day)s : cette personne ne voit rien de ceci aujourd’hui.", day=day),
        "expired": _("Cet accès a pris fin le %(day)s : cette personne ne voit rien de ceci aujourd’hui.", day=day),
    }
    return words[why]
