"""Signing on the portal by forms alone: read, accept, sign, once; nobody for another, nothing that was not shown."""

import io
import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shared.access.models import Seat
from shared.clock import now
from shared.documents.storage import original_key, storage
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Contact
from shared.signatures.drawing_models import Drawing
from shared.signatures.models import Signature, SignatureRequest, Signer, SignerState, Trace
from tests.factories.counter import a_party, a_seat, sign_in
from tests.factories.signing import STROKES, a_request, form_of, replaced


@pytest.fixture
def seat(app: Flask) -> Seat:
    return a_seat(a_party(), folders=[])


@pytest.fixture
def client(app: Flask, seat: Seat) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    return sign_in(app.test_client(), seat)


@pytest.fixture(autouse=True)
def _tokens(app: Flask) -> object:
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def request_(seat: Seat) -> SignatureRequest:
    return a_request(seat.party, seat.access.contact)


def mine(request: SignatureRequest) -> Signer:
    return request.signers[0]


def at(signer: Signer) -> str:
    return f"/signatures/{signer.id}"


def read(client: FlaskClient, signer: Signer) -> TestResponse:
    """« J’ai lu jusqu’au bout »."""
    digest = signer.request.prepared_sha256
    return client.post(f"{at(signer)}/read", data={"sha256": digest, "go": "1"})


def signatures() -> list[Signature]:
    db.session.expire_all()
    return list(db.session.scalars(select(Signature)))


def test_the_home_shows_what_awaits_a_signature_first_one_tap_from_its_page(
    client: FlaskClient, request_: SignatureRequest
) -> None:
    page = BeautifulSoup(client.get("/").text, "html5lib")
    assert page.select_one("main h2").text.startswith("À signer")
    assert page.select_one(f"main article a[href='{at(mine(request_))}']").text == "Devis 12"
    assert page.select_one("nav a[href='/signatures'] .g-count").text.startswith("1")
    landing = client.get(f"/documents/{request_.document_id}/signature")
    assert landing.status_code == 303 and landing.location.endswith(at(mine(request_)))


@pytest.mark.row("P-17")
def test_without_a_script_one_reads_accepts_types_a_name_and_has_signed(
    client: FlaskClient, request_: SignatureRequest
) -> None:
    signer, name = mine(request_), "Camille Martin"
    first = BeautifulSoup(client.get(at(signer)).text, "html5lib")
    assert first.select_one("figure img")["alt"] == "Page 1 sur 2"
    assert "Devis 12, page 1" in first.select_one(".g-read").text
    assert client.get(first.select_one("figure img")["src"]).content_type == "image/webp"
    last = BeautifulSoup(client.get(first.select_one("a[rel=next]")["href"]).text, "html5lib")
    assert "J’ai lu jusqu’au bout" in last.select_one(".g-sign__bar").text
    assert client.get(f"{at(signer)}/sign").location.endswith(at(signer)), "nothing is signed before it is read"
    assert read(client, signer).location.endswith(f"{at(signer)}/sign")
    fields = form_of(client, f"{at(signer)}/sign")
    assert not BeautifulSoup(client.get(f"{at(signer)}/sign").text, "html5lib").select("[name=consent][checked]")
    forged = {"signed_at": "2020-01-01", "ip": "6.6.6.6", "full_name": "Autre", "name": "Autre", "pdf_base64": "x"}
    assert client.post(f"{at(signer)}/sign", data=fields | forged).status_code == 303
    (made,) = signatures()
    assert (made.name, made.typed, made.mode.value, made.ip) == (name, name, "typed", "127.0.0.1")
    assert made.shown_sha256 == request_.prepared_sha256 and now() - made.accepted_at < timedelta(minutes=1)
    assert (
        "articles 1366 et 1367 du Code civil" in made.consent_text
        and "signature électronique simple" in made.consent_text
    )
    assert made.identity["how"] == "account"
    assert mine(request_).state is SignerState.ACCEPTED
    kinds = db.session.scalars(select(Trace.kind).where(Trace.request_id == request_.id).order_by(Trace.number)).all()
    assert kinds == ["opened", "read", "accepted"]
    assert "Votre signature est enregistrée" in client.get(at(signer)).text


