"""A paper that arrives makes or completes its record; the paper keeps its bytes, whatever is said of it."""

import hashlib
import uuid
from decimal import Decimal

import facturx as reference
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from shared.documents.models import Document, Version
from shared.documents.storage import original_key, read, storage
from shared.extensions import db
from shared.intake.models import Verdict
from shared.intake.receiving import receive
from shared.intake.settling import settle
from shared.people.models import Activity
from shared.records import printing
from shared.records.changing import change
from shared.records.finding import timeline
from shared.records.models import Record, RecordDocument
from tests.factories import office, records
from tests.factories.invoices import VAT, facturx

Db = scoped_session[Session]
BY = records.BY


@pytest.fixture(autouse=True)
def installation(db_session: Db) -> None:
    office.an_installation()


def the_invoice() -> Record:
    return db.session.scalars(select(Record).where(Record.kind == "invoice")).one()


def on_document(document_id: uuid.UUID) -> list[Record]:
    query = select(Record).join(RecordDocument).where(RecordDocument.document_id == document_id)
    return list(db.session.scalars(query))


def kept(document: Document) -> bytes:
    version = db.session.scalars(select(Version).where(Version.document_id == document.id)).one()
    return read(storage(), original_key(version.sha256))


@pytest.mark.row("FR-10")
def test_a_facturx_makes_its_invoice_and_the_platform_is_kept_beside_it() -> None:
    data = facturx()
    party = office.customer(vat_number=VAT)
    arrival = receive(data=data, filename="facture.pdf", by=BY, source="watched")
    assert arrival.verdict is Verdict.FILED
    invoice = the_invoice()
    assert (invoice.party_id, invoice.number, invoice.status, invoice.source) == (
        party.id,
        "FA-2017-0010",
        "validated",
        "facturx",
    )
    assert (invoice.amount, invoice.net_amount) == (Decimal("671.15"), Decimal("559.29"))
    assert str(invoice.due_on) == "2017-12-13"
    assert [event.name for event in timeline(invoice.id)] == ["invoice.created"]
    carried = {"platform": "PA Exemple", "transmitted_at": "2026-11-03T09:30", "platform_status": "Déposée"}
    change(record=invoice, by=BY, values=carried)
    document = invoice.documents[0].document
    assert invoice.documents[0].is_main and on_document(document.id) == [invoice]
    assert hashlib.sha256(kept(document)).digest() == hashlib.sha256(data).digest()
    assert reference.get_xml_from_pdf(kept(document))[1] == reference.get_xml_from_pdf(data)[1]
    assert (invoice.platform, invoice.platform_status) == ("PA Exemple", "Déposée")


def test_a_facturx_completes_the_invoice_that_the_erp_made() -> None:
    party = office.customer(vat_number=VAT)
    invoice = records.an_invoice(
        party, number="FA-2017-0010", amount=None, net_amount=None, due_on=None, issued_on=None, status=""
    )
    receive(data=facturx(), filename="facture.pdf", by=BY, source="watched")
    db.session.refresh(invoice)
    assert (invoice.status, invoice.amount, len(invoice.documents)) == ("draft", Decimal("671.15"), 1)


def test_a_credit_note_is_negative() -> None:
    office.customer(vat_number=VAT)
    receive(data=facturx("AV-1", code="381"), filename="avoir.pdf", by=BY, source="watched")
    assert (the_invoice().amount, the_invoice().net_amount) == (Decimal("-671.15"), Decimal("-559.29"))


def test_the_number_of_somebody_else_never_prevents_filing() -> None:
    records.an_invoice(number="FA-2017-0010")
    office.customer(vat_number=VAT)
    arrival = receive(data=facturx(), filename="facture.pdf", by=BY, source="watched")
    assert arrival.verdict is Verdict.FILED and the_invoice().documents == []


def test_what_waited_in_the_tray_makes_its_record_when_it_is_settled() -> None:
    arrival = receive(data=facturx(), filename="facture.pdf", by=BY, source="watched")
    assert arrival.verdict is Verdict.TO_ATTACH
    settle(arrival=arrival, party=office.customer(), folder=office.folder("c.invoices"), by=BY)
    assert (the_invoice().amount, the_invoice().net_amount) == (Decimal("671.15"), Decimal("559.29"))


def test_a_paper_filed_before_its_record_is_found_by_its_number() -> None:
    party = office.customer()
    paper = office.filed(party, office.folder("c.quotes"), number="D-77")
    assert on_document(paper.id) == []
    quote = records.a_quote(party, number="D-77")
    assert [row.document_id for row in quote.documents] == [paper.id] and quote.documents[0].is_main
    assert printing.paper_of(record=quote, by=BY) is paper


def test_a_paper_known_by_its_name_makes_an_invoice_of_unknown_amount() -> None:
    party = office.customer()
    office.filed(party, office.folder("c.invoices"), number="F-31")
    assert (the_invoice().number, the_invoice().amount, the_invoice().source) == ("F-31", None, "file")


def test_guichet_prints_what_nobody_gave_once() -> None:
    db.session.add(Activity(name="Atelier Lumen", legal="Atelier Lumen, SARL", siret="73282932000074"))
    party = office.customer()
    quote = records.a_quote(party, lines=[{"label": "Enseigne", "price": "1000"}], amount=None, net_amount=None)
    paper = printing.paper_of(record=quote, by=BY)
    assert paper is not None and paper.folder.document_class == "quote"
    assert printing.paper_of(record=quote, by=BY) is paper
    for each in (records.an_order(party), records.an_intervention(party), records.an_exchange()):
        assert printing.pdf_of(each).startswith(b"%PDF-")
    assert printing.filename_of(records.an_invoice(number="F/2026 12")) == "Facture-F-2026-12.pdf"
