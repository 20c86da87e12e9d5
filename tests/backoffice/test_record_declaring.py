"""A kind of record is one declaration: its list, page, moves, events and rules follow from it."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.clock import today
from shared.events.catalogue import CATALOGUE
from shared.events.catalogue import Kind as EventKind
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.rule_events import audiences_for, dates_of, record_events
from shared.records import telling
from shared.records.declaring import DRAFT, Kind, Move, Status
from shared.records.kinds import KINDS
from shared.records.models import Record
from tests.factories import post
from tests.factories.identity import Browser, a_clerk, signed_in

WARRANTY = Kind(
    "warranty",
    "Garantie",
    "Garanties",
    (Status(DRAFT, "Brouillon"), Status("granted", "Accordée", "success", open=True), Status("ended", "Échue")),
    (
        Move("grant", "Accorder", "granted", "accordée", (DRAFT,), "granted"),
        Move("end", "Mettre fin", "ended", "échue", ("granted",), "ended"),
    ),
    dates=("issued_on", "valid_until"),
    has_memo_event=True,
)


@pytest.fixture
def browser(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """An installation in which one more kind is declared: the one entry, and what the catalogue reads of it."""
    monkeypatch.setitem(KINDS, WARRANTY.key, WARRANTY)
    for name, (label, facts) in telling.events().items():
        if name not in CATALOGUE:
            monkeypatch.setitem(CATALOGUE, name, EventKind(label, facts))
    post.an_installation()
    a_clerk()
    return signed_in(app)


@pytest.mark.row("A-02")
def test_a_kind_that_is_declared_has_its_list_its_form_its_page_and_its_moves(browser: Browser) -> None:
    party = post.a_customer()
    listed = browser.get("/backoffice/records/warranty").text
    assert "Garanties" in listed and "Rien ici pour l’instant" in listed
    assert "/backoffice/records/warranty" in browser.get("/backoffice/records").text
    url = f"/backoffice/records/warranty/new?party={party.id}"
    assert "Valable jusqu’au" in browser.get(url).text
    answer = browser.post(url, number="G-1", issued_on=today().isoformat(), amount="12,50")
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Garantie G-1" in page and "Accorder" in page and "Brouillon" in page
    assert browser.post(f"{answer.location}/move/grant").status_code == 303
    assert "Accordée" in browser.get(answer.location).text
    assert "G-1" in browser.get("/backoffice/records/warranty?status=granted").text
    assert "G-1" in browser.get("/backoffice/records/warranty/export.csv").text
    record = db.session.scalars(select(Record).where(Record.number == "G-1")).one()
    told = db.session.scalars(select(Event.name).where(Event.record_id == record.id).order_by(Event.id)).all()
    assert list(told) == ["warranty.created", "warranty.granted"]
    assert "Accordée" in browser.get(f"{answer.location}/timeline").text


@pytest.mark.row("A-02")
def test_a_kind_that_is_declared_may_be_the_subject_of_rules(browser: Browser) -> None:
    events = record_events()
    assert events["warranty.granted"] == "Garantie : accordée"
    assert {"warranty.created", "warranty.ended", "warranty.memo_changed"} <= set(events)
    assert "record_party" in audiences_for("warranty.granted")
    assert set(dates_of("warranty.reminded")) == {"issued_on", "valid_until"}
    assert "warranty.granted" in browser.get("/backoffice/rules/new").text
