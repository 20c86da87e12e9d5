"""« Conservation » at work: a list of what fell due, holds, a certificate, an erasure, a check, an objection."""

from datetime import timedelta

from shared.clock import now, today
from shared.documents.models import Document
from shared.extensions import db
from shared.people.objecting import object_to_payslips
from shared.people.rights_models import Erasure
from shared.retention.destroying import destroy
from shared.retention.holding import hold
from shared.retention.models import Purge, PurgeLine
from shared.retention.payslip_checking import advance, begin
from tests.factories import counter, office
from tests.factories.company import Company


def pages_of_retention(company: Company) -> dict[str, list[str]]:
    """Endpoint of the back office → its addresses."""
    party, employee = company.parties[0], company.parties[1]
    for document in company.documents[:3]:
        destroy(document=_old(company), because="term", term_on=today(), by=office.BY)
        hold(document=document, reason=f"Litige sur {document.title}"[:500], by=office.BY)
    standing = hold(party=party, reason="Contrôle fiscal", by=office.BY)
    purge = Purge(listed_at=now())
    db.session.add(purge)
    db.session.flush()
    db.session.add_all(PurgeLine(purge_id=purge.id, document_id=each.id, term_on=today()) for each in company.documents)
    check = begin(by=office.BY)
    while advance(check_id=check.id):
        pass
    object_to_payslips(party=employee, by=office.BY, proof="Courrier du 3 mai")
    kept = [{"folder": "Bulletins", "count": 3, "law": "D3243-8", "until": "2076-11-22"}]
    db.session.add(Erasure(party_id=party.id, by=office.BY, reason="Demande", erased={"comptes": 1}, kept=kept))
    db.session.flush()
    return {
        "retention": ["/retention"],
        "retention_ask": [f"/retention/{purge.id}/confirm"],
        "retention_rules": ["/retention/rules"],
        "retention_holds": ["/retention/holds", "/retention/holds?lifted=1"],
        "retention_hold_new": [
            f"/retention/hold?party={employee.id}",
            f"/retention/hold?party={party.id}",
            f"/retention/hold?document={company.documents[4].id}",
        ],
        "retention_lift_ask": [f"/retention/holds/{standing.id}/lift"],
        "retention_certificates": ["/retention/certificates"],
        "retention_payslips": ["/retention/payslips"],
        "retention_closing": ["/retention/closing"],
        "retention_erasures": ["/retention/erasures"],
        "party_data": [f"/parties/{one.id}/data" for one in (party, employee)],
        "party_erase_ask": [f"/parties/{one.id}/erase" for one in (party, employee)],
        "informing": ["/employees/informing?family=employees"],
    }


def _old(company: Company) -> Document:
    return counter.a_document(
        company.parties[0], office.folder("c.quotes"), data=office.text_file(), age=timedelta(days=2300)
    )
