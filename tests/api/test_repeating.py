"""What an ERP says again: nothing happens twice, and what cannot be meant is told."""

import json
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select

from shared.clock import now
from shared.events.models import Event
from shared.extensions import db
from shared.intake import api_calls
from shared.intake.api_models import ApiCall
from tests.factories.erp import Erp, an_erp
from tests.factories.post import an_installation

RECORD = "/records/invoice/FA-1"


@pytest.fixture
def erp(app: Flask) -> Erp:
    an_installation()
    erp = an_erp(app)
    assert erp.put("/parties/customers/C1", {"name": "Alpha"}).status_code == 201
    return erp


def events() -> int:
    return db.session.scalar(select(func.count()).select_from(Event)) or 0


def test_a_status_that_the_record_has_had_changes_nothing_and_another_wants_its_move(erp: Erp) -> None:
    body = {"party": "C1", "amount": "12.00", "net_amount": "10.00", "status": "validated"}
    assert erp.put(RECORD, body).status_code == 201
    before = events()
    assert erp.put(RECORD, body).json["status"] == "validated" and events() == before
    for status, sentence in (("closed", "POST …/events"), ("envolée", "n’est pas un état")):
        refused = erp.put(RECORD, {"status": status, "title": "Autre"})
        told = json.loads(refused.text)
        assert (refused.status_code, told["errors"][0]["field"]) == (422, "status") and sentence in told["detail"]
    assert erp.get(RECORD).json["title"] == ""
    erp.post(f"{RECORD}/events", {"event": "move", "move": "cancel"})
    for status in ("draft", "validated", "cancelled"):
        again = erp.put(RECORD, {**body, "status": status})
        assert (again.status_code, again.json["status"]) == (200, "cancelled"), again.text


def test_the_id_of_an_event_is_known_for_ever_and_a_key_for_thirty_days(erp: Erp) -> None:
    assert erp.put("/records/quote/DV-1", {"party": "C1"}, Idempotency_Key="event:42").status_code == 201
    memo = {"event": "memo", "memo": "Un", "id": "42"}
    assert erp.post("/records/quote/DV-1/events", memo).json["applied"]
    erp.put("/records/quote/DV-1", {"memo": "Deux"})
    with time_machine.travel(now() + timedelta(days=40)):
        api_calls.forget()
        kept = db.session.scalars(select(ApiCall.key)).all()
        assert kept == ["event:42"]
        assert not erp.post("/records/quote/DV-1/events", memo).json["applied"]
    assert erp.get("/records/quote/DV-1").json["memo"] == "Deux"


def test_a_page_of_records_asks_as_much_for_one_party_as_for_many(erp: Erp) -> None:
    def asked() -> int:
        db.session.expire_all()
        seen: list[str] = []

        def note(*given: object) -> None:
            seen.append(str(given[2]))

        event.listen(db.engine, "before_cursor_execute", note)
        assert erp.get("/records/quote").status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    erp.put("/records/quote/DV-1", {"party": "C1"})
    asked()
    few = asked()
    for number in range(2, 6):
        erp.put(f"/records/quote/DV-{number}", {"party": {"code": f"C{number}", "name": "Autre"}})
    db.session.commit()
    db.session.expunge_all()
    assert 0 < asked() <= few


def test_codes_are_found_however_they_are_written_and_may_hold_a_slash(erp: Erp) -> None:
    erp.put("/records/quote/DV-1", {"party": "c1"})
    assert [row["number"] for row in erp.get("/records/quote?party=c1").json["data"]] == ["DV-1"]
    assert erp.put("/parties/customers/44/C9", {"name": "Neuf"}).status_code == 201
    assert erp.get("/parties/customers/44/C9").json["code"] == "44/C9"


@pytest.mark.parametrize("path", ["/records/quote?status=%00", "/records/quote/%00", "/parties/customers/a%00"])
def test_what_no_column_holds_is_a_problem(erp: Erp, path: str) -> None:
    answer = erp.get(path)
    assert answer.status_code in (400, 404) and answer.content_type == "application/problem+json"


def test_who_must_wait_is_told_how_long(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.web.api.gate.MOST", 0)
    answer = Erp(app, "guichet_faux").get("/parties/customers")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
