"""The description is the one that validates, names every address, and tells the truth about the answers."""

import re
from typing import Any

import msgspec
import pytest
from flask import Flask

from shared.intake.tokens import SCOPES
from shared.web.api import openapi
from tests.factories.erp import Erp, an_erp
from tests.factories.post import an_installation
from tests.house.routes import routes
from tests.shared.documents.corpus import pdf


@pytest.fixture
def erp(app: Flask) -> Erp:
    an_installation()
    return an_erp(app)


def test_every_view_names_a_scope_that_a_token_can_hold_and_is_described(app: Flask, erp: Erp) -> None:
    told = erp.get("/openapi.json").json
    mine = [route for route in routes(app) if route.path.startswith("/api/v1/") and not route.public]
    assert {(route.permission or "").removeprefix("api:") for route in mine} == set(SCOPES)
    for route in mine:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path.removeprefix("/api/v1"))
        assert route.method.lower() in told["paths"][path], route
    assert told["openapi"] == "3.1.0"
    for ref in re.findall(r'"\$ref": "#/components/schemas/(\w+)"', str(told).replace("'", '"')):
        assert ref in told["components"]["schemas"]


def test_answers_are_what_the_description_says(erp: Erp) -> None:
    lines = [{"label": "Pose", "quantity": "2", "price": "50"}]
    party = {"code": "C3", "name": "Atelier", "contacts": [{"family_name": "Petit", "email": "p@atelier.example"}]}
    asked: list[tuple[str, Any]] = [
        ("put_record", erp.put("/records/invoice/FA/2026/1", {"party": party, "contact": "P@atelier.example"})),
        ("put_record", erp.put("/records/order/BC-1", {"party": "C3", "lines": lines, "status": "validated"})),
        ("put_party", erp.put("/parties/customers/C3", {"phone": "02 40 00 00 00"})),
        ("one_record", erp.get("/records/invoice/FA/2026/1")),
        ("list_records", erp.get("/records/order?limit=1&party=C3&status=validated")),
        ("one_party", erp.get("/parties/customers/c3")),
        ("list_parties", erp.get("/parties/customers")),
        ("post_event", erp.post("/records/order/BC-1/events", {"event": "move", "move": "send", "id": "x"})),
        ("post_events", erp.post("/events", {"events": [{"event": "memo", "memo": "a"}, 7]})),
        (
            "post_document",
            erp.deposit(pdf(), party="C3", document_class="contract", record_kind="order", record_number="BC-1"),
        ),
        ("list_documents", erp.get("/documents?party=C3")),
        ("list_entries", erp.get("/accounting/entries")),
    ]
    for name, answer in asked:
        shape, codes = openapi.ANSWERS[name]
        assert answer.status_code in codes, (name, answer.text)
        msgspec.json.decode(answer.data, type=shape)
    document = erp.get("/documents").json["data"][0]
    msgspec.json.decode(erp.get(f"/documents/{document['id']}").data, type=openapi.ANSWERS["one_document"][0])
    assert document["records"] == [{"kind": "order", "number": "BC-1"}]
    assert erp.get("/records/order/BC-1").json["amount"] == "120.00"


def test_pages_follow_each_other_to_the_end(erp: Erp) -> None:
    for number in range(5):
        assert erp.put(f"/parties/customers/P{number}", {"name": f"Tiers {number}"}).status_code == 201
        assert erp.put(f"/records/quote/D{number}", {"party": f"P{number}"}).status_code == 201
    for path, key in (("/parties/customers", "code"), ("/records/quote", "number")):
        seen, after = [], ""
        while after is not None:
            told = erp.get(f"{path}?limit=2&after={after}").json
            seen += [row[key] for row in told["data"]]
            after = told["next"]
        assert len(seen) == len(set(seen)) and len(seen) >= 5


def test_the_page_for_people_asks_nothing_of_elsewhere(app: Flask) -> None:
    an_installation()
    answer = app.test_client().get("/api/v1/docs", headers={"Accept-Language": "fr"})
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert "/api/v1/records/{kind}/{number}" in answer.text and "problem-invalid" in answer.text
