"""Quotes, orders, appointments, exchanges and messages, as a customer meets them."""

import io
from datetime import timedelta
from decimal import Decimal

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared.access.models import Seat
from shared.clock import now, today
from shared.documents.models import Document, Folder
from shared.events.actors import staff_actor
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.notifications.models import Notification
from shared.people.models import Activity, Staff
from shared.records import remarks
from shared.records.models import Answer, Record
from shared.records.moving import move
from shared.records.visible import papers_seen
from shared.retention.telling import told as told_of
from tests.factories import post
from tests.factories.counter import a_document, a_folder, a_party, a_seat, read, sign_in
from tests.factories.identity import a_clerk
from tests.factories.invoices import facturx
from tests.factories.pieces import a_piece, joined


@pytest.fixture
def clerk(app: Flask) -> Staff:
    post.an_installation()
    db.session.add(Activity(id=uuid7(), name="Lumière & Fils", domain="exemple.fr"))
    return a_clerk()


@pytest.fixture
def quotes(app: Flask) -> Folder:
    return a_folder("Devis", "quote")


@pytest.fixture
def seat(quotes: Folder) -> Seat:
    return a_seat(a_party())


@pytest.fixture
def client(app: Flask, seat: Seat) -> FlaskClient:
    return sign_in(app.test_client(), seat)


def send(client: FlaskClient, page: str, action: str, **fields: str) -> TestResponse:
    """Post the form of that page; the token is on the page."""
    token = read(client, page).select_one("form input[name=csrf_token]")
    return client.post(action, data={"csrf_token": token["value"] if token else "", **fields})


def happened(name: str) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.name == name).order_by(Event.id)))


def a_quote(seat: Seat, folder: Folder, number: str, days: int | None, **more: object) -> Record:
    paper = a_document(seat.party, folder, f"Devis {number}", number)
    until = None if days is None else today() + timedelta(days=days)
    more = {"title": f"Objet {number}", "amount": "120", **more}
    return a_piece(seat.party, "quote", number, papers=[paper], valid_until=until, **more)  # type: ignore[arg-type]


@pytest.mark.row("P-24")
def test_every_shared_quote_with_its_state_and_days_left(client: FlaskClient, seat: Seat, quotes: Folder) -> None:
    a_quote(seat, quotes, "DE-1", 3)
    a_quote(seat, quotes, "DE-2", 0)
    a_quote(seat, quotes, "DE-3", -1)
    a_quote(seat, quotes, "DE-4", None, status="accepted")
    a_quote(seat, quotes, "DE-5", None, status="draft")
    a_document(seat.party, quotes, "Sans pièce", "DE-6", due_on=today() + timedelta(days=9))
    hidden = a_document(seat.party, quotes, "Pas publié", "DE-7", live=False)
    a_piece(seat.party, "quote", "DE-7", papers=[hidden])
    a_quote(a_seat(a_party()), quotes, "DE-8", 5)
    cards = {card.select_one("h3").text: card.text for card in read(client, "/quotes").select(".g-doc")}
    assert set(cards) == {"Objet DE-1", "Objet DE-2", "Objet DE-3", "Objet DE-4", "Devis DE-5", "Sans pièce"}
    assert "En attente de réponse" in cards["Objet DE-1"] and "encore 3 jours" in cards["Objet DE-1"]
    assert "dernier jour" in cards["Objet DE-2"]
    assert "Expiré" in cards["Objet DE-3"] and "Accepté" in cards["Objet DE-4"]
    assert "encore 9 jours" in cards["Sans pièce"]


@pytest.mark.row("B-10")
def test_a_refusal_without_its_reason_is_refused_where_the_folder_asks(
    client: FlaskClient, seat: Seat, quotes: Folder, clerk: Staff
) -> None:
    quotes.reason_required = True
    quote = a_quote(seat, quotes, "DE-1", 3)
    url = f"/quotes/{quote.id}/refuse"
    refused = send(client, url, url, reason=" ")
    assert refused.status_code == 422 and "Dites en un mot pourquoi" in refused.text
    assert db.session.get_one(Record, quote.id).status == "validated"
    assert send(client, url, url, reason="Trop cher").status_code == 303
    (event,) = happened("quote.refused")
    assert event.facts["reason"] == "Trop cher" and event.actor == f"account:{seat.account_id}"
    assert "Trop cher" in read(client, f"/quotes/{quote.id}").text

    db.session.expire_all()
    move(record=db.session.get_one(Record, quote.id), move="reopen", by=staff_actor(clerk))
    assert happened("quote.answer_undone") and "Votre réponse" in read(client, f"/quotes/{quote.id}").text


