"""The five steps of a new installation, each green only by what can be seen of it, never by hand."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, literal, select

from shared.access.models import Access, Seat
from shared.config import is_loopback
from shared.documents.models import Document, Folder, Publication
from shared.engines.finding import worst
from shared.extensions import db
from shared.people.models import Family, Party
from shared.people.shipping import CUSTOMERS, EMPLOYEES
from shared.settings.mail_server import mail_source
from shared.settings.reading import company, mail_domain

TECHNICAL = "technical"
STEPS = (TECHNICAL, "customer_folders", "customer_access", "employee_folders", "employee_access")


@dataclass(frozen=True)
class Step:
    """One chapter: what is done, or in one sentence what is missing, and where to do it (an endpoint)."""

    key: str
    title: str
    done: bool
    sentence: str
    endpoint: str
    family: str = ""


def steps() -> list[Step]:
    """The five chapters, in three queries."""
    seen = db.session.execute(select(*_checks(CUSTOMERS), *_checks(EMPLOYEES))).one()
    return [
        _technical(),
        _folders(STEPS[1], _("Portail clients"), CUSTOMERS, seen[0], seen[1]),
        _accesses(STEPS[2], _("Accès des clients"), CUSTOMERS, seen[2], seen[3]),
        _folders(STEPS[3], _("Portail salariés"), EMPLOYEES, seen[4], seen[5]),
        _accesses(STEPS[4], _("Accès des salariés"), EMPLOYEES, seen[6], seen[7]),
    ]


def _technical() -> Step:
    has_domain = _is_domain(mail_domain())
    missing = [word for word, known in ((_("le nom"), company().name), (_("le domaine"), has_domain)) if not known]
    if missing:
        sentence = _("Il manque %(what)s de la société.", what=_(" et ").join(missing))
        if not has_domain:
            here = _("« %(domain)s », tiré de l’adresse du portail, n’en est pas un.", domain=mail_domain())
            sentence = f"{sentence} {here}"
        return _step(False, sentence, "settings")
    if worst() == "down":
        return _step(False, _("Un moteur est en panne, ou le minuteur ne tourne pas."), "engines")
    if mail_source() == "catcher":
        sentence = _(
            "Aucun serveur d’envoi n’est réglé : les messages restent dans la boîte d’essai, personne ne les reçoit."
        )
        return _step(False, sentence, "settings_mail")
    return _step(True, _("La société est nommée, tous les moteurs répondent et les messages partent."), "settings_mail")


def _step(done: bool, sentence: str, endpoint: str) -> Step:
    return Step(TECHNICAL, _("Technique"), done, sentence, endpoint)


def _is_domain(name: str) -> bool:
    """Whether people elsewhere could answer to it: « localhost » and the number of a machine are none."""
    return "." in name and not is_loopback(name) and not name.replace(".", "").isdigit() and ":" not in name


def _folders(key: str, title: str, family: str, shared: bool, live: bool) -> Step:
    if not shared:
        return Step(key, title, False, _("Aucun répertoire n’est coché « Portail »."), "folders", family)
    if not live:
        return Step(
            key, title, False, _("Aucun document n’est encore sur le portail : classez-en un."), "explorer", family
        )
    return Step(
        key, title, True, _("Des répertoires sont partagés et des documents y sont disponibles."), "folders", family
    )


def _accesses(key: str, title: str, family: str, wanted: bool, open_seat: bool) -> Step:
    if open_seat:
        return Step(key, title, True, _("Au moins un accès est ouvert et synchronisé."), "access", family)
    if wanted:
        return Step(key, title, False, _("Un accès est autorisé mais pas encore synchronisé."), "access", family)
    return Step(key, title, False, _("Aucun accès n’est autorisé."), "access", family)


def _checks(family: str) -> list[ColumnElement[Any]]:
    """A shared folder, a document live in it, an access wanted, a seat open."""
    of_family = Family.key == literal(family)
    shared = exists().where(Folder.family_id == Family.id, of_family, Folder.on_portal)
    live = exists().where(
        Publication.live_at.is_not(None),
        Publication.withdrawn_at.is_(None),
        Document.id == Publication.document_id,
        Folder.id == Document.folder_id,
        Folder.on_portal,
        Family.id == Folder.family_id,
        of_family,
    )
    wanted = exists().where(Access.allowed, Party.id == Access.party_id, Family.id == Party.family_id, of_family)
    seat = exists().where(
        Seat.allowed,
        Access.id == Seat.access_id,
        Seat.revision == Access.revision,
        Party.id == Seat.party_id,
        Family.id == Party.family_id,
        of_family,
    )
    return [shared, live, wanted, seat]