def test_looking_marks_nothing_and_a_person_marks_each_step_once(
    client: FlaskClient, request_: SignatureRequest
) -> None:
    signer = mine(request_)
    client.get(at(signer)), client.head(at(signer)), client.get(f"{at(signer)}/pages/2?width=720")
    db.session.expire_all()
    assert mine(request_).opened_at is None and mine(request_).read_at is None
    for _ in range(2):
        assert client.post(f"{at(signer)}/opened").status_code == 204
        assert client.post(f"{at(signer)}/read", data={"sha256": request_.prepared_sha256}).status_code == 204
    opened = select(func.count()).select_from(Event).where(Event.name == "signature.opened")
    assert db.session.scalar(opened) == 1
    assert db.session.scalar(select(func.count()).select_from(Trace)) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"consent": []}, "Cochez la case"),
        ({"typed": ""}, "Tapez votre nom"),
        ({"typed": "Jean Dupont"}, "personne ne signe pour un autre"),
        ({"mode": "drawn", "strokes": ""}, "vide ou trop simple"),
        ({"mode": "drawn", "strokes": "[[[1,1],[400,200]]]"}, "vide ou trop simple"),
        ({"mode": "drawn", "strokes": "[[[1,1],[9000,2]]]"}, "pas été reçu en entier"),
        ({"mode": "drawn", "strokes": "[" * 5000}, "pas été reçu en entier"),
        ({"mode": "none"}, "Choisissez comment vous signez"),
        ({"mode": "image", "image": (io.BytesIO(b"GIF89a"), "a.png")}, "PNG ou JPEG"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_signed(
    client: FlaskClient, request_: SignatureRequest, change: dict[str, object], said: str
) -> None:
    signer = mine(request_)
    read(client, signer)
    fields = form_of(client, f"{at(signer)}/sign") | change
    answer = client.post(f"{at(signer)}/sign", data=fields)
    assert answer.status_code == 422 and said in answer.text
    assert not signatures()


def test_signing_what_was_never_read_is_refused(client: FlaskClient, request_: SignatureRequest) -> None:
    signer = mine(request_)
    read(client, signer)
    fields = form_of(client, f"{at(signer)}/sign")
    signer.read_at = None
    answer = client.post(f"{at(signer)}/sign", data=fields)
    assert answer.status_code == 422 and "Lisez d’abord" in answer.text and not signatures()


def test_a_drawing_and_an_image_become_pictures_made_here(client: FlaskClient, seat: Seat) -> None:
    for number, change in enumerate(({"mode": "drawn", "strokes": STROKES}, {"mode": "image"})):
        signer = mine(a_request(seat.party, seat.access.contact, title=f"Devis {number}"))
        read(client, signer)
        fields = form_of(client, f"{at(signer)}/sign") | change
        if fields["mode"] == "image":
            out = io.BytesIO()
            picture = Image.new("RGB", (900, 300), "white")
            picture.paste("navy", (100, 100, 700, 140))
            picture.save(out, "JPEG")
            fields["image"] = (io.BytesIO(out.getvalue()), "moi.jpg")
        assert client.post(f"{at(signer)}/sign", data=fields).status_code == 303
        made = db.session.scalars(select(Signature).where(Signature.signer_id == signer.id)).one()
        with Image.open(io.BytesIO(made.picture)) as opened:
            assert opened.format == "PNG" and opened.width <= 500 and opened.height <= 250


@pytest.mark.row("P-17")
def test_a_second_signing_shows_the_first_result(client: FlaskClient, request_: SignatureRequest) -> None:
    signer = mine(request_)
    read(client, signer)
    fields = form_of(client, f"{at(signer)}/sign")
    for _ in range(3):
        answer = client.post(f"{at(signer)}/sign", data=fields)
        assert answer.status_code == 303 and answer.location.endswith(at(signer))
    assert len(signatures()) == 1
    accepted = select(func.count()).select_from(Event).where(Event.name == "signature.accepted")
    assert db.session.scalar(accepted) == 1


def test_a_document_that_changed_is_not_signed_and_the_new_one_is_shown(
    client: FlaskClient, request_: SignatureRequest
) -> None:
    signer = mine(request_)
    read(client, signer)
    fields = form_of(client, f"{at(signer)}/sign")
    replaced(request_)
    answer = client.post(f"{at(signer)}/sign", data=fields)
    assert answer.status_code == 409 and "Le document a changé" in answer.text
    assert request_.prepared_sha256 in client.get(f"{at(signer)}?page=2").text
    assert not signatures()


def test_bytes_that_changed_in_the_storage_are_not_signed(client: FlaskClient, request_: SignatureRequest) -> None:
    signer = mine(request_)
    read(client, signer)
    fields = form_of(client, f"{at(signer)}/sign")
    storage().path(original_key(request_.prepared_sha256 or "")).write_bytes(b"%PDF-1.4 other")  # type: ignore[attr-defined]
    answer = client.post(f"{at(signer)}/sign", data=fields)
    assert answer.status_code == 503 and not signatures()
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.name == "document.damaged")) == 1


