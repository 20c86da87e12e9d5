"""Documents by the API: before their record or after, once, refused with a sentence, and never another's."""

import io
import json
import uuid

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared.documents.models import Document
from shared.events.actors import staff_actor
from shared.extensions import db
from shared.intake.api_models import AwaitedRecord
from shared.intake.models import Arrival, Verdict
from shared.intake.settling import facts_in
from shared.records import remarks
from shared.records.models import Record
from tests.factories import office
from tests.factories.counter import a_folder
from tests.factories.erp import Erp, an_erp
from tests.factories.identity import a_clerk
from tests.factories.invoices import OTHER_SIRET, SIRET, facturx
from tests.factories.post import an_installation
from tests.shared.documents.corpus import pdf


@pytest.fixture
def erp(app: Flask) -> Erp:
    an_installation()
    erp = an_erp(app)
    assert erp.put("/parties/customers/C1", {"name": "Alpha"}).status_code == 201
    a_folder("Commandes", "order", family=office.folder("c.invoices").family)
    return erp


def papers(erp: Erp, path: str) -> list[str]:
    found: list[str] = erp.get(path).json["documents"]
    return found


def test_a_document_before_its_record_is_attached_when_the_record_comes(erp: Erp) -> None:
    named = {"record_kind": "intervention", "record_number": "ERP-77", "is_attachment": True}
    told = erp.deposit(pdf(), "photo.pdf", party="C1", document_class="contract", **named)
    assert (told.status_code, told.json["verdict"]) == (201, "filed")
    early = erp.deposit(pdf(text="Bon"), party="C1", document_class="order", number="BC-4").json["id"]
    assert erp.put("/records/intervention/I-1", {"party": "C1", "external_id": "ERP-77"}).status_code == 201
    assert erp.put("/records/order/BC-4", {"party": "C1"}).status_code == 201
    assert papers(erp, "/records/intervention/ERP-77") == [told.json["id"]]
    assert papers(erp, "/records/order/BC-4") == [early]
    assert db.session.scalar(select(func.count()).select_from(AwaitedRecord)) == 0


def test_another_party_never_gets_it(erp: Erp) -> None:
    erp.put("/parties/customers/C2", {"name": "Bêta"})
    erp.deposit(pdf(), party="C1", document_class="contract", record_kind="intervention", record_number="I-9")
    assert erp.put("/records/intervention/I-9", {"party": "C2"}).status_code == 201
    assert papers(erp, "/records/intervention/I-9") == []
    late = erp.deposit(pdf(), party="C1", document_class="contract", record_kind="intervention", record_number="I-9")
    assert late.status_code == 422


def test_the_same_bytes_twice_are_one_document(erp: Erp) -> None:
    data = pdf(text="Contrat")
    told = [erp.deposit(data, party="C1", document_class="contract") for _time in range(2)]
    assert [answer.json["verdict"] for answer in told] == ["filed", "known"]
    assert told[0].json["id"] == told[1].json["id"]
    other = json.dumps({"party": "C1", "document_class": "quote"})
    keyed = [
        erp.app.test_client().post(
            "/api/v1/documents",
            data={"metadata": other, "file": (io.BytesIO(data), "a.pdf")},
            headers={"Authorization": f"Bearer {erp.secret}", "Idempotency-Key": "d1"},
        )
        for _time in range(2)
    ]
    assert [answer.status_code for answer in keyed] == [201, 201], keyed[1].text
    assert keyed[0].json == keyed[1].json and keyed[1].headers["Idempotent-Replayed"] == "true"


def test_raw_bytes_with_the_metadata_in_the_query(erp: Erp) -> None:
    folder = office.folder("c.invoices")
    query = {"party": "C1", "folder": folder.path, "number": "AV-1", "is_credit_note": "true", "amount": "-12.00"}
    answer = erp.app.test_client().post(
        "/api/v1/documents",
        query_string=query,
        data=pdf(text="Avoir"),
        headers={"Authorization": f"Bearer {erp.secret}", "Content-Type": "application/pdf"},
    )
    assert answer.status_code == 201, answer.text
    row = db.session.get(Document, uuid.UUID(answer.json["id"]))
    assert row is not None and (row.number, row.is_credit_note, str(row.amount)) == ("AV-1", True, "-12.00")


@pytest.mark.parametrize(
    ("metadata", "data", "field"),
    [
        ({"party": "C404", "document_class": "invoice"}, None, "party"),
        ({"party": "C1"}, None, "folder"),
        ({"party": "C1", "folder": "CLIENTS\\Nulle part\\"}, None, "folder"),
        ({"party": "C1", "document_class": "payslip"}, None, "document_class"),
        ({"party": "C1", "document_class": "invoice", "record_kind": "spell", "record_number": "1"}, None, "kind"),
        ({"party": "C1", "document_class": "invoice", "amount": "12,50"}, None, "amount"),
        ({"party": "C1", "document_class": "invoice"}, b"MZ not a document", "file"),
        ({"party": "C1", "document_class": "invoice", "filename": "../../etc/passwd\x00.pdf"}, None, "file"),
        ({"document_class": "invoice"}, None, "party"),
        ({"party": "C1", "document_class": "invoice", "amount": "NaN"}, None, "amount"),
        ({"party": "C1", "document_class": "invoice", "title": "Facture\u0000"}, None, "title"),
        ({"party": "C1", "document_class": "invoice", "number": "F" * 61}, None, "number"),
    ],
)
def test_what_is_wrong_is_named(erp: Erp, metadata: dict[str, str], data: bytes | None, field: str) -> None:
    answer = erp.deposit(data or pdf(), **metadata)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json"), answer.text
    assert json.loads(answer.text)["errors"][0]["field"] == field


def test_what_the_call_said_of_a_held_file_waits_with_it(erp: Erp) -> None:
    erp.put("/parties/customers/C3", {"name": "Gamma", "is_business": True, "siret": OTHER_SIRET})
    said = {"party": "C3", "document_class": "invoice", "title": "Facture de mars", "number": "FA-9"}
    told = erp.deposit(facturx(siret=SIRET), **said)
    assert (told.status_code, told.json["verdict"], told.json["id"]) == (202, "to_attach", None)
    arrival = db.session.scalars(select(Arrival).where(Arrival.verdict == Verdict.TO_ATTACH)).one()
    known = facts_in(arrival.facts)
    assert (known.title, known.number, known.is_electronic) == ("Facture de mars", "FA-9", True)


def test_a_document_may_bring_its_party(erp: Erp) -> None:
    answer = erp.deposit(pdf(), party={"code": "N1", "name": "Nouveau"}, document_class="quote", number="DV-1")
    assert answer.status_code == 201 and erp.get("/parties/customers/N1").status_code == 200


@pytest.mark.row("B-11")
def test_no_answer_holds_what_staff_note_among_themselves(erp: Erp) -> None:
    erp.put("/records/quote/DV-7", {"party": "C1"})
    document = erp.deposit(pdf(), party="C1", document_class="quote", number="DV-7").json["id"]
    record = db.session.scalars(select(Record)).one()
    clerk = a_clerk()
    secret = "client difficile, ne rien céder"
    remarks.note(subject=record, text=secret, by=staff_actor(clerk))
    db.session.commit()
    for path in ("/records/quote/DV-7", "/records/quote", f"/documents/{document}", "/documents", "/parties/customers"):
        assert secret not in erp.get(path).text
