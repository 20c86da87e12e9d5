"""Signing in the back office: for the company with one's own session, and on the tablet that a clerk hands over."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.access.models import Seat
from shared.extensions import db
from shared.people.models import Staff
from shared.signatures.models import Level, Signature, SignatureRequest, Signer, Trace
from tests.factories import office, post
from tests.factories.counter import a_seat
from tests.factories.identity import STAFF_PASSWORD, Browser, a_clerk, signed_in
from tests.factories.signing import STROKES, a_request, form_of

KNOWN_BY = "Carte d’identité vue"


@pytest.fixture
def clerk(app: Flask) -> Staff:
    post.an_installation(), office.an_installation()
    return a_clerk()


@pytest.fixture
def browser(app: Flask, clerk: Staff) -> Browser:
    app.config["WTF_CSRF_ENABLED"] = False
    return signed_in(app)


@pytest.fixture(autouse=True)
def _tokens(app: Flask) -> object:
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def seat(clerk: Staff) -> Seat:
    return a_seat(office.customer("A1", "Alpha"))


def read(browser: Browser, base: str, request: SignatureRequest) -> dict[str, object]:
    """Read to the end, then the form."""
    assert browser.client.get(base).status_code == 200
    digest = request.prepared_sha256
    assert browser.client.post(f"{base}/read", data={"sha256": digest, "go": "1"}).location.endswith("/sign")
    return form_of(browser.client, f"{base}/sign")


def signatures() -> list[Signature]:
    db.session.expire_all()
    return list(db.session.scalars(select(Signature)))


def test_the_company_countersigns_by_the_person_who_was_asked(browser: Browser, clerk: Staff, seat: Seat) -> None:
    request = a_request(seat.party, seat.access.contact, staff=clerk, level=Level.REINFORCED)
    customer, company = request.signers
    assert "Devis 12" in browser.get("/backoffice/countersigning").text
    assert browser.get(f"/backoffice/countersigning/{customer.id}").status_code == 404
    base = f"/backoffice/countersigning/{company.id}"
    fields = read(browser, base, request)
    assert browser.client.post(f"{base}/sign", data=fields).status_code == 303
    (made,) = signatures()
    assert made.name == clerk.name and made.identity["how"] == "staff" and made.code_id is None
    assert browser.client.post(f"{base}/sign", data=fields).status_code == 303 and len(signatures()) == 1


def test_nobody_countersigns_for_a_colleague(app: Flask, browser: Browser, seat: Seat) -> None:
    other = Staff(email="paul@exemple.fr", name="Paul Roux")
    db.session.add(other)
    db.session.flush()
    (company,) = a_request(seat.party, staff=other).signers
    base = f"/backoffice/countersigning/{company.id}"
    for path in ("", "/sign", "/file"):
        assert browser.client.get(f"{base}{path}").status_code == 404
    for path in ("/sign", "/read", "/code"):
        assert browser.client.post(f"{base}{path}").status_code == 404
    assert not signatures()


def hand_over(browser: Browser, signer: Signer) -> str:
    begin = f"/backoffice/in-person/{signer.id}/begin"
    assert "Tendre la tablette" in browser.get(begin).text
    assert browser.client.post(begin, data={"known_by": " "}).status_code == 422, "the proof says how"
    assert browser.client.post(begin, data={"known_by": KNOWN_BY}).status_code == 303
    return f"/backoffice/in-person/{signer.id}"


def test_on_the_tablet_one_signs_in_front_of_a_witness(browser: Browser, clerk: Staff, seat: Seat) -> None:
    request = a_request(seat.party, seat.access.contact)
    (signer,) = request.signers
    base = f"/backoffice/in-person/{signer.id}"
    assert browser.client.get(base).status_code == 404, "not before it is handed over"
    fields = read(browser, hand_over(browser, signer), request) | {"mode": "drawn", "strokes": STROKES}
    assert browser.client.post(f"{base}/sign", data=fields).status_code == 303
    (made,) = signatures()
    assert made.witness_id == clerk.id and made.account_id is None and made.code_id is None
    assert made.identity["how"] == "in_person" and made.identity["established_by"] == KNOWN_BY
    accepted = db.session.scalars(select(Trace.facts).where(Trace.kind == "accepted")).one()
    assert accepted["witness"] == str(clerk.id)
    assert "Votre signature est enregistrée" in browser.get(base).text


def test_the_tablet_opens_nothing_else_before_the_clerks_password(browser: Browser, seat: Seat) -> None:
    request = a_request(seat.party, seat.access.contact)
    (other,) = a_request(seat.party, seat.access.contact, title="Autre").signers
    (signer,) = request.signers
    base = hand_over(browser, signer)
    for path in ("/", "/parties", f"/parties/{seat.party_id}", "/account", f"/countersigning/{other.id}", "/sign-in"):
        answer = browser.client.get(f"/backoffice{path}")
        assert answer.status_code == 303 and answer.location.endswith(base), path
    assert browser.client.get(f"/backoffice/in-person/{other.id}").status_code == 404
    assert browser.client.post(f"/backoffice/parties/{seat.party_id}/portal-client").status_code == 403
    assert browser.client.post("/backoffice/sign-out").status_code == 403
    leave = "/backoffice/in-person/leave"
    assert browser.client.get(leave).status_code == 200
    assert browser.client.post(leave, data={"password": "perdu"}).status_code == 422
    assert browser.client.get("/backoffice/parties").status_code == 303
    assert browser.client.post(leave, data={"password": STAFF_PASSWORD}).status_code == 303
    assert browser.client.get("/backoffice/parties").status_code == 200
    assert browser.client.get(base).status_code == 404


def test_at_the_reinforced_level_the_tablet_asks_for_the_signers_code(browser: Browser, seat: Seat) -> None:
    request = a_request(seat.party, seat.access.contact, level=Level.REINFORCED)
    base = hand_over(browser, request.signers[0])
    fields = read(browser, base, request)
    answer = browser.client.post(f"{base}/sign", data=fields)
    assert answer.status_code == 422 and "Code de confirmation" in answer.text and not signatures()
