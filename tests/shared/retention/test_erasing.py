"""Everything on a person in one file; an erasure leaves what the law keeps, and says so in a receipt."""

import io
import json
import zipfile
from decimal import Decimal

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select

from shared.access.models import Access, Account, Identifier, Seat
from shared.clock import today
from shared.documents.models import Document
from shared.documents.reading import Reader
from shared.errors import Refused, Stale
from shared.events.actors import staff_actor
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people import closing
from shared.people.models import Contact, EmailCell, EmailSlot, Grant, Party, Person
from shared.people.scopes import Scope
from shared.records import remarks
from shared.records.models import RecordParty
from shared.retention.erasing import erase, foresee
from shared.retention.exporting import export_own, export_party
from shared.retention.holding import hold
from shared.retention.models import DeletionCertificate
from shared.retention.receipt import erased_words, erasure_receipt
from shared.signatures.naming import name_of
from shared.signatures.offline import proof_of
from shared.signatures.proving import proof_file
from tests.factories import counter, office, records, sealed
from tests.factories.identity import a_clerk, a_holder
from tests.factories.post import an_installation
from tests.factories.signing import a_request
from tests.shared.documents.corpus import pdf


@pytest.fixture(autouse=True)
def installation(app: Flask) -> None:
    an_installation()


@pytest.fixture
def seat() -> Seat:
    addresses = {EmailSlot.CARD: "camille@exemple.fr"}
    party = office.customer("E9", "Camille Martin", key="employees", addresses=addresses)
    party.street, party.phone = "3 rue des Lilas", "0102030405"
    return a_holder(party=party, email="camille@exemple.fr")


def unzipped(zipped: object) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(zipped)))  # type: ignore[call-overload]
    return {name: archive.read(name) for name in archive.namelist()}


def never(_item: object) -> None:
    raise AssertionError("damaged")


@pytest.mark.row("FR-19")
def test_an_erasure_removes_account_and_contacts_keeps_what_the_law_keeps_and_gives_a_receipt(seat: Seat) -> None:
    party, account_id, person_id = seat.party, seat.account_id, seat.account.person_id
    office.folder("e.timesheets").retention_class = "other"
    slip = office.filed(party, office.folder("e.payslips"), pdf(text="Bulletin"), "bulletin.pdf")
    free = office.filed(party, office.folder("e.timesheets"), pdf(text="Pointage"), "pointage.pdf")
    slip_id, free_id, sha256 = slip.id, free.id, free.versions[0].sha256
    forecast = foresee(party)
    assert forecast.erased["documents"] == 1
    assert [(kept.folder, kept.count) for kept in forecast.kept] == [("Bulletins", 1)]
    assert forecast.kept[0].until is not None
    assert forecast.kept[0].until.year == today().year + 50
    with pytest.raises(Stale):
        erase(party=party, reason="Demande du 3 mai", seen={**forecast.erased, "documents": 4}, by=office.BY)

    made = erase(party=party, reason="Demande écrite du 3 mai", seen=forecast.erased, by=office.BY)
    assert db.session.get(Account, account_id) is None
    assert db.session.get(Person, person_id) is None
    for model in (Seat, Access, Contact, EmailCell):
        assert db.session.scalars(select(model).where(model.party_id == party.id)).all() == []
    assert db.session.scalars(select(Identifier).where(Identifier.account_id == account_id)).all() == []
    left = db.session.scalars(select(Notification).where(Notification.party_id == party.id)).all()
    assert left
    assert all(row.address is None and row.body is None and row.facts == {} for row in left)
    assert db.session.get(Document, slip_id) is not None
    assert db.session.get(Document, free_id) is None
    [certificate] = db.session.scalars(select(DeletionCertificate)).all()
    assert (certificate.because, certificate.versions[0]["sha256"]) == ("erasure", sha256)
    kept = db.session.get_one(Party, party.id)
    assert (kept.name, kept.street, kept.phone) == ("Camille Martin", "", "")
    assert kept.closed_at is not None
    [line] = made.kept
    assert line["folder"] == "Bulletins"
    assert "D3243-8" in line["law"]
    assert line["until"]
    assert len(pikepdf.open(io.BytesIO(erasure_receipt(made))).pages) == 1


