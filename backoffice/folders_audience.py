"""« Qui recevra quoi »: who would be told of a document filed now in a folder, and who not and why."""

import uuid

from flask import Response, abort, request
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.party_page import slot_words
from backoffice.reach import scope
from shared.documents import foretelling
from shared.documents.consents import REFUSED
from shared.documents.foretelling import TELLING, Fate, Outcome
from shared.documents.models import Folder
from shared.extensions import db
from shared.settings.reading import is_automatic
from shared.web.page import page
from shared.web.permissions import Permission, requires


@backoffice.get("/folders/<uuid:folder_id>/audience")
@requires(Permission.FOLDERS_SEE)
def folders_audience(folder_id: uuid.UUID) -> Response:
    """For all the parties of the family, the first of them by name, or for the one of `?party=`."""
    seen = scope(Permission.PARTIES_SEE)
    folder = db.session.get(Folder, folder_id)
    if folder is None or not scope(Permission.FOLDERS_SEE).reaches_family(folder.family_id):
        abort(404)
    asked = request.args.get("party", type=uuid.UUID)
    forecast = foretelling.foretell(folder=folder, reach=seen.parties(), party_id=asked)
    if asked and not forecast.fates:
        abort(404)
    return page(
        "backoffice/folders/audience.html",
        folder=folder,
        is_one=asked is not None,
        forecast=forecast,
        telling=TELLING,
        outcomes=outcome_words(),
        why=why_words,
        is_automatic=is_automatic(),
        slot_words=slot_words(),
        may_see_templates=bool(scope(Permission.TEMPLATES_SEE).grants),
    )


def outcome_words() -> dict[Outcome, str]:
    """Each outcome, as a heading of its count."""
    return {
        Outcome.TOLD: _("prévenus tout de suite"),
        Outcome.GROUPED: _("prévenus par un message groupé"),
        Outcome.WAITS: _("prévenus dès que leur accès sera ouvert"),
        Outcome.NO_ADDRESS: _("sans adresse : le message attend"),
        Outcome.SILENT: _("pas prévenus : pas de notification"),
        Outcome.NOT_SHARED: _("hors portail"),
        Outcome.CONSENT: _("retenus : dématérialisation"),
        Outcome.NO_RULE: _("pas prévenus : aucune règle"),
    }


def why_words(fate: Fate) -> str:
    """Why this party would be told, later, or not."""
    if fate.outcome is Outcome.CONSENT:
        refused = fate.held_because == REFUSED
        return (
            _("Dématérialisation refusée : le document est à imprimer.")
            if refused
            else _("Dématérialisation « En demande » : publié et annoncé dès l’accord.")
        )
    if fate.outcome is Outcome.NO_ADDRESS:
        slot = slot_words()[fate.slot.value] if fate.slot else ""
        return _("La cellule « %(slot)s » est vide ou rejette les messages.", slot=slot)
    return {
        Outcome.TOLD: _("Un message part dès la mise à disposition."),
        Outcome.GROUPED: _("Un message part avec les autres documents du moment."),
        Outcome.WAITS: _("Personne n’a encore d’accès ouvert : le message attend l’accès."),
        Outcome.SILENT: _("La notification est réglée sur « non »."),
        Outcome.NOT_SHARED: _("Le répertoire n’est pas partagé : le document reste classé."),
        Outcome.NO_RULE: _("Aucune règle active n’annonce ce répertoire."),
    }[fate.outcome]
