"""For a document about which nothing left: the one condition that is missing, in one sentence."""

from sqlalchemy import select

from shared.documents.finding import Sheet
from shared.documents.models import Notify
from shared.extensions import db
from shared.people.models import EmailCell, EmailSlot, Party

SLOTS = {
    EmailSlot.CARD: "fiche",
    EmailSlot.QUOTE: "devis",
    EmailSlot.BILLING: "facturation",
    EmailSlot.REMINDER: "relance",
}


def why_silent(sheet: Sheet) -> str:
    """Why nobody was told of this document; empty when nothing prevents it."""
    if sheet.publication is None or sheet.publication.live_at is None:
        return "Personne n’est prévenu tant que le document n’est pas sur le portail."
    if sheet.folder.notify is Notify.NONE:
        return f"Le répertoire « {sheet.folder.label} » ne notifie pas."
    if _address_of(sheet.party, sheet.folder.slot) is None:
        return f"La cellule « {SLOTS[sheet.folder.slot]} » de « {sheet.party.name} » est vide."
    if sheet.publication.quiet:
        return "Le document est revenu avec son répertoire : ce retour n’est pas annoncé."
    return ""


def _address_of(party: Party, slot: EmailSlot) -> str | None:
    wanted = [slot.value, *([party.family.slot_fallback] if party.family.slot_fallback else [])]
    query = select(EmailCell.address).where(EmailCell.party_id == party.id, EmailCell.slot.in_(wanted))
    return db.session.scalar(query.limit(1))
