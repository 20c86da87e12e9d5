"""« Qui recevra quoi »: who would be told of a document filed now in a folder, and who not and why."""

import uuid

from flask import Response, abort, request
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.party_page import slot_words
from backoffice.reach import scope
from shared.documents import foretelling
from shared.documents.consents import NOTICE, REFUSED, SENTENCES
from shared.documents.fates import TELLING, Fate, Line, Outcome
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
        Outcome.LATER: _("prévenus plus tard, au délai de la règle"),
        Outcome.QUIET: _("prévenus à la fin des heures de repos"),
        Outcome.WAITS: _("prévenus dès que leur accès sera ouvert"),
        Outcome.DRAFT: _("à prévenir : message proposé, à confirmer"),
        Outcome.HELD: _("retenus : notifications désactivées"),
        Outcome.NO_ADDRESS: _("sans adresse : le message attend"),
        Outcome.SILENT: _("pas prévenus : pas de notification"),
        Outcome.NOT_SHARED: _("hors portail"),
        Outcome.CONSENT: _("retenus : dématérialisation"),
        Outcome.NO_RULE: _("pas prévenus : aucune règle"),
        Outcome.NO_SIGNER: _("refusés : personne ne peut signer"),
    }


def why_words(fate: Fate, line: Line | None = None) -> str:
    """Why this party would be told, later, or not; of one of its messages, where there are several."""
    if fate.outcome is Outcome.CONSENT:
        return _held_words(fate)
    outcome = line.outcome if line else fate.outcome
    if outcome is Outcome.NO_ADDRESS:
        slot = slot_words()[line.slot.value] if line and line.slot else ""
        return _("La cellule « %(slot)s » est vide ou rejette les messages.", slot=slot)
    if fate.is_asked and outcome in _asked_words():
        return _asked_words()[outcome]
    return {
        Outcome.TOLD: _("Un message part dès la mise à disposition."),
        Outcome.GROUPED: _("Un message part avec les autres documents du moment."),
        Outcome.LATER: _("Un message part au bout du délai de la règle."),
        Outcome.QUIET: _("Ce sont les heures de repos de la famille : le message part à leur fin."),
        Outcome.WAITS: _("Personne n’a encore d’accès ouvert : le message attend l’accès."),
        Outcome.DRAFT: _("La règle propose le message : il part quand quelqu’un l’a confirmé."),
        Outcome.HELD: _("Les notifications de la famille sont désactivées : le message est retenu."),
        Outcome.SILENT: _("La notification est réglée sur « non »."),
        Outcome.NOT_SHARED: _("Le répertoire n’est pas partagé : le document reste classé."),
        Outcome.NO_RULE: _("Aucune règle active n’annonce ce répertoire."),
        Outcome.NO_SIGNER: _(
            "Le circuit de signature nomme quelqu’un qui manque : un PDF ne peut pas être classé ici."
        ),
    }[outcome]


def _held_words(fate: Fate) -> str:
    if fate.held_because == NOTICE:
        return str(SENTENCES[NOTICE])
    if fate.held_because == REFUSED:
        return _("Dématérialisation refusée : le document est à imprimer.")
    return _("Dématérialisation « En demande » : publié et annoncé dès l’accord.")


def _asked_words() -> dict[Outcome, str]:
    """Of whoever is to sign: it is the request that is announced, and each signer's own access that is waited for."""
    return {
        Outcome.TOLD: _("La demande de signature part dès que le document est prêt à signer."),
        Outcome.WAITS: _("Le signataire n’a pas encore d’accès ouvert : la demande de signature attend l’accès."),
    }
