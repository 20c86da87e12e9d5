"""What parties answer is an event once, is kept beside its record, and what nobody awaits any more is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from shared.clock import now
from shared.errors import Refused
from shared.events.models import Event
from shared.events.recording import record as record_event
from shared.extensions import db
from shared.records import answering
from tests.factories import office, records

Db = scoped_session[Session]
BY = records.BY


@pytest.fixture(autouse=True)
def installation(db_session: Db) -> None:
    office.an_installation()


def count(name: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.name == name)) or 0


@pytest.mark.row("L-12")
def test_signing_the_paper_of_a_quote_accepts_it_once() -> None:
    party = office.customer()
    quote = records.a_quote(party)
    paper = office.filed(party, office.folder("c.quotes"), number=quote.number)
    for _ in range(2):
        facts = {"request": "r", "document": str(paper.id)}
        record_event("document.signed", by="account:1", party_id=party.id, document_id=paper.id, facts=facts)
    assert (quote.status, quote.moved_by) == ("accepted", "account:1")
    assert not answering.answer_quote(record=quote, accept=True, by="account:1")
    assert not records.moved(quote, "accept", day=quote.accepted_on)
    assert count("quote.accepted") == 1


def test_a_signed_paper_of_a_refused_quote_changes_nothing() -> None:
    party = office.customer()
    quote = records.a_quote(party)
    paper = office.filed(party, office.folder("c.quotes"), number=quote.number)
    answering.answer_quote(record=quote, accept=False, by="account:1", reason="Trop cher")
    facts = {"request": "r", "document": str(paper.id)}
    record_event("document.signed", by="account:1", party_id=party.id, document_id=paper.id, facts=facts)
    assert (quote.status, quote.refusal_reason) == ("refused", "Trop cher")


def test_refusing_to_sign_the_paper_of_a_quote_refuses_it_once_and_undoing_that_opens_it_again() -> None:
    party = office.customer()
    quote = records.a_quote(party)
    paper = office.filed(party, office.folder("c.quotes"), number=quote.number)

    def signing(event: str, by: str, **facts: str) -> None:
        record_event(
            event, by=by, party_id=party.id, document_id=paper.id, facts={"request": "r", "signer": "s", **facts}
        )

    for _ in range(2):
        signing("signature.refused", "account:1", reason="Le délai est trop long")
    assert (quote.status, quote.refusal_reason, quote.moved_by) == ("refused", "Le délai est trop long", "account:1")
    assert count("quote.refused") == 1
    signing("signature.refusal_undone", records.BY)
    assert (quote.status, quote.refusal_reason) == ("validated", "")
    signing("signature.refused", "account:1", reason="Non")
    assert (quote.status, count("quote.refused"), count("quote.answer_undone")) == ("refused", 2, 1)


def test_an_answer_that_did_not_come_from_signing_stays_when_a_refusal_to_sign_is_undone() -> None:
    party = office.customer()
    quote = records.a_quote(party)
    paper = office.filed(party, office.folder("c.quotes"), number=quote.number)
    answering.answer_quote(record=quote, accept=False, by="account:1", reason="Trop cher")
    for event in ("signature.refused", "signature.refusal_undone"):
        facts = {"request": "r", "signer": "s", "reason": "Non"}
        record_event(event, by="account:1", party_id=party.id, document_id=paper.id, facts=facts)
    assert (quote.status, quote.refusal_reason) == ("refused", "Trop cher")


def test_an_appointment_is_confirmed_or_asked_to_move_once() -> None:
    record = records.an_intervention()
    assert answering.answer_appointment(record=record, answer="confirmed", by="account:1")
    assert not answering.answer_appointment(record=record, answer="confirmed", by="account:1")
    with pytest.raises(Refused) as refusal:
        answering.answer_appointment(record=record, answer="move_asked", by="account:1")
    assert refusal.value.field == "text"
    answering.answer_appointment(record=record, answer="move_asked", by="account:1", text="Plutôt mardi")
    assert (record.appointment_answer, record.appointment_note) == ("move_asked", "Plutôt mardi")
    assert count("intervention.appointment_answered") == 2


def test_an_appointment_that_is_over_awaits_no_answer() -> None:
    record = records.an_intervention(appointment_at=now() - timedelta(days=1), status="open", quiet=True)
    with pytest.raises(Refused):
        answering.answer_appointment(record=record, answer="confirmed", by="account:1")


@pytest.mark.row("L-13", "L-14")
def test_an_exchange_is_submitted_answered_by_each_party_validated_and_confirmed() -> None:
    exchange = records.an_exchange(others=2)
    assert count("exchange_voucher.submitted") == 1 and not records.moved(exchange, "submit")
    first, second = (row.party for row in exchange.parties)
    assert answering.answer_exchange(record=exchange, party=first, answer="accepted", by="account:1")
    assert not answering.answer_exchange(record=exchange, party=first, answer="accepted", by="account:1")
    with pytest.raises(Refused) as refusal:
        answering.answer_exchange(record=exchange, party=second, answer="refused", by="account:2")
    assert refusal.value.field == "reason"
    answering.answer_exchange(record=exchange, party=second, answer="refused", by="account:2", reason="Pas ce mois-ci")
    with pytest.raises(Refused) as refusal:
        answering.answer_exchange(record=exchange, party=office.customer(), answer="accepted", by="account:3")
    assert refusal.value.field == "party"
    assert {row.party_id: (row.answer, row.reason) for row in exchange.parties} == {
        first.id: ("accepted", ""),
        second.id: ("refused", "Pas ce mois-ci"),
    }
    records.moved(exchange, "validate")
    records.moved(exchange, "confirm")
    names = ("answered", "validated", "confirmed")
    assert [count(f"exchange_voucher.{name}") for name in names] == [2, 1, 1]
    with pytest.raises(Refused):
        answering.answer_exchange(record=exchange, party=first, answer="accepted", by="account:1")


@pytest.mark.row("L-11")
def test_an_expense_report_is_validated_and_confirmed_each_once() -> None:
    report = records.a_record("expense_report")
    for move in ("validate", "validate", "confirm", "confirm"):
        records.moved(report, move)
    assert (count("expense_report.validated"), count("expense_report.confirmed")) == (1, 1)
