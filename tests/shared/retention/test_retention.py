"""How long what is filed is kept: terms, holds, deletion with its certificate, payslips for fifty years."""

import io
from datetime import date, timedelta

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError

from shared.clock import COMPANY_ZONE, add_months, day_of, midnight, now, today
from shared.documents import sweeping
from shared.documents.models import Document, Publication
from shared.documents.moving import move
from shared.documents.storage import original_key, storage
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.people.models import Party
from shared.retention import payslip_checking, purging
from shared.retention.certifying import certificate_pdf
from shared.retention.destroying import TERM, destroy, reached_tables
from shared.retention.holding import hold, lift
from shared.retention.lengthening import lengthen
from shared.retention.models import DeletionCertificate, Purge, PurgeLine, RetentionHold, RetentionRule
from shared.retention.terms import term_of
from shared.signatures.models import RequestState
from shared.signatures.offline import proof_of
from shared.signatures.proving import proof_file
from tests.factories import counter, office, sealed
from tests.factories.post import an_installation

YEARS = timedelta(days=366)


@pytest.fixture(autouse=True)
def installation(app: Flask) -> None:
    an_installation()


def an_old(party: Party, key: str, years: int, **facts: object) -> Document:
    """Filed that long ago."""
    return counter.a_document(party, office.folder(key), data=office.text_file(), age=years * YEARS, **facts)  # type: ignore[arg-type]


def an_employee() -> Party:
    return office.customer(key="employees")


def carried_out(purge: Purge) -> None:
    while purging.advance(purge_id=purge.id):
        pass


@pytest.mark.parametrize(
    ("key", "issued", "expected"),
    [
        ("c.invoices", date(2020, 3, 5), date(2030, 12, 31)),
        ("c.quotes", date(2020, 3, 5), date(2025, 3, 5)),
        ("c.contracts", date(2020, 3, 5), None),
    ],
)
def test_each_class_has_its_duration_and_its_beginning(key: str, issued: date, expected: date | None) -> None:
    assert term_of(counter.a_document(office.customer(), office.folder(key), issued_on=issued)) == expected


def test_a_contract_is_kept_five_years_after_the_end_of_the_relation() -> None:
    party = an_employee()
    document = counter.a_document(party, office.folder("e.contracts"))
    assert term_of(document) is None
    party.left_on = date(2026, 2, 28)
    db.session.flush()
    assert term_of(document) == date(2031, 2, 28)


def test_what_was_signed_is_kept_as_long_as_its_proof_and_nothing_goes_while_it_may_be_signed() -> None:
    request = sealed.a_signed_request(sealed.a_signatory())
    document = request.document
    document.folder.retention_class, document.issued_on = "quote", date(2019, 3, 5)
    ended = request.ended_at
    assert ended is not None
    until = add_months(day_of(ended), 120)
    db.session.flush()
    assert term_of(document) == until
    assert proof_of(proof_file(request))["retention"]["until"] == until.isoformat()
    request.state, request.ended_at = RequestState.OPEN, None
    db.session.flush()
    assert term_of(document) is None and purging.list_due() is None


@pytest.mark.row("FR-11")
def test_at_term_a_held_document_stays_another_goes_and_a_certificate_keeps_its_hash() -> None:
    party = office.customer()
    held, gone = an_old(party, "c.quotes", 6), an_old(party, "c.quotes", 7, number="DE-1")
    an_old(party, "c.quotes", 2)
    hold(document=held, reason="Litige 2026-14", by=office.BY)
    sha256, gone_id, held_id = gone.versions[0].sha256, gone.id, held.id

    purge = purging.list_due()
    assert purge is not None
    assert [line.document_id for line in db.session.scalars(select(PurgeLine))] == [gone_id]
    carried_out(purge)
    assert db.session.get(Document, gone_id) is not None  # nothing goes before staff have said so
    with pytest.raises(Stale):
        purging.confirm(purge=purge, expected=2, by=office.BY)
    purging.confirm(purge=purge, expected=1, by=office.BY)
    carried_out(purge)

    assert (purge.deleted, purge.kept) == (1, 0)
    assert db.session.get(Document, gone_id) is None
    assert db.session.get(Document, held_id) is not None
    [certificate] = db.session.scalars(select(DeletionCertificate)).all()
    assert (certificate.document_id, certificate.versions[0]["sha256"]) == (gone_id, sha256)
    assert len(pikepdf.open(io.BytesIO(certificate_pdf([certificate], {}))).pages) == 1
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text("DELETE FROM deletion_certificate"))
    assert purging.list_due() is None

    sweeping.remove_unused(limit=10)
    db.session.execute(text("UPDATE stored_object SET unused_since = now() - interval '2 days'"))
    assert sweeping.remove_unused(limit=10) == 1
    assert original_key(sha256) not in list(storage().keys())


