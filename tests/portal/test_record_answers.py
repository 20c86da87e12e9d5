"""Answers that come too late, or to what has changed since it was read: nothing is done, and the page says why."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared.access.models import Seat
from shared.clock import now, today
from shared.events.models import Event
from shared.extensions import db
from shared.records.changing import change
from shared.records.models import Record, RecordLine
from tests.factories.counter import a_folder, a_party, a_seat, read, sign_in
from tests.factories.pieces import a_piece, joined
from tests.factories.post import an_installation

BY = "command"
DAY = timedelta(days=1)


@pytest.fixture
def seat(app: Flask) -> Seat:
    an_installation()
    return a_seat(a_party())


@pytest.fixture
def client(app: Flask, seat: Seat) -> FlaskClient:
    return sign_in(app.test_client(), seat)


def fields_of(client: FlaskClient, page: str, action: str) -> dict[str, str]:
    """What the page would post there."""
    form = read(client, page).select_one(f'form[action="{action}"]') or read(client, page).select_one("main form")
    assert form is not None
    return {each["name"]: each.get("value", "") for each in form.select("input[name]")}


def happened(name: str) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.name == name).order_by(Event.id)))


def again(record: Record) -> Record:
    return db.session.get_one(Record, record.id, populate_existing=True)


def main_of(answer: TestResponse) -> str:
    return answer.text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("way", ["accept", "refuse"])
def test_a_quote_that_was_changed_since_it_was_read_is_not_answered(client: FlaskClient, seat: Seat, way: str) -> None:
    quote = a_piece(seat.party, "quote", "DE-1", amount="120", valid_until=today() + DAY)
    url = f"/quotes/{quote.id}/{way}"
    fields = fields_of(client, f"/quotes/{quote.id}" if way == "accept" else url, url)
    change(record=quote, by=BY, values={"amount": "180"})
    answer = client.post(url, data={**fields, "reason": "Non"})
    told = answer.text if way == "refuse" else client.get(f"/quotes/{quote.id}").text
    assert "Ce devis vient d’être modifié" in told
    assert again(quote).status == "validated" and not happened("quote.accepted") + happened("quote.refused")
    client.post(url, data={**fields_of(client, f"/quotes/{quote.id}", f"/quotes/{quote.id}/accept"), "reason": "Non"})
    assert again(quote).status == f"{way}ed".replace("refuseed", "refused")


def test_an_appointment_that_was_moved_since_it_was_read_is_not_confirmed(client: FlaskClient, seat: Seat) -> None:
    visit = a_piece(seat.party, "intervention", "DI-1", status="open", appointment_at=now() + 2 * DAY)
    page, url = f"/records/{visit.id}", f"/records/{visit.id}/appointment"
    fields = fields_of(client, page, url)
    change(record=visit, by=BY, values={"appointment_at": now() + 3 * DAY})
    answer = client.post(url, data={**fields, "answer": "confirmed"})
    assert answer.status_code == 422 and "vient d’être déplacé" in main_of(answer)
    assert again(visit).appointment_answer is None and not happened("intervention.appointment_answered")
    assert client.post(url, data={**fields_of(client, page, url), "answer": "confirmed"}).status_code == 303
    assert again(visit).appointment_answer == "confirmed"


def test_what_is_written_about_an_appointment_that_is_over_is_given_back(client: FlaskClient, seat: Seat) -> None:
    visit = a_piece(seat.party, "intervention", "DI-1", status="open", appointment_at=now() + 2 * DAY)
    page, url = f"/records/{visit.id}", f"/records/{visit.id}/appointment"
    fields = fields_of(client, page, url)
    visit.appointment_at = now() - timedelta(minutes=1)
    db.session.flush()
    answer = client.post(url, data={**fields, "answer": "move_asked", "text": "Jeudi plutôt"})
    assert answer.status_code == 422
    assert "n’attend plus de réponse" in main_of(answer) and "Jeudi plutôt" in main_of(answer)


def test_an_exchange_that_is_decided_takes_no_more_answer_and_says_so(client: FlaskClient, seat: Seat) -> None:
    exchange = a_piece(a_party(), "exchange_agreement", "CE-1", status="submitted", title="Prêt de matériel")
    joined(exchange, seat.party)
    page, url = f"/records/{exchange.id}", f"/exchanges/{exchange.id}/answer"
    assert "votre réponse est attendue" in main_of(client.get("/exchanges"))
    fields = fields_of(client, page, url)
    assert client.post(url, data={**fields, "answer": "refused", "reason": "Pas en mars"}).status_code == 303
    assert "Votre refus nous est transmis" in main_of(client.get(page))
    assert "vous avez refusé" in main_of(client.get("/exchanges"))
    exchange.status = "validated"
    db.session.flush()
    answer = client.post(url, data={**fields, "answer": "refused", "reason": "Ni en avril"})
    assert answer.status_code == 422
    assert "n’attend plus de réponse" in main_of(answer) and "Ni en avril" in main_of(answer)
    assert len(happened("exchange_agreement.answered")) == 1


def test_an_order_counts_its_goods_and_not_its_services(client: FlaskClient, seat: Seat) -> None:
    order = a_piece(seat.party, "order", "BC-1", title="Luminaires", status="ready", amount="300")
    for position, (reference, came) in enumerate((("LED-12", 4), ("", 0)), start=1):
        line = RecordLine(record_id=order.id, position=position, reference=reference, label="x", quantity=Decimal(4))
        line.allocated = Decimal(came)
        db.session.add(line)
    db.session.flush()
    assert "articles arrivés : 4 sur 4" in main_of(client.get("/orders"))
    assert "—" in read(client, f"/records/{order.id}").select("tbody tr")[1].text


@pytest.mark.parametrize(
    ("url", "kind", "fields"),
    [
        ("/quotes", "quote", {"status": "accepted"}),
        ("/appointments", "intervention", {"status": "done", "appointment_at": now() - 3 * DAY}),
        ("/statement", "invoice", {"amount": "10"}),
        ("/orders", "order", {"status": "ready"}),
        ("/exchanges", "exchange_voucher", {"status": "submitted"}),
    ],
)
def test_the_rest_of_a_list_comes_alone(
    client: FlaskClient, seat: Seat, url: str, kind: str, fields: dict[str, object]
) -> None:
    a_folder("Factures", "invoice")
    for n in range(52):
        a_piece(seat.party, kind, f"N-{n:02}", title=f"Pièce {n:02}", age=n * DAY, **fields)  # type: ignore[arg-type]
    first = read(client, url)
    more = str(first.select_one(".g-pager a")["href"])
    found = client.get(more, headers={"HX-Request": "true", "HX-Target": "div#results"})
    assert found.status_code == 200 and "<html" not in found.text and "<h1" not in found.text
    assert len({n for n in range(52) if f"Pièce {n:02}" in found.text}) == 2
    assert len(read(client, more).select("h1")) == 1


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "0001-01-01", "9999-12-31T23:59:59-14:00", "hier", "1500-01-01T00:00Z"]
)
def test_a_time_that_means_nothing_is_now(client: FlaskClient, seat: Seat, at: str) -> None:
    a_piece(seat.party, "invoice", "FA-1", amount="10")
    for kind in ("", ".csv", ".pdf"):
        assert client.get(f"/statement{kind}", query_string={"at": at}).status_code == 200
    assert "10,00" in client.get("/statement.csv", query_string={"at": at}).text


def test_an_account_without_anything_comes_to_nought(client: FlaskClient) -> None:
    assert client.get("/statement.csv").data.decode("utf-8-sig").splitlines()[-1].endswith(";Solde;;;;0,00;;EUR")
    assert client.get("/statement.pdf").data.startswith(b"%PDF-")
