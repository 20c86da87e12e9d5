"""What people put on the counter: only where it is open, inspected, filed once, told once, shown to those who may."""

import io
import uuid
from datetime import timedelta

import pikepdf
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from shared.access.models import Seat
from shared.clock import today
from shared.deposits.models import Deposit, DocumentRequest
from shared.deposits.requesting import Wanted, ask
from shared.documents.excepting import differ
from shared.documents.models import Document, Folder, Version
from shared.documents.storage import original_key, read, storage
from shared.extensions import db
from shared.notifications.models import Notification
from shared.notifications.rule_models import Rule
from shared.people.models import Grant
from tests.factories import counter, office, post
from tests.factories.identity import Browser, a_clerk, a_holder
from tests.shared.documents.corpus import pdf

BY = "command"


@pytest.fixture
def seat(app: Flask) -> Seat:
    post.an_installation()
    a_clerk()
    party = office.customer(
        "S1", "Transports Morel", key="suppliers", addresses={post.EmailSlot.CARD: "morel@t.example"}
    )
    return a_holder(party=party)


@pytest.fixture
def client(app: Flask, seat: Seat) -> FlaskClient:
    return counter.sign_in(app.test_client(), seat)


def photograph(colour: str = "navy", orientation: int = 1) -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (1600, 900), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def send(client: FlaskClient, folder: Folder, *files: tuple[bytes, str], **more: str) -> object:
    form = BeautifulSoup(client.get("/deposits/new").text, "html5lib")
    token = form.select_one("form[enctype] input[name=csrf_token]")
    once = form.select_one("input[name=once]")
    data = {
        "csrf_token": token["value"] if token else "",
        "once": once["value"] if once else str(uuid.uuid4()),
        "folder": str(folder.id),
        "files": [(io.BytesIO(each), name) for each, name in files],
        **more,
    }
    return client.post("/deposits", data=data, content_type="multipart/form-data")


def deposited() -> list[Document]:
    return list(db.session.scalars(select(Document).where(Document.source == "portal").order_by(Document.id)))


def told() -> list[Notification]:
    return list(db.session.scalars(select(Notification).where(Notification.event == "document.deposited")))


@pytest.mark.parametrize(("family", "folder", "lines"), [("suppliers", "s.certificates", 1), ("customers", "", 0)])
def test_staff_are_told_by_a_rule_that_names_the_family_and_the_folder(
    client: FlaskClient, seat: Seat, family: str, folder: str, lines: int
) -> None:
    rule = db.session.scalars(select(Rule).where(Rule.event == "document.deposited")).one()
    rule.conditions = {"family_ids": [str(office.family(family).id)]}
    if folder:
        rule.conditions |= {"folder_ids": [str(office.folder(folder).id)]}
    db.session.flush()
    send(client, office.folder("s.certificates"), (pdf(), "attestation.pdf"))
    assert len(deposited()) == 1 and len(told()) == lines


@pytest.mark.row("P-13")
def test_photographs_become_one_document_and_staff_are_told_once(client: FlaskClient, seat: Seat) -> None:
    folder = office.folder("s.certificates")
    answer = send(client, folder, (photograph(), "1.jpg"), (photograph("red", 6), "2.jpg"))
    assert answer.status_code == 303  # type: ignore[attr-defined]
    [document] = deposited()
    assert (document.party_id, document.folder_id, document.filed_by) == (
        seat.party_id,
        folder.id,
        f"account:{seat.account_id}",
    )
    version = db.session.scalars(select(Version).where(Version.document_id == document.id)).one()
    with pikepdf.open(io.BytesIO(read(storage(), original_key(version.sha256)))) as bound:
        boxes = [page.mediabox for page in bound.pages]
        assert [box[2] > box[3] for box in boxes] == [True, False], "the second was turned upright"
        assert b"Exif" not in read(storage(), original_key(version.sha256))
    assert len(told()) == 1 and told()[0].facts["party"] == "Transports Morel"
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 1, "who deposited is not told of it"
    assert document.title in client.get("/documents").text


@pytest.mark.row("P-13")
def test_a_read_only_folder_refuses_it(client: FlaskClient, seat: Seat) -> None:
    assert "Commandes" not in client.get("/deposits/new").text
    answer = send(client, office.folder("s.orders"), (pdf(), "commande.pdf"))
    assert answer.status_code == 422 and "ne prend pas de dépôt" in answer.text  # type: ignore[attr-defined]
    assert not deposited() and not told()


@pytest.mark.row("P-13")
def test_an_exception_opens_a_folder_to_one_party(client: FlaskClient, seat: Seat) -> None:
    orders = office.folder("s.orders")
    differ(party=seat.party, folder=orders, values={"deposit_allowed": "1"}, by=BY, revision=0)
    assert send(client, orders, (pdf(), "bon.pdf")).status_code == 303  # type: ignore[attr-defined]
    assert len(deposited()) == 1
    other = a_holder(party=office.customer("S9", key="suppliers"))
    assert "Commandes" not in counter.sign_in(client.application.test_client(), other).get("/deposits/new").text


