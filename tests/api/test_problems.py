"""What the API refuses: a problem that names the field, in the caller's language, and nothing half done."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from shared.clock import now
from shared.events.models import Event
from shared.extensions import db
from shared.intake.tokens import draw, revoke
from shared.people.models import Party
from shared.records.models import Record, StateCode
from tests.factories.clock import skipped_day
from tests.factories.erp import Erp, an_erp
from tests.factories.post import an_installation


@pytest.fixture
def erp(app: Flask) -> Erp:
    an_installation()
    erp = an_erp(app)
    assert erp.put("/parties/customers/C1", {"name": "Alpha"}).status_code == 201
    assert erp.put("/records/invoice/FA-1", {"party": "C1", "amount": "12.00"}).status_code == 201
    assert erp.put("/records/intervention/I-1", {"party": "C1"}).status_code == 201
    return erp


def rows() -> list[int]:
    tables = (Party, Record, Event)
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


SKIPPED = f"{skipped_day()}T02:30"  # an hour that does not exist
RECORD, EVENTS, APPOINTED = "/records/invoice/FA-2", "/records/invoice/FA-1/events", "/records/intervention/I-1/events"
BAD: list[tuple[str, str, Any, int, str]] = [
    ("PUT", RECORD, {"party": "C1", "amount": "1 234,56"}, 422, "amount"),
    ("PUT", RECORD, {"party": "C1", "amount": "NaN"}, 422, "amount"),
    ("PUT", RECORD, {"party": "C1", "amount": True}, 422, "amount"),
    ("PUT", RECORD, {"party": "C1", "amount": "1.234"}, 422, "amount"),
    ("PUT", RECORD, {"party": "C404"}, 422, "party"),
    ("PUT", RECORD, {"party": {"code": "N1"}}, 422, "party.name"),
    ("PUT", RECORD, {"party": {"name": "Sans code"}}, 422, "party.code"),
    ("PUT", RECORD, {}, 422, "party"),
    ("PUT", RECORD, {"party": "C1", "issued_on": "2026-02-30"}, 422, "issued_on"),
    ("PUT", RECORD, {"party": "C1", "is_credit_note": "oui"}, 422, "is_credit_note"),
    ("PUT", RECORD, {"party": "C1", "montant": "1"}, 422, "montant"),
    ("PUT", RECORD, {"party": "C1", "lines": [{"quantity": "1"}]}, 422, "lines[0].label"),
    ("PUT", RECORD, {"party": "C1", "parent": {"kind": "quote", "number": "X"}}, 422, "parent"),
    ("PUT", RECORD, {"party": "C1", "title": "a\nBcc: x@y.example"}, 422, "title"),
    (
        "PUT",
        "/records/intervention/I-2",
        {"party": "C1", "appointment_at": SKIPPED},
        422,
        "appointment_at",
    ),
    ("POST", APPOINTED, {"event": "appointment", "at": SKIPPED}, 422, "at"),
    ("POST", APPOINTED, {"event": "appointment", "at": "2020-01-01T10:00"}, 422, "at"),
    ("POST", APPOINTED, {"event": "state_code", "code": "999"}, 422, "code"),
    ("POST", EVENTS, {"event": "move", "move": "confirm"}, 409, "move"),
    ("POST", EVENTS, {"event": "move", "move": "fly"}, 422, "move"),
    ("POST", EVENTS, {"event": "dance"}, 422, "event"),
    ("POST", EVENTS, {"event": "payment", "amount": "1"}, 422, "id"),
    ("POST", EVENTS, {"event": "payment", "id": "P", "amount": "0"}, 422, "amount"),
    ("POST", "/records/invoice/FA-404/events", {"event": "move", "move": "validate"}, 404, "number"),
    ("POST", "/events", {"events": [{"event": "memo", "memo": ""}] * 501}, 422, "events"),
    ("POST", "/events", {"events": []}, 422, "events"),
    ("PUT", "/parties/customers/C2", {"name": "Bêta", "emails": {"billing": "pas une adresse"}}, 422, "email_billing"),
    ("PUT", "/parties/customers/C2", {"name": "Bêta", "siret": "123"}, 422, "siret"),
    ("PUT", "/parties/customers/C2", {"name": "Bêta\u0000"}, 422, ""),
    ("PUT", "/parties/martians/C2", {"name": "Bêta"}, 404, ""),
    ("PUT", "/records/spell/S-1", {"party": "C1"}, 404, ""),
    ("PUT", RECORD, b"{party: C1}", 400, ""),
    ("PUT", RECORD, b"", 400, ""),
    ("PUT", RECORD, b'{"party": "\xff"}', 400, ""),
    ("PUT", RECORD, b'{"party": "\\ud800"}', 400, ""),
    ("PUT", RECORD, b"[" * 100_000, 400, ""),
    ("PUT", RECORD, b'{"memo": "' + b"a" * 2_100_000 + b'"}', 413, ""),
]


def test_bad_input_is_a_problem_that_names_the_field_and_leaves_nothing(erp: Erp) -> None:
    before = rows()
    for method, path, body, status, field in BAD:
        answer = erp.send(method, path, body)
        told = json.loads(answer.text)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), (path, body, told)
        assert told["status"] == status and told["title"] and told["detail"], told
        assert [each["field"] for each in told["errors"]][:1] == ([field] if field else []), (path, body, told)
        assert all(each["detail"] for each in told["errors"]), told
        db.session.rollback()
    assert rows() == before


def test_several_fields_are_told_at_once(erp: Erp) -> None:
    answer = erp.put(RECORD, {"party": "C1", "amount": "1,5", "due_on": "demain", "nimporte": 1})
    assert [each["field"] for each in answer.json["errors"]] == ["amount", "due_on", "nimporte"] or sorted(
        each["field"] for each in json.loads(answer.text)["errors"]
    ) == ["amount", "due_on", "nimporte"]


def test_words_follow_the_language_that_is_asked(erp: Erp) -> None:
    said = [json.loads(erp.get("/records/invoice/nothing", Accept_Language=each).text) for each in ("fr", "en")]
    assert said[0]["title"] == "Page introuvable" and said[1]["title"] not in ("", "Page introuvable")
    assert said[0]["type"] == said[1]["type"] == "/api/v1/docs#problem-unknown"


def test_injection_is_text(erp: Erp) -> None:
    nasty = "'; DROP TABLE record; -- {{ 7*7 }} <script>"
    assert erp.put("/records/invoice/FA-9", {"party": "C1", "title": nasty}).status_code == 201
    assert erp.get("/records/invoice/FA-9").json["title"] == nasty
    assert erp.get("/records/invoice?party=' OR 1=1 --").json == {"data": [], "next": None}
    assert erp.get("/records/invoice?after=zzz&limit=2").status_code == 200
    assert erp.get("/records/invoice?limit=0").status_code == 422


def test_the_same_event_three_times_counts_once(erp: Erp) -> None:
    paid = {"event": "payment", "id": "R-7", "amount": "5.00"}
    said = [erp.post(EVENTS, {"event": "move", "move": "validate"}).json["applied"] for _time in range(3)]
    money = [erp.post(EVENTS, paid).json["applied"] for _time in range(3)]
    assert (said, money) == ([True, False, False], [True, False, False])
    assert erp.get("/records/invoice/FA-1").json["paid"] == "5.00"
    assert erp.post(EVENTS, {**paid, "amount": "6.00"}).status_code == 422
    names = db.session.scalars(select(Event.name).where(Event.name.in_(["invoice.validated", "payment.confirmed"])))
    assert sorted(names) == ["invoice.validated", "payment.confirmed"]


def test_each_event_of_a_batch_has_its_own_answer(erp: Erp) -> None:
    about = {"kind": "invoice", "number": "FA-1"}
    events = [
        {**about, "event": "move", "move": "confirm"},  # too early
        {**about, "event": "move", "move": "validate", "id": "E-1"},
        {**about, "event": "move", "move": "validate", "id": "E-1"},
        {**about, "event": "move", "move": "confirm"},
        {**about, "event": "payment", "id": "R-1", "amount": "1,00"},
        {"event": "move", "move": "validate"},
        "n’importe quoi",
        {"event": "goods_received", "id": "G-1", "reference": "ART", "quantity": "2"},
    ]
    told = erp.post("/events", {"events": events}).json
    assert [each["status"] for each in told["results"]] == [409, 200, 200, 200, 422, 422, 422, 200]
    assert [each.get("applied") for each in told["results"]] == [None, True, False, True, None, None, None, False]
    assert (told["applied"], told["refused"]) == (2, 4)
    assert told["results"][4]["errors"][0]["field"] == "amount"
    again = erp.post("/events", {"events": events[1:4]}).json
    assert again["applied"] == 0
    assert erp.get("/records/invoice/FA-1").json["status"] == "confirmed"


def test_the_ids_of_a_good_batch_count_once_within_it_and_after(erp: Erp) -> None:
    about = {"kind": "invoice", "number": "FA-1"}
    moved = [{**about, "event": "move", "move": move, "id": move} for move in ("validate", "confirm")]
    events = [*moved, moved[0], {**about, "event": "memo", "memo": "Vu", "id": "E-3"}]
    told = [[each["applied"] for each in erp.post("/events", {"events": events}).json["results"]] for _time in range(2)]
    assert told == [[True, True, False, True], [False] * 4]
    other = [{**about, "event": "memo", "memo": text, "id": "E-4"} for text in ("Un", "Deux")]
    said = erp.post("/events", {"events": other}).json["results"]
    assert [(each["status"], each.get("applied")) for each in said] == [(200, True), (422, None)]
    assert erp.get("/records/invoice/FA-1").json["memo"] == "Un"


def test_an_idempotency_key_answers_the_same_and_refuses_another_body(erp: Erp) -> None:
    body = {"party": "C1", "amount": "8.00"}
    first = erp.put("/records/invoice/FA-5", body, Idempotency_Key="k1")
    erp.put("/records/invoice/FA-5", {"amount": "9.00"})
    again = erp.put("/records/invoice/FA-5", body, Idempotency_Key="k1")
    assert (again.status_code, again.json) == (first.status_code, first.json) and first.status_code == 201
    assert again.headers["Idempotent-Replayed"] == "true"
    other = erp.put("/records/invoice/FA-5", {"amount": "7.00"}, Idempotency_Key="k1")
    assert (other.status_code, json.loads(other.text)["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert erp.get("/records/invoice/FA-5").json["amount"] == "9.00"


def test_a_token_opens_its_scopes_only_and_no_longer_than_it_may(app: Flask, erp: Erp) -> None:
    reader = an_erp(app, "records:read")
    assert reader.get("/records/invoice").status_code == 200
    refused = reader.put(RECORD, {"party": "C1"})
    assert (refused.status_code, refused.content_type) == (403, "application/problem+json")
    stranger = Erp(app, "guichet_" + "a" * 43)  # another installation's
    for caller in (stranger, Erp(app, ""), Erp(app, "x" * 5000)):
        answer = caller.get("/records/invoice")
        assert answer.status_code == 401 and "Bearer" in answer.headers["WWW-Authenticate"]
    row, secret = draw(label="Paie", scopes=["records:read"], by="command")
    revoke(token=row, by="command")
    assert Erp(app, secret).get("/records/invoice").status_code == 401
    row, secret = draw(label="Paie", scopes=["records:read"], by="command")
    row.expires_at = now() + timedelta(days=1)
    db.session.commit()
    assert Erp(app, secret).get("/records/invoice").status_code == 200
    with time_machine.travel(now() + timedelta(days=2)):
        assert Erp(app, secret).get("/records/invoice").status_code == 401
    names = set(db.session.scalars(select(Event.name)))
    assert {"token.denied", "token.refused"} <= names


def test_wrong_tokens_are_slowed_and_right_ones_are_not(app: Flask, erp: Erp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.web.api.gate.MOST", 3)
    stranger = Erp(app, "guichet_faux")
    assert [stranger.get("/parties/customers").status_code for _try in range(5)] == [401, 401, 401, 429, 429]
    assert erp.get("/parties/customers").status_code == 200


def test_use_is_noted_once_a_minute_and_the_secret_nowhere(app: Flask, erp: Erp) -> None:
    from shared.intake.api_models import ApiToken

    row = db.session.scalars(select(ApiToken)).one()
    assert row.hash not in erp.secret and erp.secret not in json.dumps([event.facts for event in all_events()])
    erp.get("/parties/customers")
    first = db.session.scalar(select(ApiToken.last_used_at))
    erp.get("/parties/customers")
    assert first is not None and db.session.scalar(select(ApiToken.last_used_at)) == first
    with time_machine.travel(now() + timedelta(minutes=2)):
        erp.get("/parties/customers")
        assert db.session.scalar(select(ApiToken.last_used_at)) != first


def test_a_state_code_of_the_house_is_entered_once(erp: Erp) -> None:
    db.session.add(StateCode(kind="intervention", code="103", label="Planifiée"))
    db.session.commit()
    told = [erp.post(APPOINTED, {"event": "state_code", "code": "103"}).json["applied"] for _time in range(2)]
    assert told == [True, False]


def all_events() -> list[Event]:
    return list(db.session.scalars(select(Event)))