@pytest.mark.row("FR-19")
def test_an_erasure_empties_the_words_of_records_and_leaves_numbers_and_amounts() -> None:
    seat = a_holder(party=office.customer("C8", "Camille Martin"), email="camille@exemple.fr")
    party, staff = seat.party, staff_actor(a_clerk())
    words = {"memo": "Habite au 3e", "contact_id": seat.access.contact_id}
    invoice = records.an_invoice(party, number="FA-8", title="Lampadaire", **words)
    visit = records.an_intervention(party, title="Chez Camille", memo="Code 12A", appointment_place="3 rue des Lilas")
    visit.appointment_note = "Sonnez fort"
    exchange = records.an_exchange(others=1)
    exchange.parties.append(RecordParty(party=party, reason="Je suis malade"))
    quote = records.a_quote(party)
    remarks.say(subject=quote, text="Je déménage", by=f"account:{seat.account_id}", account=seat.account)
    remarks.note(subject=quote, text="Fragile", by=staff)
    other = records.a_quote(memo="À un autre")
    forecast = foresee(party)
    assert (forecast.erased["pieces"], forecast.erased["remarques"]) == (3, 2)
    made = erase(party=party, reason="Demande", seen=forecast.erased, by=office.BY)
    db.session.expire_all()
    assert (invoice.number, invoice.amount, invoice.title) == ("FA-8", Decimal("1200.00"), "Lampadaire")
    assert (invoice.memo, invoice.contact_id) == ("", None)
    assert (visit.memo, visit.appointment_place, visit.appointment_note) == ("", "", "")
    assert "Camille" not in visit.title
    assert [row.reason for row in exchange.parties] == ["", ""]
    assert remarks.everything(quote) == [] and other.memo == "À un autre"
    assert db.session.get_one(Party, party.id).name == "Camille Martin"  # the accounts bear it
    assert "1 personne et ses coordonnées" in erased_words(made.erased)


def test_what_refers_to_a_party_was_looked_at_by_somebody() -> None:
    """A table that refers to parties: say here that its words go with the person, in `erasing` or `blanking`."""
    keys = (key for table in db.metadata.tables.values() for key in table.foreign_keys)
    assert {key.parent.table.name for key in keys if key.column.table.name == "party"} == LOOKED_AT


LOOKED_AT = {
    "access",
    "bulk_row",
    "comparison",
    "consent",
    "contact",
    "deposit",
    "document",
    "document_request",
    "email_cell",
    "erasure",
    "folder_exception",
    "information_refusal",
    "link",
    "note",
    "notification",
    "payslip_notice",
    "payslip_slip",
    "portal_session",
    "record",
    "record_party",
    "remark",
    "retention_hold",
    "seat",
    "signature_request",
    "signing_batch_line",
    "site",
    "todo",
}


@pytest.mark.row("FR-19")
def test_who_has_signed_stays_named_in_the_proof_and_is_reached_no_more() -> None:
    request = sealed.a_signed_request(sealed.a_signatory())
    party, signer, document_id = request.party, request.signers[0], request.document_id
    contact = signer.contact
    assert contact is not None and contact.email
    name, account_id = name_of(signer), db.session.scalars(select(Seat.account_id)).one()
    request.document.folder.retention_class = "other"  # no duty but that of the proof
    free = a_request(party, contact, title="Jamais signé")
    free.document.folder.retention_class = "other"
    db.session.flush()
    free_id, forecast = free.document_id, foresee(party)
    assert (forecast.erased["documents"], forecast.erased["interlocuteurs"]) == (1, 0)
    assert [("L213-1" in kept.law, kept.count) for kept in forecast.kept] == [(True, 1)]

    made = erase(party=party, reason="Demande", seen=forecast.erased, by=office.BY)
    db.session.expire_all()
    assert db.session.get(Document, document_id) is not None and db.session.get(Document, free_id) is None
    assert name_of(signer) == name and proof_of(proof_file(request))["signers"][0]["name"] == name
    assert contact.email == contact.phone == "" and contact.closed_at is not None
    assert db.session.get(Account, account_id) is None
    assert [line["until"] for line in made.kept] == [proof_of(proof_file(request))["retention"]["until"]]