def test_a_bad_file_refuses_the_whole_deposit(client: FlaskClient) -> None:
    folder = office.folder("s.invoices")
    answer = send(client, folder, (pdf(), "bonne.pdf"), (b"<html>", "fausse.pdf"))
    assert answer.status_code == 422 and "fausse.pdf" in answer.text  # type: ignore[attr-defined]
    assert not deposited() and db.session.scalar(select(func.count()).select_from(Deposit)) == 0
    assert send(client, folder).status_code == 422, "nothing was chosen"  # type: ignore[attr-defined]


def test_the_same_form_twice_is_one_deposit(client: FlaskClient) -> None:
    folder, once = office.folder("s.invoices"), str(uuid.uuid4())
    for _time in range(2):
        assert send(client, folder, (pdf(), "f.pdf"), once=once).status_code == 303  # type: ignore[attr-defined]
    assert len(deposited()) == 1 and len(told()) == 1


def test_what_was_there_already_is_not_added_and_nobody_is_told_again(client: FlaskClient) -> None:
    for _ in range(2):
        send(client, office.folder("s.invoices"), (pdf(text="Facture 9"), "f.pdf"))
    assert len(deposited()) == 1 and len(told()) == 1
    assert "rien n’a été ajouté" in client.get("/documents").text


@pytest.mark.row("P-77")
def test_a_sick_note_opens_to_those_alone_who_have_the_grant(app: Flask, seat: Seat) -> None:
    folder = counter.a_folder("Arrêts de travail", "medical", family=office.family("employees"))
    folder.deposit_allowed = folder.needs_grant = True
    employee = a_holder(party=office.customer("E7", "Camille Martin", key="employees"))
    answer = send(counter.sign_in(app.test_client(), employee), folder, (photograph(), "arret.jpg"))
    assert answer.status_code == 303  # type: ignore[attr-defined]
    [note] = deposited()
    office_browser = Browser(app)
    office_browser.sign_in_staff()
    assert office_browser.get(f"/backoffice/documents/{note.id}").status_code == 404, "an administrator without grant"
    assert note.title not in office_browser.get("/backoffice/explorer?family=employees").text
    assert not told(), "nobody who cannot open it hears of it"
    clerk = a_clerk("referent", email="paie@exemple.fr")
    db.session.add(Grant(staff_id=clerk.id, role_id=clerk.grants[0].role_id, folder_id=folder.id))
    db.session.flush()
    db.session.expire(clerk)
    granted = Browser(app)
    granted.sign_in_staff("paie@exemple.fr")
    assert granted.get(f"/backoffice/documents/{note.id}").status_code == 200
    send(counter.sign_in(app.test_client(), employee), folder, (photograph("green"), "suite.jpg"))
    assert [each.fixed_address for each in told()] == ["paie@exemple.fr"]


@pytest.mark.row("P-81")
def test_a_supplier_sees_an_order_deposits_an_invoice_and_is_asked_again_before_an_attestation_expires(
    client: FlaskClient, seat: Seat
) -> None:
    counter.a_document(seat.party, office.folder("s.orders"), "Commande 4501", data=pdf(text="Commande"))
    assert "Commande 4501" in client.get("/").text
    send(client, office.folder("s.invoices"), (pdf(text="Facture F-88"), "F-88.pdf"))
    ask(party=seat.party, folder=office.folder("s.certificates"), wanted=Wanted("Attestation URSSAF", months=6), by=BY)
    asked = db.session.scalars(select(DocumentRequest)).one()
    home = client.get("/").text
    assert "À fournir" in home and f"/deposits/new?request={asked.id}" in home
    past = {"request": str(asked.id), "valid_until": "2020-01-01"}
    refused = send(client, office.folder("s.certificates"), (pdf(text="Attestation"), "urssaf.pdf"), **past)
    assert refused.status_code == 422 and "Attestation URSSAF" in refused.text  # type: ignore[attr-defined]
    until = today() + timedelta(days=180)
    answer = send(
        client,
        office.folder("s.certificates"),
        (pdf(text="Attestation"), "urssaf.pdf"),
        request=str(asked.id),
        valid_until=until.isoformat(),
    )
    assert answer.status_code == 303  # type: ignore[attr-defined]
    assert asked.closed_at is not None and "À fournir" not in client.get("/").text
    document = deposited()[-1]
    assert (document.title, document.valid_until) == ("Attestation URSSAF", until)
    assert {each.folder.label for each in deposited()} == {"Factures", "Attestations"}


def test_the_explorer_says_who_deposited(app: Flask, client: FlaskClient, seat: Seat) -> None:
    send(client, office.folder("s.invoices"), (pdf(), "f.pdf"))
    browser = Browser(app)
    browser.sign_in_staff()
    assert "déposé par Transports Morel" in browser.get(f"/backoffice/explorer?party={seat.party_id}").text


def test_a_seat_that_was_withdrawn_deposits_nothing(client: FlaskClient, seat: Seat) -> None:
    seat.allowed = False
    db.session.flush()
    assert send(client, office.folder("s.invoices"), (pdf(), "f.pdf")).status_code == 403  # type: ignore[attr-defined]
    assert not deposited()
