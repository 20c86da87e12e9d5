"""A closed invoice: one paper, its entries once, in a file, by the API, and to the ERP that listens."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from shared.documents.models import Document
from shared.extensions import db
from shared.hooks import delivering, subscribing
from shared.records import exporting
from shared.records.models import RecordDocument
from shared.records.money_models import AccountingEntry
from tests.factories.erp import Erp, an_erp
from tests.factories.identity import Browser, a_clerk
from tests.factories.post import an_installation
from tests.webhooks import Listener, running_listener


@pytest.fixture
def listener(app: Flask) -> Iterator[Listener]:
    an_installation()
    with running_listener() as listener:
        subscribing.subscribe(label="Compta", url=listener.url, events=["invoice.closed"], by="command")
        yield listener


def close(erp: Erp, number: str = "FA-1") -> list[bool]:
    party = {"code": "C9", "name": "Garage Petit"}
    body = {
        "party": party,
        "amount": "120.00",
        "net_amount": "100.00",
        "issued_on": "2026-10-01",
        "status": "validated",
    }
    assert erp.put(f"/records/invoice/{number}", body).status_code == 201
    told = [erp.post(f"/records/invoice/{number}/events", {"event": "move", "move": "close"}) for _time in range(3)]
    assert [answer.status_code for answer in told] == [200, 200, 200], told[0].text
    return [answer.json["applied"] for answer in told]


@pytest.mark.row("P-59")
def test_closed_three_times_is_one_paper_and_its_entries_once(app: Flask, listener: Listener) -> None:
    erp = an_erp(app)
    assert close(erp) == [True, False, False]
    papers = select(func.count()).select_from(RecordDocument).join(Document).where(Document.number == "FA-1")
    assert db.session.scalar(papers) == 1
    while delivering.deliver_next():
        db.session.commit()
    (call,) = listener.calls
    sent = call.told["data"]["entries"]
    assert sum(Decimal(line["debit"]) for line in sent) == sum(Decimal(line["credit"]) for line in sent) == 120
    by_api = erp.get("/accounting/entries").json["data"]
    assert sides(by_api) == sides(sent)
    clerk = exporter(app)
    clerk.post("/backoffice/accounting/export")
    clerk.post("/backoffice/accounting/export")
    page = clerk.get("/backoffice/accounting")
    assert page.text.count("Télécharger") == 1
    lines = the_file(clerk, page.text)
    assert [line.split("\t")[4] for line in lines[1:]] == [line["account"] for line in sent]
    assert lines[0].startswith("JournalCode\tJournalLib\tEcritureNum\tEcritureDate") and len(lines[1].split("\t")) == 18
    assert "120,00" in lines[1]
    assert erp.get("/accounting/entries").json["data"] == []
    assert len(erp.get("/accounting/entries?exported=1").json["data"]) == len(sent)


def test_a_program_marks_what_it_took_once(app: Flask, listener: Listener) -> None:
    erp = an_erp(app)
    close(erp)
    ids = [line["id"] for line in erp.get("/accounting/entries?limit=2").json["data"]]
    assert [erp.post("/accounting/entries/exported", {"entries": ids}).json["marked"] for _time in range(2)] == [2, 0]
    assert {line["id"] for line in erp.get("/accounting/entries").json["data"]}.isdisjoint(ids)
    wrong = erp.post("/accounting/entries/exported", {"entries": ["x"]})
    assert wrong.status_code == 422


def test_a_file_holds_whole_invoices_on_the_days_of_the_company(
    app: Flask, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.records.exporting.MOST", 1)
    erp = an_erp(app)
    erp.headers["Accept-Language"] = "en"
    close(erp)
    close(erp, "FA-2")
    db.session.execute(update(AccountingEntry).values(at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC)))
    moment, taken = exporting.export(by="command")
    rows = [line.split("\t") for line in list(exporting.fec(moment))[1:]]
    assert taken == len(rows) == 3 and len({row[8] for row in rows}) == 1
    assert {row[15] for row in rows} == {"20270101"} and all(row[10].startswith("Facture FA-") for row in rows)
    assert exporting.waiting().invoices == 1


def sides(lines: list[dict[str, str]]) -> list[tuple[str, Decimal, Decimal]]:
    return [(line["account"], Decimal(line["debit"]), Decimal(line["credit"])) for line in lines]


def exporter(app: Flask) -> Browser:
    a_clerk()
    browser = Browser(app)
    browser.sign_in_staff()
    assert "Exporter les écritures" in browser.get("/backoffice/accounting").text
    return browser


def the_file(browser: Browser, page: str) -> list[str]:
    import html
    import re

    found = re.search(r'href="(/backoffice/accounting/exports/[^"]+)"', page)
    assert found
    answer = browser.get(html.unescape(found[1]))
    assert answer.status_code == 200
    return answer.text.removesuffix("\r\n").split("\r\n")
