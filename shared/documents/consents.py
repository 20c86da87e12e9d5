"""Which documents wait for the party's agreement to dematerialisation, and what for."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal, null, select

from shared.documents.models import Document, Folder
from shared.extensions import db
from shared.people.consenting import NEEDED_BY
from shared.people.models import Consent, ConsentState, Family, Party

REQUESTED = "consent_requested"
REFUSED = "consent_refused"
SYNCHRONISATION = "synchronisation"
CONSENT_HOLDS = (REQUESTED, REFUSED)

# For a list, where the document already says « Retenu » or « En attente ».
WORDS = {
    REQUESTED: "dématérialisation « En demande »",
    REFUSED: "dématérialisation refusée : à imprimer",
    SYNCHRONISATION: "attend « Synchroniser »",
}

SENTENCES = {
    REQUESTED: "Retenu : la dématérialisation de ce tiers est « En demande ». Il sera publié dès l’accord.",
    REFUSED: "Retenu : ce tiers a refusé la dématérialisation. Le document est à imprimer.",
    SYNCHRONISATION: "En attente de « Synchroniser ».",
}


def hold_of(document: Document) -> str | None:
    """Why consent keeps this document off the portal; None when nothing does."""
    query = select(hold()).select_from(Document).join(Party, Party.id == Document.party_id)
    query = query.join(Family, Family.id == Party.family_id).join(Folder, Folder.id == Document.folder_id)
    found: str | None = db.session.scalar(query.where(Document.id == document.id))
    return found


def hold(party_id: Any = Document.party_id) -> ColumnElement[str | None]:
    """The same, as a column: wants `Document` (or else the party's id), `Party`, `Family` and `Folder` in the query.

    Without a decision a business party has its family's default; everybody else has still to be asked.
    """
    decided = (
        select(Consent.state)
        .where(
            Consent.party_id == party_id,
            Consent.document_class == Folder.document_class,
            Consent.superseded_at.is_(None),
        )
        .correlate(Document, Party, Folder)
        .scalar_subquery()
    )
    default = case((Party.is_business, Family.default_consent), else_=null())
    state = case((decided.is_not(None), decided), else_=default)
    return case(
        (Folder.document_class.not_in(NEEDED_BY), null()),
        (state == ConsentState.ACCEPTED, null()),
        (and_(state.is_not(None), state == ConsentState.REFUSED), literal(REFUSED)),
        else_=literal(REQUESTED),
    )
