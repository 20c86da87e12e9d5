"""Which documents wait for the party's agreement to dematerialisation, or stay off for an objection, and what for."""

from typing import Any

from sqlalchemy import ColumnElement, Date, Interval, and_, case, cast, exists, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from shared.clock import now, today
from shared.documents.models import Document, Folder, Publication
from shared.extensions import db
from shared.people.consenting import NEEDED_BY
from shared.people.models import Consent, ConsentState, Family, Party
from shared.people.rights_models import PayslipNotice
from shared.words import N_

REQUESTED = "consent_requested"
REFUSED = "consent_refused"
NOTICE = "payslip_notice"
SYNCHRONISATION = "synchronisation"
CONSENT_HOLDS = (REQUESTED, REFUSED, NOTICE)
PAYSLIP = "payslip"
HELD_BY = (*NEEDED_BY, PAYSLIP)  # the classes that a party's word keeps off the portal

# For a list, where the document already says « Retenu » or « En attente ».
WORDS = {
    REQUESTED: N_("dématérialisation « En demande »"),
    REFUSED: N_("dématérialisation refusée : à imprimer"),
    NOTICE: N_("le salarié n’est pas informé depuis un mois"),
    SYNCHRONISATION: N_("attend « Synchroniser »"),
}

SENTENCES = {
    REQUESTED: N_("Retenu : la dématérialisation de ce tiers est « En demande ». Il sera publié dès l’accord."),
    REFUSED: N_("Retenu : ce tiers a refusé la dématérialisation. Le document est à imprimer."),
    NOTICE: (
        N_(
            "Retenu : le premier bulletin électronique attend un mois après l’information du salarié"
            " (Code du travail, D3243-7). La fiche du salarié dit à partir de quelle date."
        )
    ),
    SYNCHRONISATION: N_("En attente de « Synchroniser »."),
}


slip, place = aliased(Document), aliased(Folder)  # the slips that an employee had before


def hold_of(document: Document) -> str | None:
    """Why consent keeps this document off the portal; None when nothing does."""
    query = select(hold()).select_from(Document).join(Party, Party.id == Document.party_id)
    query = query.join(Family, Family.id == Party.family_id).join(Folder, Folder.id == Document.folder_id)
    found: str | None = db.session.scalar(query.where(Document.id == document.id))
    return found


def hold(party_id: Any = Document.party_id, *, decided: Any = None) -> ColumnElement[str | None]:
    """The same, as a column: wants `Document` (or else the party's id), `Party`, `Family` and `Folder` in the query.

    Without a decision a business party has its family's default; everybody else has still to be asked. `decided`:
    the state of a `Consent` that is joined by `decides`, where it is asked of a whole family.
    """
    if decided is None:
        decided = select(Consent.state).where(decides(party_id)).correlate(Document, Party, Folder).scalar_subquery()
    default = case((Party.is_business, Family.default_consent), else_=null())
    # Compared with each in turn, so that the decision is looked for once.
    answers = {ConsentState.ACCEPTED.value: null(), ConsentState.REFUSED.value: literal(REFUSED)}
    return case(
        (Folder.document_class == PAYSLIP, _payslip_hold(decided, party_id)),
        (Folder.document_class.not_in(NEEDED_BY), null()),
        else_=case(answers, value=func.coalesce(decided, default), else_=literal(REQUESTED)),
    )


def decides(party_id: Any) -> ColumnElement[bool]:
    """The party's decision about the class of `Folder`: one row at most."""
    return and_(
        Consent.party_id == party_id,
        Consent.document_class == Folder.document_class,
        Consent.superseded_at.is_(None),
        or_(Consent.effective_at.is_(None), Consent.effective_at <= now()),
    )


def _payslip_hold(decided: Any, party_id: Any) -> ColumnElement[str | None]:
    """An objection, or a first slip before its time: a month after the notice unless it was given at hiring."""
    due = cast(PayslipNotice.given_on + cast("1 month", Interval), Date)
    given = exists().where(PayslipNotice.party_id == party_id, or_(PayslipNotice.at_hiring, due <= today()))
    begun = (
        select(Publication.id)
        .join(slip, slip.id == Publication.document_id)
        .join(place, place.id == slip.folder_id)
        .where(slip.party_id == party_id, place.document_class == PAYSLIP, Publication.live_at.is_not(None))
    )
    return case(
        (decided == ConsentState.REFUSED, literal(REFUSED)),
        (or_(given.correlate_except(PayslipNotice), begun.correlate_except(Publication, slip, place).exists()), null()),
        else_=literal(NOTICE),
    )
