"""A person who may see is not thereby one who may sign, deposit or pay: each is a right of its own."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.access.models import Act, Seat
from shared.access.rights import set_acts
from shared.clock import today
from shared.errors import Refused
from shared.extensions import db, uuid7
from shared.people.models import Activity
from shared.records import banking
from shared.records.models import Record
from shared.signatures.seating import open_to_sign
from tests.factories import counter, office, post
from tests.factories.identity import a_clerk, a_holder
from tests.factories.pieces import a_piece
from tests.factories.signing import a_request
from tests.shared.documents.corpus import pdf

IBAN = "FR7630006000011234567890189"


@pytest.fixture(autouse=True)
def _tokens(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = False  # what is refused here is refused for want of a right
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def seat(app: Flask) -> Seat:
    post.an_installation()
    a_clerk()
    return a_holder(party=office.customer("A1", "Maison Alba"))


@pytest.fixture
def client(app: Flask, seat: Seat) -> FlaskClient:
    return counter.sign_in(app.test_client(), seat)


def may(seat: Seat, *acts: Act) -> None:
    set_acts(access=seat.access, acts=acts, by=office.BY)
    db.session.flush()


def again(record: Record) -> Record:
    return db.session.get_one(Record, record.id, populate_existing=True)


@pytest.mark.row("P-53")
def test_whoever_may_only_see_reads_what_is_to_be_signed_and_signs_nothing(client: FlaskClient, seat: Seat) -> None:
    request = a_request(seat.party, seat.access.contact)
    page = f"/signatures/{request.signers[0].id}"
    assert client.get(page).status_code == 200 and "a-signer" in client.get("/").text
    may(seat, Act.DEPOSIT, Act.PAY)
    for url in ("/signatures", page, f"{page}/sign", f"/documents/{request.document_id}/signature"):
        answer = client.get(url)
        assert answer.status_code == 403 and "Vous pouvez lire, pas signer" in answer.text, url
    assert client.post(f"{page}/sign", data={"name": "Camille Martin"}).status_code == 403
    assert "a-signer" not in client.get("/").text
    may(seat, *Act)
    assert client.get(page).status_code == 403, "what is given waits for the synchronisation"


@pytest.mark.row("P-53")
def test_a_quote_is_answered_by_whoever_may_sign_alone(client: FlaskClient, seat: Seat) -> None:
    quote = a_piece(seat.party, "quote", "DE-1", amount="120", valid_until=today() + timedelta(days=9))
    page = f"/quotes/{quote.id}"
    assert "Accepter le devis" in client.get(page).text
    may(seat)
    told = client.get(page).text
    assert "Accepter le devis" not in told and "personne habilitée" in told and "Une question sur ce devis" in told
    assert client.get(f"{page}/refuse").status_code == 403
    for way in ("accept", "refuse"):
        assert client.post(f"{page}/{way}", data={"reason": "Non"}).status_code == 403
    assert again(quote).status == "validated"


@pytest.mark.row("P-53")
def test_nothing_is_deposited_without_the_right(app: Flask) -> None:
    post.an_installation()
    a_clerk()
    seat = a_holder(party=office.customer("S1", "Transports Morel", key="suppliers"))
    client = counter.sign_in(app.test_client(), seat)
    assert "/deposits/new" in client.get("/").text
    may(seat, Act.SIGN)
    assert "/deposits/new" not in client.get("/").text
    data = {"folder": str(office.folder("s.certificates").id), "files": [(io.BytesIO(pdf()), "a.pdf")]}
    assert client.post("/deposits", data=data, content_type="multipart/form-data").status_code == 422


@pytest.mark.row("P-53")
def test_how_to_pay_is_shown_to_whoever_may_pay(client: FlaskClient, seat: Seat) -> None:
    invoice = a_piece(seat.party, "invoice", "FA-1", amount="120")
    db.session.add(Activity(id=uuid7(), name="Lumière & Fils", domain="exemple.fr"))
    account = banking.enter(holder="Lumière & Fils SAS", iban=IBAN, bic="AGRIFRPP", by="staff:one")
    banking.verify(account=account, by="staff:another")
    assert "IBAN" in client.get(f"/records/{invoice.id}").text
    may(seat, Act.SIGN, Act.DEPOSIT)
    assert "IBAN" not in client.get(f"/records/{invoice.id}").text
    assert "FA-1" in client.get("/statement").text


def test_nobody_is_asked_to_sign_whose_access_does_not_let_them(seat: Seat) -> None:
    may(seat, Act.PAY)
    with pytest.raises(Refused, match="ne permet pas de signer"):
        open_to_sign(contact=seat.access.contact, by=office.BY)