def test_a_hold_refuses_an_erasure(seat: Seat) -> None:
    hold(party=seat.party, reason="Contentieux", by=office.BY)
    forecast = foresee(seat.party)
    assert "Contentieux" in forecast.refusal
    with pytest.raises(Refused):
        erase(party=seat.party, reason="Demande", seen=forecast.erased, by=office.BY)


def test_a_person_who_is_elsewhere_too_keeps_their_account(seat: Seat) -> None:
    other = a_holder("C7", person=seat.account.person)
    erase(party=seat.party, reason="Demande", seen=foresee(seat.party).erased, by=office.BY)
    assert db.session.get(Account, other.account_id) is not None
    assert db.session.get(Seat, other.id) is not None


@pytest.mark.row("FR-19")
def test_the_export_holds_documents_index_and_everything_else_as_json(seat: Seat) -> None:
    party = seat.party
    data = pdf(text="Bulletin de mai")
    office.filed(party, office.folder("e.payslips"), data, "bulletin.pdf")
    counter.a_document(party, office.folder("e.contracts"), "Brouillon", live=False, data=pdf(text="Brouillon"))
    a_request(party, seat.access.contact, title="Avenant")
    records.a_record("expense_report", party, number="NF-1")
    other = office.customer("E10", "Quelqu’un d’autre", key="employees")
    office.filed(other, office.folder("e.payslips"), pdf(text="À un autre"), "autre.pdf")
    seat.account.password_hash = "argon-secret"

    files = unzipped(export_own(reader=Reader(by="account:x", seat=seat), on_damage=never))
    assert data in files.values()
    assert "Brouillon" not in "".join(files)
    told = json.loads(files["donnees.json"])
    assert told["tiers"]["adresses_electroniques"] == {"card": "camille@exemple.fr"}
    assert told["personnes"][0]["compte"]["identifiants"]
    assert {line["document"] for line in told["documents"]} >= {"Brouillon"}
    assert told["informations_bulletin"]
    assert [(line["document"], line["signe_le"]) for line in told["signatures"]] == [("Avenant", None)]
    assert [line["numero"] for line in told["pieces"]] == ["NF-1"]
    assert "argon-secret" not in files["donnees.json"].decode()
    assert "autre" not in "".join(files)

    scope = Scope((Grant(), Grant(folder_id=office.folder("e.payslips").id)))
    files = unzipped(export_party(party=party, scope=scope, by=office.BY, on_damage=never))
    assert any("Brouillon" in name for name in files)
    with pytest.raises(Refused, match="ne serait pas complet"):
        export_party(party=party, scope=Scope((Grant(),)), by=office.BY, on_damage=never)


@pytest.mark.row("FR-05")
def test_the_closing_is_told_to_everyone_ninety_days_ahead_and_may_be_called_off(seat: Seat) -> None:
    other = a_holder(party=office.customer("C3", addresses={EmailSlot.CARD: "c3@exemple.fr"}))
    nobody = office.customer("C4", addresses={EmailSlot.CARD: "c4@exemple.fr"})  # has no access
    with pytest.raises(Refused, match="90 jours"):
        closing.start(reason="Arrêt", closes_on=today(), by=office.BY)
    made = closing.start(reason="Changement de logiciel", by=office.BY)
    assert closing.days_left(made) == 90
    with pytest.raises(Refused, match="déjà"):
        closing.start(reason="Encore", by=office.BY)
    assert not closing.advance(closing_id=made.id)
    assert not closing.advance(closing_id=made.id)
    told = [row.party_id for row in db.session.scalars(select(Notification)) if row.event == "closing.announced"]
    assert sorted(map(str, told)) == sorted(map(str, (seat.party_id, other.party_id)))
    assert nobody.id not in told
    assert made.told == 2

    closing.cancel(closing=made, because="Le service continue", by=office.BY)
    while closing.advance(closing_id=made.id):
        pass
    off = [row.party_id for row in db.session.scalars(select(Notification)) if row.event == "closing.called_off"]
    assert set(off) == set(told)
    assert closing.current() is None