@pytest.mark.row("B-10")
def test_the_reason_is_free_elsewhere_and_an_hour_later_nothing_is_undone(
    client: FlaskClient, seat: Seat, quotes: Folder, clerk: Staff
) -> None:
    quote = a_quote(seat, quotes, "DE-1", 3)
    url = f"/quotes/{quote.id}/refuse"
    assert send(client, url, url, reason="").status_code == 303
    quote = db.session.get_one(Record, quote.id, populate_existing=True)
    quote.moved_at = now() - timedelta(minutes=61)
    with pytest.raises(Exception, match="plus d’une heure"):
        move(record=quote, move="reopen", by=staff_actor(clerk))


def test_a_quote_is_accepted_once_and_not_after_its_last_day(client: FlaskClient, seat: Seat, quotes: Folder) -> None:
    quote, late = a_quote(seat, quotes, "DE-1", 0), a_quote(seat, quotes, "DE-2", -1)
    for _ in range(2):
        assert send(client, f"/quotes/{quote.id}", f"/quotes/{quote.id}/accept").status_code == 303
    assert len(happened("quote.accepted")) == 1
    send(client, f"/quotes/{late.id}", f"/quotes/{late.id}/accept")
    assert len(happened("quote.accepted")) == 1
    assert db.session.get_one(Record, late.id, populate_existing=True).status == "validated"


def test_a_question_about_a_quote_is_kept_and_told(client: FlaskClient, seat: Seat, quotes: Folder) -> None:
    quote = a_quote(seat, quotes, "DE-1", 3)
    page = f"/quotes/{quote.id}"
    assert send(client, page, f"/records/{quote.id}/messages", text="  ").status_code == 422
    assert send(client, page, f"/records/{quote.id}/messages", text="Quel délai ?").status_code == 303
    assert "Quel délai ?" in read(client, page).select_one("#echanges").text
    assert happened("quote.asked")[0].facts["text"] == "Quel délai ?"


def test_a_message_whose_button_is_pressed_twice_is_said_once(client: FlaskClient, seat: Seat, quotes: Folder) -> None:
    quote = a_quote(seat, quotes, "DE-1", 3)
    for url in (f"/quotes/{quote.id}", f"/documents/{papers_seen(seat=seat, record=quote)[0].id}"):
        form = read(client, url).select_one("#echanges form")
        fields = {each["name"]: each["value"] for each in form.select("input[name]")}
        for _ in range(2):
            assert client.post(form["action"], data={**fields, "text": "Quel délai ?"}).status_code == 303
        assert read(client, url).select_one("#echanges ol").text.count("Quel délai ?") == 1
    assert len(happened("quote.asked")) == 1 and len(happened("remark.received")) == 1


def test_a_stranger_s_record_is_a_404(app: Flask, seat: Seat, quotes: Folder) -> None:
    quote = a_quote(seat, quotes, "DE-1", 3)
    stranger = sign_in(app.test_client(), a_seat(a_party()))
    token = read(stranger, "/account").select_one("input[name=csrf_token]")["value"]
    for url in (f"/quotes/{quote.id}", f"/records/{quote.id}", f"/quotes/{quote.id}/refuse"):
        assert stranger.get(url).status_code == 404
    for url in ("accept", "refuse"):
        assert stranger.post(f"/quotes/{quote.id}/{url}", data={"csrf_token": token}).status_code == 404
    assert stranger.post(f"/records/{quote.id}/messages", data={"csrf_token": token, "text": "x"}).status_code == 404
    assert not happened("quote.accepted") and not happened("quote.refused")


@pytest.mark.row("FR-10")
def test_a_business_invoice_is_a_copy_of_what_the_platform_carried(client: FlaskClient, seat: Seat) -> None:
    data = facturx()
    paper = a_document(seat.party, a_folder("Factures", "invoice"), "Facture 1", "FA-1", data=data)
    carried = {"platform": "Chorus Relais", "platform_status": "Mise à disposition", "transmitted_at": now()}
    invoice = a_piece(seat.party, "invoice", "FA-1", amount="10", papers=[paper], **carried)
    for url in (f"/documents/{paper.id}", f"/records/{invoice.id}"):
        told = read(client, url).select_one("main").text
        assert "Copie, original transmis par Chorus Relais le" in told and "Mise à disposition" in told
    assert xml_of(client.get(f"/documents/{paper.id}/file").data) == xml_of(data)
    seat.party.is_business = False
    db.session.flush()
    assert "Copie, original" not in client.get(f"/documents/{paper.id}").text