def test_somebody_else_is_nobody_here(app: Flask, client: FlaskClient, seat: Seat) -> None:
    colleague = a_seat(seat.party, folders=[])
    colleague.access.contact.email, colleague.access.contact.phone = "secret@exemple.fr", "0612345678"
    request = a_request(seat.party, seat.access.contact, colleague.access.contact)
    own, other = request.signers
    for path in ("", "/sign", "/pages/1?width=720", "/file", "/proof"):
        assert client.get(f"{at(other)}{path}").status_code == 404
    for path in ("/opened", "/read", "/sign", "/code", "/telephone", "/refuse", "/delegate", "/question"):
        assert client.post(f"{at(other)}{path}").status_code == 404
    assert client.get(f"/signatures/together?with={own.id}&with={other.id}").status_code == 404
    assert client.get(f"/signatures/{uuid.uuid4()}").status_code == 404
    read(client, own)
    for path in ("", "/sign", "/delegate"):
        shown = client.get(f"{at(own)}{path}").text
        assert str(other.id) not in shown and "secret@" not in shown and "12345678" not in shown
    stranger = sign_in(app.test_client(), a_seat(a_party()))
    assert stranger.get(at(own)).status_code == 404


def test_several_documents_are_signed_by_one_act(client: FlaskClient, seat: Seat) -> None:
    two = [mine(a_request(seat.party, seat.access.contact, title=f"Contrat {n}")) for n in (1, 2)]
    url = f"/signatures/together?with={two[0].id}&with={two[1].id}"
    assert client.get(url).status_code == 303, "each is to be read first"
    for signer in two:
        read(client, signer)
    assert "Signer les 2 documents lus" in client.get("/signatures").text
    fields = form_of(client, url)
    assert len(fields["consent"]) == 2  # type: ignore[arg-type]
    half = client.post("/signatures/together/sign", data=fields | {"consent": fields["consent"][:1]})  # type: ignore[index]
    assert half.status_code == 422 and not signatures()
    assert client.post("/signatures/together/sign", data=fields).status_code == 303
    assert {one.signer_id for one in signatures()} == {signer.id for signer in two}
    together = db.session.scalars(select(Trace.facts["together"]).where(Trace.kind == "accepted")).all()
    assert all(len(shas) == 2 for shas in together)


def test_a_telephone_draws_for_the_computer_once(app: Flask, client: FlaskClient, request_: SignatureRequest) -> None:
    signer = mine(request_)
    read(client, signer)
    shown = client.post(f"{at(signer)}/telephone", headers={"HX-Request": "true", "HX-Target": "div#elsewhere"}).text
    drawing = db.session.scalars(select(Drawing)).one()
    assert "<svg" in shown and "Visez ce code" in shown
    from shared.signatures.drawing_elsewhere import open_elsewhere

    drawing, secret = open_elsewhere(signer=signer)  # the same again, to know the address
    phone = app.test_client()
    page = phone.get(f"/draw/{secret}")
    assert page.status_code == 200 and "Devis 12" in page.text and "Camille" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    following = f"{at(signer)}/telephone/{drawing.id}"
    assert client.get(following).status_code == 204
    assert phone.post(f"/draw/{secret}", data={"strokes": "[]"}).status_code == 422
    assert phone.post(f"/draw/{secret}", data={"strokes": STROKES}).status_code == 200
    assert phone.get(f"/draw/{secret}").status_code == 410
    assert phone.post(f"/draw/{secret}", data={"strokes": STROKES}).status_code == 410
    assert "Votre dessin est arrivé" in client.get(following).text
    assert client.get(f"{following}?picture=1").content_type == "image/png"
    fields = form_of(client, f"{at(signer)}/sign") | {"mode": "drawn", "drawing": str(drawing.id)}
    assert client.post(f"{at(signer)}/sign", data=fields).status_code == 303
    assert signatures()[0].picture is not None


def contact_of(seat: Seat) -> Contact:
    return seat.access.contact
