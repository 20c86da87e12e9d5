"""A file of records as French Excel writes it: judged line by line, entered whole or not at all."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from shared import jobs
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db
from shared.intake import record_applying, record_importing
from shared.intake.record_columns import guess
from shared.people.models import Grant
from shared.people.scopes import Scope
from shared.records.kinds import INVOICE, KINDS
from shared.records.models import Record, RecordImport
from tests.factories import office, post, records, told

Db = scoped_session[Session]
EVERYWHERE = Scope((Grant(),))
HEADS = "N° facture;Code client;Date;Échéance;Montant TTC;Montant HT;État;Mémo"


@pytest.fixture(autouse=True)
def installation(db_session: Db) -> None:
    office.an_installation()


def started(*lines: str, heads: str = HEADS, kind: str = "invoice", tell: bool = False) -> RecordImport:
    data = "\r\n".join((heads, *lines)).encode("cp1252")
    return record_importing.start_import(
        kind=kind, data=data, filename="factures.csv", scope=EVERYWHERE, by=records.BY, tell=tell
    )


def applied(found: RecordImport) -> None:
    record_importing.ask_apply(found=found, by=records.BY)
    db.session.commit()  # what a job refuses, it rolls back
    jobs.work_on_records(str(found.id))
    jobs.work_on_records(str(found.id))
    db.session.refresh(found)


def count(model: type = Record) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_of_french_excel_is_read_and_entered_once() -> None:
    office.customer("C1")
    found = started(
        "F-1;C1;02/11/2026;02/12/2026;1 234,56 €;1 028,80;Validée;Accès par la cour",
        "F-2;c1;03/11/2026;;-120,00;-100;;",
    )
    assert found.problems == {} and (found.counts["new"], found.total_rows) == (2, 2)
    assert count() == 0
    applied(found)
    first, note = db.session.scalars(select(Record).order_by(Record.number))
    assert (first.amount, first.memo, str(first.due_on)) == (Decimal("1234.56"), "Accès par la cour", "2026-12-02")
    assert (first.status, first.source, note.is_credit_note) == ("validated", "csv", True)
    assert (found.state, found.done_rows) == ("done", 2)
    names = list(db.session.scalars(select(Event.name).where(Event.record_id.is_not(None))))
    assert names == ["invoice.created"] * 2
    again = started("F-1;C1;02/11/2026;02/12/2026;1234,56;1028,80;Validée;Accès par la cour")
    assert again.counts["same"] == 1
    with pytest.raises(Refused):
        record_importing.ask_apply(found=again, by=records.BY)


def test_each_wrong_cell_is_named_and_nothing_is_entered() -> None:
    office.customer("C1")
    found = started(
        "F-1;C1;02/11/2026;;1 234,5o;;;",
        "F-2;INCONNU;31/02/2026;;10;;;",
        "F-3;C1;02/11/2026;01/11/2026;10;;;",
        "F-3;C1;02/11/2026;;10;;Envolée;",
        ";C1;02/11/2026;;10;;;",
        "F-6;C1;02/11/2026;;10;;;",
    )
    assert {line: sorted(fields) for line, fields in found.problems.items()} == {
        "2": ["amount"],
        "3": ["issued_on", "party"],
        "4": ["due_on"],
        "5": ["status"],
        "6": ["number"],
    }
    assert (found.counts["wrong"], found.counts["new"]) == (5, 1)
    with pytest.raises(Refused):
        record_importing.ask_apply(found=found, by=records.BY)
    assert count() == 0


def test_the_number_of_somebody_else_and_a_party_out_of_reach_are_refused() -> None:
    records.an_invoice(office.customer("C1"), number="F-1")
    office.customer("C2")
    assert list(started("F-1;C2;;;10;;;").problems["2"]) == ["number"]
    nowhere = Scope((Grant(family_id=office.family("employees").id),))
    data = f"{HEADS}\nF-9;C2;;;10;;;".encode()
    found = record_importing.start_import(kind="invoice", data=data, filename="f.csv", scope=nowhere, by=records.BY)
    assert list(found.problems["2"]) == ["party"]


def test_a_line_that_became_wrong_keeps_the_whole_file_out_and_is_told_where_it_stands() -> None:
    party = office.customer("C1")
    found = started("F-1;C1;02/11/2026;;10;8;;", "F-2;C1;02/11/2026;;20;16;;")
    other = records.an_invoice(office.customer(), number="F-1")
    applied(found)
    assert (found.state, list(found.problems), found.counts) == ("read", ["2"], {"tell": 0, "wrong": 1, "new": 1})
    assert "est à un autre" in found.problems["2"]["number"] or "autre pièce" in found.problems["2"]["number"]
    assert db.session.scalar(select(func.count()).where(Record.party_id == party.id)) == 0
    with pytest.raises(Refused):
        record_importing.ask_apply(found=found, by=records.BY)

    other.number, other.number_folded = "F-9", "f-9"
    record_importing.preview_again(found=found, columns=[], tell=False, scope=EVERYWHERE)
    applied(found)
    assert (found.state, found.counts["created"], found.counts["modified"]) == ("done", 2, 0)
    with pytest.raises(Stale):
        record_importing.give_up(found=found)


def test_what_only_the_writing_refuses_leaves_no_line_of_any_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_applying, "AT_ONCE", 2)
    party = office.customer("C1")
    for number in ("DV-2", "DV-5"):
        records.a_quote(party, number=number, status="cancelled")
    lines = [f"DV-{n};C1;{'accepted' if n in (2, 5) else 'validated'}" for n in range(1, 7)]
    found = started(*lines, heads="Numéro;Code client;État", kind="quote", tell=True)
    assert found.problems == {}
    before = (count(), count(Event))
    applied(found)
    assert (found.state, list(found.problems), found.done_rows) == ("read", ["3", "6"], 0)
    assert (count(), count(Event)) == before
    assert (found.counts["wrong"], found.counts["new"]) == (2, 4)


def test_columns_may_be_named_by_hand() -> None:
    office.customer("C1")
    found = started("F-1;C1;99", heads="Truc;Machin;Montant")
    assert found.counts == {"tell": 0, "columns": 1}
    columns = ["number", "party", "amount"]
    record_importing.preview_again(found=found, columns=columns, tell=True, scope=EVERYWHERE)
    assert found.counts == {"tell": 1, "new": 1}
    assert guess(["N° facture", "Code client", "TTC", "Facture"], INVOICE) == ["number", "party", "amount", ""]


@pytest.mark.row("L-10")
def test_imported_payments_are_told_when_asked_and_always_taken_off() -> None:
    party = office.customer("C1")
    first, second = records.an_invoice(party, number="F-1"), records.an_invoice(party, number="F-2")
    heads = "Numéro;Code client;Date;Montant;Facture"
    applied(started("P-1;C1;20/11/2026;1200,00;F-1", heads=heads, kind="payment"))
    applied(started("P-2;C1;20/11/2026;200,00;F-2", heads=heads, kind="payment", tell=True))
    applied_again = started("P-2;C1;20/11/2026;200,00;F-2", heads=heads, kind="payment", tell=True)
    assert applied_again.counts["same"] == 1
    assert (first.status, first.balance, second.status, second.paid) == ("paid", 0, "validated", 200)
    events = db.session.scalars(select(Event).where(Event.name == "payment.confirmed")).all()
    assert [event.facts["balance"] for event in events] == ["1000.00"]


def test_history_tells_nobody_of_records_that_stood_already_and_news_does() -> None:
    post.an_installation()
    told.rule("quote.validated")
    party = told.a_party("alpha")
    old, new = records.a_quote(party, status="", number="DV-1"), records.a_quote(party, status="", number="DV-2")
    heads = "Numéro;Code client;État"
    applied(started(f"DV-1;{party.code};validated", heads=heads, kind="quote"))
    applied(started(f"DV-2;{party.code};validated", heads=heads, kind="quote", tell=True))
    assert [old.status, new.status] == ["validated", "validated"]
    assert [len(told.lines_of(each)) for each in (old, new)] == [0, 1]
    names = db.session.scalars(select(Event.name).where(Event.record_id == old.id)).all()
    assert "quote.validated" in names


def test_an_appointment_has_its_time_and_one_that_does_not_exist_is_refused() -> None:
    office.customer("C1")
    heads = "Numéro;Code client;Rendez-vous"
    found = started("I-1;C1;28/03/2027 02:30", "I-2;C1;28/03/2027 9h30", heads=heads, kind="intervention")
    assert list(found.problems) == ["2"] and "appointment_at" in found.problems["2"]


def test_every_kind_has_its_columns() -> None:
    for kind in KINDS.values():
        assert guess(["Numéro", "Code tiers"], kind) == ["number", "party"]
