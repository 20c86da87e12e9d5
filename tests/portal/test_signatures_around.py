"""Around the signature on the portal: the code that confirms, saying no, going back on it, looking as the customer."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.access.models import Seat
from shared.clock import now
from shared.extensions import db
from shared.notifications.models import Notification
from shared.signatures.code_models import SigningCode
from shared.signatures.models import (
    Level,
    Question,
    RequestState,
    Signature,
    SignatureRequest,
    Signer,
    SignerState,
    Trace,
    Withdrawal,
)
from tests.factories import office, post
from tests.factories.codes import lines, waiting_code, wrong
from tests.factories.counter import a_party, a_seat, sign_in
from tests.factories.identity import Browser, a_clerk
from tests.factories.signing import a_request, form_of, replaced

RECEIPT = "camille@exemple.fr"


@pytest.fixture
def seat(app: Flask) -> Seat:
    post.an_installation()
    seat = a_seat(a_party(), folders=[])
    seat.account.email, seat.account.email_verified_at = RECEIPT, now()
    db.session.flush()
    return seat


@pytest.fixture
def client(app: Flask, seat: Seat) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    return sign_in(app.test_client(), seat)


@pytest.fixture(autouse=True)
def _tokens(app: Flask) -> object:
    yield
    app.config["WTF_CSRF_ENABLED"] = True


def at(signer: Signer) -> str:
    return f"/signatures/{signer.id}"


def ready(client: FlaskClient, request: SignatureRequest) -> Signer:
    """Read to its end."""
    (signer,) = request.signers
    client.post(f"{at(signer)}/read", data={"sha256": request.prepared_sha256, "go": "1"})
    return signer


def signatures() -> list[Signature]:
    db.session.expire_all()
    return list(db.session.scalars(select(Signature)))


def test_the_reinforced_level_asks_for_a_code_sent_where_we_know(client: FlaskClient, seat: Seat) -> None:
    request = a_request(seat.party, seat.access.contact, level=Level.REINFORCED)
    signer = ready(client, request)
    page = client.get(f"{at(signer)}/sign").text
    assert "c•••@exemple.fr" in page and RECEIPT not in page
    fields = form_of(client, f"{at(signer)}/sign")
    assert client.post(f"{at(signer)}/sign", data=fields).status_code == 422
    sent = client.post(f"{at(signer)}/code", data=fields | {"channel": "email", "address": "moi@ailleurs.fr"})
    assert sent.status_code == 200 and "Code envoyé à c•••@exemple.fr" in sent.text
    field = BeautifulSoup(sent.text, "html5lib").select_one("input[name=code]")
    assert (field["autocomplete"], field["inputmode"]) == ("one-time-code", "numeric")
    assert BeautifulSoup(sent.text, "html5lib").select_one("[name=consent]").has_attr("checked"), (
        "nothing typed is lost"
    )
    assert db.session.scalars(select(SigningCode.address)).all() == [RECEIPT]
    code = waiting_code(lines()[-1])
    assert client.post(f"{at(signer)}/sign", data=fields | {"code": wrong(code)}).status_code == 422
    assert not signatures()
    assert client.post(f"{at(signer)}/sign", data=fields | {"code": f"{code[:3]} {code[3:]}"}).status_code == 303
    (made,) = signatures()
    assert made.code_id is not None and "renforcée" in made.consent_text
    steps = db.session.execute(select(Trace.kind, Trace.facts).where(Trace.kind.like("code%")).order_by(Trace.number))
    assert [(kind, facts["code"], facts["to"]) for kind, facts in steps] == [
        ("code_sent", str(made.code_id), "c•••@exemple.fr"),
        ("code_used", str(made.code_id), "c•••@exemple.fr"),
    ]


def test_a_code_is_dead_once_the_document_changed(client: FlaskClient, seat: Seat) -> None:
    request = a_request(seat.party, seat.access.contact, level=Level.REINFORCED)
    signer = ready(client, request)
    client.post(f"{at(signer)}/code", data=form_of(client, f"{at(signer)}/sign") | {"channel": "email"})
    code = waiting_code(lines()[-1])
    replaced(request)
    fields = form_of(client, f"{at(signer)}/sign") | {"code": code}
    assert client.post(f"{at(signer)}/sign", data=fields).status_code == 422
    assert not signatures()


def test_one_code_confirms_several_documents_and_no_others(client: FlaskClient, seat: Seat) -> None:
    requests = [a_request(seat.party, seat.access.contact, title=f"Bail {n}", level=Level.REINFORCED) for n in (1, 2)]
    one, two = [ready(client, request) for request in requests]
    url = f"/signatures/together?with={one.id}&with={two.id}"
    fields = form_of(client, url)
    client.post("/signatures/together/code", data=fields | {"channel": "email"})
    assert re.search("Bail . et 1 autre document", lines()[-1].facts["title"])
    code = waiting_code(lines()[-1])
    alone = form_of(client, f"{at(one)}/sign") | {"code": code}
    assert client.post(f"{at(one)}/sign", data=alone).status_code == 422, "it is bound to both"
    assert client.post("/signatures/together/sign", data=fields | {"code": code}).status_code == 303
    assert len({made.code_id for made in signatures()}) == 1 and len(signatures()) == 2


def test_no_with_a_reason_a_question_and_a_colleague(client: FlaskClient, seat: Seat) -> None:
    asked, handed, refused = (a_request(seat.party, seat.access.contact, title=title) for title in "ABC")
    (signer,) = asked.signers
    assert client.post(f"{at(signer)}/question", data={"text": ""}).status_code == 422
    assert client.post(f"{at(signer)}/question", data={"text": "Quel délai ?"}).status_code == 303
    assert db.session.scalars(select(Question.text)).all() == ["Quel délai ?"]
    assert "Quel délai ?" in client.get(f"{at(signer)}/question").text
    (signer,) = handed.signers
    name = {"given_name": "Lou", "family_name": "Petit", "email": "lou@exemple.fr"}
    assert client.post(f"{at(signer)}/delegate", data=name | {"email": "nulle part"}).status_code == 422
    assert client.post(f"{at(signer)}/delegate", data=name).status_code == 303
    db.session.expire_all()
    assert {one.state for one in handed.signers} == {SignerState.DELEGATED, SignerState.ASKED}
    assert "Vous avez confié" in client.get(at(signer)).text
    (signer,) = refused.signers
    without = client.post(f"{at(signer)}/refuse", data={"reason": "  "})
    assert without.status_code == 422 and refused.state is RequestState.OPEN
    assert client.post(f"{at(signer)}/refuse", data={"reason": "Trop cher"}).status_code == 303
    db.session.expire_all()
    assert (refused.state, refused.ended_because) == (RequestState.REFUSED, "Trop cher")
    assert "Vous avez refusé" in client.get(at(signer)).text


@pytest.mark.row("P-72")
def test_looking_as_the_customer_signs_nothing(app: Flask) -> None:
    post.an_installation(), office.an_installation(), a_clerk()
    party = office.customer("A1", "Alpha")
    seat = a_seat(party)
    (signer,) = a_request(party, seat.access.contact).signers
    browser = Browser(app)
    browser.sign_in_staff()
    browser.get("/backoffice/account")
    ticket = browser.post(f"/backoffice/parties/{party.id}/portal-client")
    browser.client.get(ticket.location)
    assert browser.get("/").status_code == 200
    for path in ("", "/sign", "/pages/1?width=720"):
        assert browser.get(f"{at(signer)}{path}").status_code == 403
    for path in ("/opened", "/read", "/sign", "/code", "/refuse"):
        assert browser.post(f"{at(signer)}{path}").status_code == 403
    db.session.expire_all()
    assert signer.state is SignerState.ASKED and signer.opened_at is None


def signed(request: SignatureRequest, day: datetime) -> Signer:
    """Completed that day."""
    (signer,) = request.signers
    signer.state, request.state, request.ended_at = SignerState.SEALED, RequestState.COMPLETED, day
    db.session.flush()
    return signer


@pytest.mark.row("FR-17")
def test_a_consumer_goes_back_on_a_signed_quote_for_fourteen_days(client: FlaskClient, seat: Seat) -> None:
    seat.party.is_business = False
    begun = datetime(2026, 11, 2, 9, tzinfo=UTC)  # the fourteenth day is a Monday
    signer = signed(a_request(seat.party, seat.access.contact), begun)
    for days, shown in ((0, True), (14, True), (15, False)):
        with time_machine.travel(begun + timedelta(days=days), tick=False):
            sign_in(client, seat)
            assert ("renoncer au contrat ici" in client.get(at(signer)).text) is shown
    with time_machine.travel(begun + timedelta(days=3), tick=False):
        sign_in(client, seat)
        step = client.get(f"{at(signer)}/withdraw").text
        assert "Confirmer la rétractation" in step
        assert db.session.scalar(select(Withdrawal.id)) is None, "the first step does nothing"
        for _ in range(2):
            told = {"name": "Camille Martin", "address": RECEIPT}
            assert client.post(f"{at(signer)}/withdraw", data=told).status_code == 303
        shown = client.get(at(signer)).text
        assert "Vous avez renoncé à ce contrat" in shown and "renoncer au contrat ici" not in shown
    assert len(db.session.scalars(select(Withdrawal.id)).all()) == 1
    (receipt,) = db.session.scalars(select(Notification).where(Notification.fixed_address == RECEIPT))
    assert receipt.event == "signature.withdrawn" and "5 novembre 2026" in receipt.facts["comment"]


@pytest.mark.row("FR-17")
def test_the_right_is_a_consumers_and_ends_on_a_working_day(client: FlaskClient, seat: Seat) -> None:
    begun = datetime(2026, 10, 30, 9, tzinfo=UTC)  # the fourteenth day is a Friday
    with time_machine.travel(begun, tick=False):
        sign_in(client, seat)
        business = signed(a_request(seat.party, seat.access.contact), begun)
        assert "renoncer au contrat" not in client.get(at(business)).text
        assert client.post(f"{at(business)}/withdraw", data={"name": "A", "address": RECEIPT}).status_code == 422
        seat.party.is_business = False
        invoice = signed(a_request(seat.party, seat.access.contact, document_class="invoice"), begun)
        assert "renoncer au contrat" not in client.get(at(invoice)).text
        saturday = signed(a_request(seat.party, seat.access.contact, title="B"), begun + timedelta(days=1))
    with time_machine.travel(begun + timedelta(days=17), tick=False):  # Monday after Saturday 14 November
        sign_in(client, seat)
        assert "renoncer au contrat ici" in client.get(at(saturday)).text
        assert client.post(f"{at(business)}/withdraw", data={"name": "A", "address": RECEIPT}).status_code == 422