def xml_of(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return pdf.attachments["factur-x.xml"].get_file().read_bytes()


@pytest.mark.row("B-11")
def test_an_internal_note_stays_inside(client: FlaskClient, seat: Seat, quotes: Folder, clerk: Staff) -> None:
    quote = a_quote(seat, quotes, "DE-1", 3)
    paper = db.session.scalars(select(Document).where(Document.number == "DE-1")).one()
    by, secret = staff_actor(clerk), "Attention mauvais payeur"
    for subject in (quote, paper):
        remarks.note(subject=subject, text=secret, by=by)
        remarks.say(subject=subject, text="Voici notre réponse", by=by)
    for url in (f"/quotes/{quote.id}", f"/documents/{paper.id}"):
        page = client.get(url).text
        assert secret not in page and "Voici notre réponse" in page
    for url in ("/", "/quotes", "/documents", "/statement", "/statement.csv"):
        assert secret not in client.get(url).text
    db.session.flush()
    assert all(secret not in str(line.facts) for line in db.session.scalars(select(Notification)))
    assert all(secret not in str(line.facts) for line in db.session.scalars(select(Event)))
    export = str(told_of(seat.party, [seat.access.contact], whole=True))
    assert secret not in export and "Note interne" not in export and "Voici notre réponse" in export


def test_messages_reach_the_other_side_alone(client: FlaskClient, seat: Seat, clerk: Staff) -> None:
    party = post.a_customer()
    document = post.announced(party, post.invoices(), "FA-1")
    customer = sign_in(client.application.test_client(), a_seat(party))
    before = {line.id for line in db.session.scalars(select(Notification))}
    page = f"/documents/{document.id}"
    assert send(customer, page, f"{page}/messages", text="Une erreur ?").status_code == 303
    remarks.say(subject=document, text="Non, voyez la page 2", by=staff_actor(clerk))
    lines = [line for line in db.session.scalars(select(Notification)) if line.id not in before]
    told = {line.event: (line.staff_id, line.party_id, line.facts["comment"]) for line in lines}
    assert told["remark.received"] == (clerk.id, party.id, "Une erreur ?")
    assert told["remark.said"] == (None, party.id, "Non, voyez la page 2")
    assert len(lines) == 2
    said = read(customer, page).select_one("#echanges").text
    assert "Une erreur ?" in said and "Non, voyez la page 2" in said
    send(customer, page, f"{page}/messages/read")
    assert [each.read_at is not None for each in remarks.everything(document)] == [False, True]


def test_an_appointment_is_confirmed_or_moved(app: Flask, client: FlaskClient, seat: Seat) -> None:
    visit = a_piece(
        seat.party, "intervention", "DI-1", status="open", title="Entretien", appointment_at=now() + timedelta(days=2)
    )
    page, url = f"/records/{visit.id}", f"/records/{visit.id}/appointment"
    assert "Entretien" in read(client, "/appointments").text
    only_signs = sign_in(app.test_client(), a_seat(seat.party, folders=[]))
    assert only_signs.get(page).status_code == 404 and "Entretien" not in only_signs.get("/").text
    assert send(client, page, url, answer="move_asked", text="").status_code == 422
    assert send(client, page, url, answer="move_asked", text="Jeudi plutôt").status_code == 303
    assert "Jeudi plutôt" in read(client, page).text
    assert send(client, page, url, answer="confirmed").status_code == 303
    assert db.session.get_one(Record, visit.id, populate_existing=True).appointment_answer == "confirmed"
    assert [event.facts["answer"] for event in happened("intervention.appointment_answered")] == [
        "move_asked",
        "confirmed",
    ]
    entry = client.get(f"{page}/appointment.ics")
    assert entry.mimetype == "text/calendar" and b"BEGIN:VEVENT" in entry.data and b"Entretien" in entry.data


@pytest.mark.row("L-13")
def test_each_answer_is_seen_by_the_parties_that_may(app: Flask, seat: Seat, client: FlaskClient) -> None:
    exchange = a_piece(seat.party, "exchange_agreement", "CE-1", status="submitted", title="Prêt de matériel")
    second, third = a_seat(a_party(name="Beta")), a_seat(a_party(name="Gamma"))
    joined(exchange, second.party)
    joined(exchange, third.party, sees=False)
    others = {each: sign_in(app.test_client(), each) for each in (second, third)}
    page, url = f"/records/{exchange.id}", f"/exchanges/{exchange.id}/answer"
    assert send(others[second], page, url, answer="refused", reason="").status_code == 422
    assert send(others[second], page, url, answer="refused", reason="Pas en mars").status_code == 303
    assert send(others[third], page, url, answer="accepted").status_code == 303
    assert "Prêt de matériel" in read(client, "/exchanges").text
    assert "Pas en mars" in read(client, page).text
    assert "Pas en mars" not in read(others[third], page).text
    assert "Beta" not in read(others[third], page).text
    assert Answer.REFUSED in {each.answer for each in db.session.get_one(Record, exchange.id).parties}
    assert sign_in(app.test_client(), a_seat(a_party())).get(page).status_code == 404


def test_orders_say_where_their_goods_are(client: FlaskClient, seat: Seat) -> None:
    a_piece(seat.party, "order", "BC-1", title="Luminaires", amount="300", deposit=Decimal(90))
    page = read(client, "/orders").text
    assert "Luminaires" in page and "acompte reçu" in page
