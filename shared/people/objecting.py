"""Objection to the electronic payslip: at any time, in one click, with a dated receipt; and its withdrawal.

Code du travail, L3243-2 and D3243-7: it takes effect as soon as possible, three months later at the latest.
"""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import COMPANY_ZONE, add_months, day_of, midnight, today
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.people.consenting import decide, standing_decision
from shared.people.models import Consent, ConsentState, Party
from shared.settings.reading import setting

PAYSLIP = "payslip"


def object_to_payslips(*, party: Party, by: str, proof: str = "") -> Consent:
    """Write the objection; asked twice, the first one stands. Raises Refused for a party that is no person.

    Publication stops at once, or after the months that a setting says, three at most; the slips of afterwards are
    in « À imprimer ».
    """
    if not party.family.of_people:
        raise Refused(_("« %(name)s » n’est pas un salarié : il n’a pas de bulletin.", name=party.name))
    standing = objection_of(party)
    if standing is not None:
        return standing
    delay = int(setting("objection_months"))
    effective_on = add_months(today(), delay)
    moment = midnight(effective_on, COMPANY_ZONE.key) if delay else None
    decision = decide(
        party=party,
        document_class=PAYSLIP,
        state=ConsentState.REFUSED,
        by=by,
        proof=proof,
        effective_at=moment,
    )
    facts = {"effective_on": effective_on.isoformat(), "proof": decision.proof, "consent": str(decision.id)}
    record("payslip.objected", by=by, party_id=party.id, facts=facts)
    return decision


def withdraw_objection(*, party: Party, by: str, proof: str = "") -> Consent:
    """The employee takes the electronic payslip again: what was kept off the portal and not printed goes on it."""
    if objection_of(party) is None:
        raise Refused(_("Aucune opposition n’est enregistrée : rien n’a changé."))
    decision = decide(
        party=party, document_class=PAYSLIP, state=ConsentState.ACCEPTED, by=by, proof=proof, effective_at=None
    )
    facts = {"effective_on": today().isoformat(), "proof": decision.proof}
    record("payslip.objection_withdrawn", by=by, party_id=party.id, facts=facts)
    return decision


def objection_of(party: Party) -> Consent | None:
    """The objection that stands, in effect or soon."""
    found = standing_decision(party, PAYSLIP)
    return found if found is not None and found.state == ConsentState.REFUSED else None


def effective_on(objection: Consent) -> date:
    """From which day nothing more is published."""
    return day_of(objection.effective_at or objection.at)


def last_objection(party: Party) -> Consent | None:
    """The latest objection, standing or withdrawn: whose receipt may be read."""
    query = select(Consent).where(
        Consent.party_id == party.id, Consent.document_class == PAYSLIP, Consent.state == ConsentState.REFUSED
    )
    return db.session.scalars(query.order_by(Consent.at.desc(), Consent.id.desc()).limit(1)).first()
