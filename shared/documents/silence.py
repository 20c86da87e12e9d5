"""For a document about which nothing left: the one condition that is missing, in one sentence."""

from flask_babel import gettext as _

from shared.documents.finding import Sheet
from shared.documents.models import Notify
from shared.people.models import EmailSlot

SLOTS = {
    EmailSlot.CARD: "fiche",
    EmailSlot.QUOTE: "devis",
    EmailSlot.BILLING: "facturation",
    EmailSlot.REMINDER: "relance",
}


def why_silent(sheet: Sheet) -> str:
    """Why nobody was told of this document; empty when nothing prevents it."""
    if sheet.publication is None or sheet.publication.live_at is None:
        return str(_("Personne n’est prévenu tant que le document n’est pas sur le portail."))
    if sheet.settings.notify is Notify.NONE:
        return str(_("Le répertoire « %(folder)s » ne notifie pas.", folder=sheet.folder.label))
    if not _is_reachable(sheet):
        slot = SLOTS[sheet.settings.slot]
        empty: str = _("La cellule « %(slot)s » de « %(party)s » est vide.", slot=slot, party=sheet.party.name)
        return empty
    if sheet.publication.quiet:
        return str(_("Le document est revenu avec son répertoire : ce retour n’est pas annoncé."))
    return ""


def _is_reachable(sheet: Sheet) -> bool:
    wanted = {sheet.settings.slot.value, sheet.party.family.slot_fallback}
    return bool(wanted & set(sheet.filled))