def test_a_deletion_takes_nothing_of_the_other_documents_of_its_folder() -> None:
    party = office.customer()
    gone, kept = (counter.a_document(party, office.folder("c.invoices"), title) for title in ("Ancienne", "Récente"))
    destroy(document=gone, because=TERM, term_on=None, by=office.BY)
    left = db.session.scalars(select(Publication.document_id)).all()
    assert left == [kept.id] and db.session.get(Document, kept.id) is not None


def test_a_hold_placed_after_the_confirmation_still_holds() -> None:
    party = office.customer()
    document = an_old(party, "c.quotes", 6)
    purge = purging.list_due()
    assert purge is not None
    purging.confirm(purge=purge, expected=1, by=office.BY)
    hold(party=party, reason="Contrôle fiscal", by=office.BY)
    carried_out(purge)
    assert (purge.deleted, purge.kept) == (0, 1)
    assert db.session.get(Document, document.id) is not None
    [standing] = db.session.scalars(select(RetentionHold)).all()
    lift(hold=standing, because="Contrôle clos", by=office.BY)
    again = purging.list_due()
    assert again is not None
    assert again.id != purge.id


def test_the_database_refuses_to_delete_what_is_held() -> None:
    document = counter.a_document(office.customer(), office.folder())
    hold(document=document, reason="Litige", by=office.BY)
    with pytest.raises(Refused, match="gelé"):
        destroy(document=document, because="term", term_on=None, by=office.BY)
    for publication in document.publications:
        db.session.delete(publication)
    for version in document.versions:
        db.session.delete(version)
    db.session.flush()
    with pytest.raises(DBAPIError, match="held"), db.session.begin_nested():
        db.session.execute(text("DELETE FROM document WHERE id = :id"), {"id": document.id})


def test_a_hold_wants_a_reason_and_stands_once() -> None:
    party = office.customer()
    with pytest.raises(Refused):
        hold(party=party, reason=" ", by=office.BY)
    hold(party=party, reason="Litige", by=office.BY)
    with pytest.raises(Refused):
        hold(party=party, reason="Litige encore", by=office.BY)


def test_a_duration_is_lengthened_never_shortened_below_the_law() -> None:
    rule = db.session.get_one(RetentionRule, "quote")
    document = an_old(office.customer(), "c.quotes", 6)
    with pytest.raises(Refused, match="au moins 60 mois"):
        lengthen(rule=rule, months=59, by=office.BY)
    lengthen(rule=rule, months=120, by=office.BY)
    assert term_of(document) > today()  # type: ignore[operator]
    assert purging.list_due() is None
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text("UPDATE retention_rule SET months = 1 WHERE key = 'quote'"))


SCRIPTS = (
    "DELETE FROM version WHERE document_id = :id",
    "DELETE FROM document WHERE id = :id",
    "UPDATE version SET sha256 = (SELECT min(sha256) FROM stored_object WHERE sha256 <> version.sha256)"
    " WHERE document_id = :id",
    "UPDATE document SET filed_at = filed_at - interval '60 years' WHERE id = :id",
    "UPDATE document SET party_id = (SELECT id FROM party WHERE id <> document.party_id LIMIT 1) WHERE id = :id",
    "UPDATE document SET folder_id = (SELECT id FROM folder WHERE shipped_key = 'e.contracts') WHERE id = :id",
    "UPDATE folder SET document_class = 'other' WHERE shipped_key = 'e.payslips' AND :id = :id",
    "DELETE FROM stored_object WHERE sha256 = (SELECT sha256 FROM version WHERE document_id = :id)",
    "DELETE FROM party WHERE id = (SELECT party_id FROM document WHERE id = :id)",
)


@pytest.mark.row("FR-03")
@pytest.mark.parametrize("script", SCRIPTS)
def test_no_script_deletes_or_alters_a_payslip_before_its_end(script: str) -> None:
    counter.a_document(an_employee(), office.folder("e.contracts"), data=office.text_file())
    slip = an_old(an_employee(), "e.payslips", 49)
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(script), {"id": slip.id})
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text("TRUNCATE document CASCADE"))


