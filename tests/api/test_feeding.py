"""An ERP creates parties, records, events and documents in the order it likes; repeating changes nothing."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared.documents.models import Document
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Party
from shared.records.models import Record, RecordDocument
from tests.factories.erp import Erp, an_erp
from tests.factories.post import an_installation
from tests.shared.documents.corpus import pdf


@pytest.fixture
def erp(app: Flask) -> Erp:
    an_installation()
    return an_erp(app)


def counted(*tables: type) -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


EVERYTHING = (Party, Record, Event, Document, RecordDocument)


@pytest.mark.row("B-01")
def test_an_erp_feeds_in_the_order_it_likes_and_repeats_without_effect(erp: Erp) -> None:
    paper = pdf(text="Facture FA-9")

    def feed() -> list[int]:
        party = {"code": "C77", "name": "Boulangerie Martin", "emails": {"billing": "compta@martin.example"}}
        answers = [
            erp.put("/records/invoice/FA-9", {"party": party, "amount": "120.00", "net_amount": "100.00"}),
            erp.post("/records/invoice/FA-9/events", {"event": "move", "move": "validate"}),
            erp.deposit(paper, party="C77", document_class="invoice", number="FA-9"),
            erp.put("/parties/customers/C77", {"city": "Nantes"}),
            erp.put("/records/quote/DV-3", {"party": "C77", "amount": "50.00", "valid_until": "2099-01-31"}),
            erp.post("/records/invoice/FA-9/events", {"event": "payment", "id": "R-1", "amount": "20.00"}),
        ]
        assert [answer.status_code for answer in answers if answer.status_code >= 300] == [], [a.text for a in answers]
        return [answer.status_code for answer in answers]

    assert feed() == [201, 200, 201, 200, 201, 200]
    before = counted(*EVERYTHING)
    assert feed() == [200, 200, 200, 200, 200, 200]
    assert counted(*EVERYTHING) == before
    told = erp.get("/records/invoice/FA-9").json
    assert (told["status"], told["paid"], told["party"]["code"]) == ("validated", "20.00", "C77")
    assert len(told["documents"]) == 1
    party = erp.get("/parties/customers/C77").json
    assert (party["name"], party["city"], party["emails"]["billing"]) == (
        "Boulangerie Martin",
        "Nantes",
        "compta@martin.example",
    )
