"""The pages of « Pièces »: a record of every kind, with lines, papers, parties, messages, and an import."""

from datetime import timedelta
from typing import TYPE_CHECKING

from shared.clock import now
from shared.events.actors import staff_actor
from shared.intake.record_importing import start_import
from shared.people.models import Grant
from shared.people.scopes import Scope
from shared.records import attaching, remarks
from shared.records.kinds import KINDS
from shared.records.models import Record
from tests.factories import records

if TYPE_CHECKING:
    from tests.factories.company import Company

MANY = 12
FILE = "Numéro;Code client;Montant TTC\nFA-900;{code};1 234,56\nFA-901;inconnu;dix\n"


def pages_of_records(company: "Company") -> dict[str, list[str]]:
    """Endpoint → addresses under /backoffice."""
    party = company.parties[0]
    made = {kind: _one(company, kind) for kind in KINDS}
    invoice, order = made["invoice"], made["order"]
    base = f"/record/{invoice.id}"
    everywhere = Scope((Grant(),))
    file = FILE.format(code=party.code).encode("cp1252")
    found = start_import(kind="invoice", data=file, filename="factures.csv", scope=everywhere, by="command")
    first = company.documents[0].id
    return {
        "records": ["/records"],
        "records_list": [
            *(f"/records/{kind}" for kind in KINDS),
            "/records/invoice?late=1",
            "/records/invoice?q=introuvable",
            "/records/invoice?least=dix&since=2026-01-01",
            f"/records/quote?status=validated&party={party.id}",
        ],
        "records_new": ["/records/quote/new", "/records/payment/new?q=introuvable"]
        + [f"/records/{kind}/new?party={party.id}" for kind in ("invoice", "order", "intervention", "payment")],
        "records_import": ["/records/invoice/import"],
        "records_import_show": [f"/records/import/{found.id}", f"/records/import/{found.id}?show=all"],
        "record": [f"/record/{each.id}" for each in made.values()],
        "record_edit": [f"/record/{made[kind].id}/edit" for kind in ("invoice", "intervention", "exchange_voucher")],
        "record_move": [f"/record/{made['quote'].id}/move/{move}" for move in ("accept", "refuse", "cancel")]
        + [f"/record/{order.id}/move/deposit"],
        "record_answer": [
            f"/record/{made['intervention'].id}/answer",
            f"/record/{made['exchange_voucher'].id}/answer?party={made['exchange_voucher'].party_id}",
        ],
        "record_pay": [f"{base}/pay"],
        "record_goods": [f"/record/{order.id}/goods"],
        "record_parties": [f"/record/{made['exchange_voucher'].id}/parties"],
        "record_documents": [f"{base}/documents", f"/record/{order.id}/documents?q=introuvable"],
        "record_notifications": [f"{base}/notifications", f"/record/{order.id}/notifications"],
        "record_messages": [f"{base}/messages", f"/record/{made['exchange_voucher'].id}/messages"],
        "record_timeline": [f"{base}/timeline", f"/record/{made['intervention'].id}/timeline"],
        "party_records": [f"/parties/{party.id}/records", f"/parties/{company.parties[1].id}/records?kind=payment"],
        "document_notifications": [f"/documents/{each.id}/notifications" for each in company.documents[:2]],
        "document_messages": [f"/documents/{first}/messages"],
    }


def _one(company: "Company", kind: str) -> Record:
    """The last one of several where a list is worth it; its title holds the words of its party's name."""
    family = KINDS[kind].families[0]
    party = next(each for each in company.parties if each.family.key == family)
    count = MANY if kind == "invoice" and len(company.parties) > MANY else 1
    made = [_made(company, kind, party.name) for _each in range(count)][-1]
    if kind == "invoice":
        for document in company.documents[:MANY]:
            if document.party_id == made.party_id:
                attaching.attach(record=made, document=document, by="command")
    if kind in ("invoice", "exchange_voucher"):
        remarks.note(subject=made, text=f"À rappeler {party.name}", by=staff_actor(company.clerk))
    return made


def _made(company: "Company", kind: str, words: str) -> Record:
    family = KINDS[kind].families[0]
    party = next(each for each in company.parties if each.family.key == family)
    lines = [{"reference": "LED-12", "label": f"Module {words}", "quantity": "4", "price": "25"}] * 2
    if kind == "exchange_voucher":
        return records.an_exchange(party, title=words)
    if kind == "intervention":
        return records.an_intervention(party, title=words, appointment_at=now() + timedelta(days=3))
    status = "validated" if kind in ("quote", "invoice", "order") else ""
    given = {"lines": lines} if KINDS[kind].has_lines else {}
    return records.a_record(kind, party, status=status, title=words, memo=words, **given)