@pytest.mark.row("FR-03")
def test_no_verb_and_no_round_takes_a_payslip_before_its_end() -> None:
    party = an_employee()
    slip = an_old(party, "e.payslips", 49)
    slip_id, sha256 = slip.id, slip.versions[0].sha256
    with pytest.raises(DBAPIError), db.session.begin_nested():
        destroy(document=slip, because="term", term_on=None, by=office.BY)
    with pytest.raises(Refused, match="reste dans un répertoire de bulletins"):
        move(document=db.session.get_one(Document, slip_id), folder=office.folder("e.contracts"), by=office.BY)
    assert purging.list_due() is None
    sweeping.remove_unused(limit=10)
    db.session.execute(text("UPDATE stored_object SET unused_since = now() - interval '9 days'"))
    assert sweeping.remove_unused(limit=10) == 0
    assert storage().head(original_key(sha256)).size > 0


@pytest.mark.row("FR-03")
def test_a_payslip_is_kept_fifty_years_or_until_75_and_never_less_than_five() -> None:
    party = an_employee()
    slip = counter.a_document(party, office.folder("e.payslips"), data=office.text_file())
    assert term_of(slip) == add_months(today(), 600)
    party.birth_date = date(today().year - 40, 6, 15)
    db.session.flush()
    assert term_of(slip) == date(today().year + 35, 6, 15)
    with pytest.raises(DBAPIError, match="birth"), db.session.begin_nested():
        db.session.execute(text("UPDATE party SET birth_date = '1930-01-01' WHERE id = :id"), {"id": party.id})
    db.session.refresh(party)
    older = an_employee()
    older.birth_date = date(1930, 1, 1)
    db.session.flush()
    slip = counter.a_document(older, office.folder("e.payslips"), data=office.text_file())
    assert term_of(slip) == add_months(today(), 60)


@pytest.mark.row("FR-03")
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Honolulu", "Pacific/Auckland"])
def test_the_term_of_a_payslip_is_counted_from_the_day_in_france_whatever_the_zone_of_the_database(zone: str) -> None:
    """Filed half an hour after midnight in Paris, when it is still the day before in UTC."""
    filed_on = add_months(today() + timedelta(days=1), -600)
    filed_at = midnight(filed_on, COMPANY_ZONE.key) + timedelta(minutes=30)
    slip = counter.a_document(an_employee(), office.folder("e.payslips"), age=now() - filed_at)
    db.session.execute(select(func.set_config("timezone", zone, True)))
    assert term_of(slip) == add_months(filed_on, 600) > today()
    with pytest.raises(DBAPIError, match="kept until"), db.session.begin_nested():
        db.session.execute(delete(Document).where(Document.id == slip.id))


def test_a_payslip_goes_after_its_end_like_anything_else() -> None:
    slip = an_old(an_employee(), "e.payslips", 51)
    slip_id = slip.id
    purge = purging.list_due()
    assert purge is not None
    purging.confirm(purge=purge, expected=1, by=office.BY)
    carried_out(purge)
    assert purge.deleted == 1
    assert db.session.get(Document, slip_id) is None


@pytest.mark.row("FR-03")
def test_the_yearly_check_reports_how_many_payslips_were_verified() -> None:
    party = an_employee()
    slips = [counter.a_document(party, office.folder("e.payslips"), data=office.text_file()) for _ in range(3)]
    counter.a_document(party, office.folder("e.contracts"), data=office.text_file())
    storage().delete(original_key(slips[0].versions[0].sha256))
    check_id = payslip_checking.due()
    assert check_id is not None
    while payslip_checking.advance(check_id=check_id):
        pass
    check = payslip_checking.latest()
    assert check is not None
    assert (check.total, check.verified, check.damaged) == (3, 2, 1)
    assert check.ended_at is not None
    assert payslip_checking.due() is None
    check.asked_at = now() - timedelta(days=366)
    db.session.flush()
    assert payslip_checking.due() not in (None, check.id)


@pytest.mark.row("FR-06")
@pytest.mark.parametrize(
    "script",
    [
        "UPDATE folder SET signature_side = 'left' WHERE id = :folder",
        "INSERT INTO folder_exception (party_id, folder_id, values, origins, revision)"
        " VALUES (:party, :folder, '{\"signature_side\": \"right\"}', '{}', 1)",
    ],
)
def test_the_database_lets_no_signature_be_asked_of_a_payslip(script: str) -> None:
    folder = office.folder("e.payslips")
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(script), {"folder": folder.id, "party": an_employee().id})


def test_what_a_deletion_takes_with_it_was_looked_at_by_somebody() -> None:
    """A table that refers to documents: say here whether its rows go with the document."""
    assert reached_tables() == REACHED


REACHED = {
    "awaited_record",
    "comparison_finding",
    "document",
    "download",
    "link",
    "notification_document",
    "printout",
    "publication",
    "record_document",
    "remark",
    "signature",
    "signature_drawing",
    "signature_question",
    "signature_request",
    "signature_trace",
    "signature_withdrawal",
    "signer",
    "signing_code",
    "version",
}
