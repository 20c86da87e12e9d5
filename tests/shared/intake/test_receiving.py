"""What becomes of a file that comes in: the right party and folder, or « À rattacher », never somebody else."""

import hashlib
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared.documents import publishing
from shared.documents.models import Document, StoredObject, Version
from shared.documents.storage import original_key, read, storage
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.intake import finding, settling
from shared.intake.models import Arrival, Verdict
from shared.intake.receiving import receive
from shared.people.models import Party
from shared.people.scopes import Scope
from tests.factories.invoices import OTHER_SIRET, OTHER_VAT, SIRET, VAT, facturx
from tests.factories.office import BY, an_installation, customer, family, folder, text_file
from tests.shared.documents.corpus import archive, pdf, picture, small_bomb, with_root, word

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _installation(app: Flask) -> None:
    an_installation()


def dropped(data: bytes, filename: str = "facture.pdf", **chosen: object) -> Arrival:
    return receive(data=data, filename=filename, by=BY, source="backoffice", **chosen)  # type: ignore[arg-type]


def document_of(arrival: Arrival) -> Document:
    assert arrival.document_id is not None, arrival.reason
    found = db.session.get(Document, arrival.document_id)
    assert found is not None
    return found


def counted() -> tuple[int, int, int]:
    tables = (Document, Version, StoredObject)
    return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)  # type: ignore[return-value]


def a_scope(key: str) -> Scope:
    nowhere = {"folder_id": None, "activity_id": None}
    return Scope((SimpleNamespace(family_id=family(key).id, **nowhere),))  # type: ignore[arg-type]


@pytest.mark.row("P-60")
def test_an_electronic_invoice_finds_its_customer_and_its_facts() -> None:
    party = customer(vat_number=VAT)
    customer(name="Une autre", vat_number=OTHER_VAT)
    arrival = dropped(facturx())
    document = document_of(arrival)
    assert arrival.verdict is Verdict.FILED
    assert (document.party_id, document.folder_id) == (party.id, folder("c.invoices").id)
    assert (document.number, document.amount) == ("FA-2017-0010", Decimal("671.15"))
    assert document.due_on is not None and document.due_on.isoformat() == "2017-12-13"
    assert document.title == "Facture FA-2017-0010"
    standing = publishing.current(document.id)
    assert standing is not None and standing.live_at is not None


def test_a_credit_note_is_negative() -> None:
    customer(siret=SIRET)
    document = document_of(dropped(facturx(siret=SIRET, vat="", code="381")))
    assert (document.amount, document.is_credit_note, document.title) == (
        Decimal("-671.15"),
        True,
        "Avoir FA-2017-0010",
    )


@pytest.mark.row("P-60")
@pytest.mark.parametrize("unknown", ["nobody", "twice", "another place", "numbers disagree", "closed", "a supplier"])
def test_doubt_goes_to_the_tray_and_never_to_someone(unknown: str) -> None:
    numbers = {"siret": SIRET, "vat": VAT}
    if unknown == "twice":
        customer(siret=SIRET), customer(siret=SIRET)
    elif unknown == "another place":
        customer(siret=OTHER_SIRET, vat_number=VAT)
    elif unknown == "numbers disagree":
        customer(siret=SIRET, vat_number=OTHER_VAT)
    elif unknown == "closed":
        customer(siret=SIRET).closed_at = func.now()
    elif unknown == "a supplier":
        customer(siret=SIRET, key="suppliers")
    arrival = dropped(facturx(**numbers))
    assert arrival.verdict is Verdict.TO_ATTACH and arrival.document_id is None
    assert arrival.reason
    assert counted()[0] == 0
    assert arrival.facts["number"] == "FA-2017-0010" and arrival.facts["amount"] == "671.15"


@pytest.mark.row("P-60")
def test_a_plain_pdf_is_filed_by_the_code_in_its_name() -> None:
    party = customer("4")
    customer("40"), customer("4", key="suppliers")
    document = document_of(dropped(pdf(), "FAC_4_FA-0012_2026-03-31.pdf"))
    assert (document.party_id, document.folder.shipped_key, document.number) == (party.id, "c.invoices", "FA-0012")
    assert document_of(dropped(pdf(text="devis"), "DEV_4_D-7_20260331.pdf")).folder.shipped_key == "c.quotes"


@pytest.mark.row("P-60")
@pytest.mark.parametrize("filename", ["FAC_5_FA-0012_2026-03-31.pdf", "scan0001.pdf", "FAC_4.pdf"])
def test_an_unknown_code_or_name_goes_to_the_tray(filename: str) -> None:
    customer("4"), customer("55")
    arrival = dropped(pdf(), filename)
    assert arrival.verdict is Verdict.TO_ATTACH and counted()[0] == 0


def test_a_code_that_two_families_know_is_ambiguous() -> None:
    customer("4"), customer("4", key="employees")
    assert dropped(pdf(), "CTR_4_Contrat.pdf").verdict is Verdict.TO_ATTACH
    assert dropped(pdf(), "CTR_4_Contrat.pdf", folder=folder("c.contracts")).verdict is Verdict.FILED


def test_the_choice_of_staff_holds_unless_the_invoice_names_somebody_else() -> None:
    party, other = customer(vat_number=VAT), customer(vat_number=OTHER_VAT)
    assert document_of(dropped(pdf(), "scan.pdf", party=party, folder=folder("c.contracts"))).party_id == party.id
    held = dropped(facturx(), party=other, folder=folder())
    assert held.verdict is Verdict.TO_ATTACH and "au nom de" in held.reason
    assert dropped(facturx("FA-2"), party=party, folder=folder("e.contracts")).verdict is Verdict.TO_ATTACH


def test_the_same_bytes_twice_in_one_place_are_known_and_elsewhere_are_not() -> None:
    party, other = customer(vat_number=VAT), customer()
    data = facturx()
    first, second = dropped(data), dropped(data, "autre nom.pdf")
    assert (first.verdict, second.verdict) == (Verdict.FILED, Verdict.KNOWN)
    assert second.document_id == first.document_id and counted() == (1, 1, 1)
    assert dropped(data, party=party, folder=folder("c.contracts")).verdict is Verdict.FILED
    plain = text_file()
    assert dropped(plain, "a.txt", party=party, folder=folder("c.contracts")).verdict is Verdict.FILED
    answer = dropped(plain, "a.txt", party=other, folder=folder("c.contracts"))
    assert answer.verdict is Verdict.FILED and not answer.reason, "nobody learns that the bytes were already here"


@pytest.mark.row("P-14")
def test_any_kind_of_file_keeps_its_bytes() -> None:
    party, where = customer(), folder("c.contracts")
    files = {
        "a.docx": word("Bonjour"),
        "a.jpg": picture(),
        "a.zip": archive(x=b"1"),
        "a.pdf": pdf(),
        "a.html": b"<html><script>alert(1)</script>",
        "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    }
    for filename, data in files.items():
        document = document_of(dropped(data, filename, party=party, folder=where))
        version = db.session.scalars(select(Version).where(Version.document_id == document.id)).one()
        assert version.sha256 == hashlib.sha256(data).hexdigest()
        assert read(storage(), original_key(version.sha256)) == data
        if filename in ("a.html", "a.svg"):
            assert (version.kind, version.mime) == ("other", "application/octet-stream")


@pytest.mark.parametrize(
    ("filename", "data"),
    [
        ("a.pdf", b"<html>"),
        ("a.pdf", b""),
        ("a.pdf.html", pdf()),
        ("a.pdf\0.html", pdf()),
        ("a\u202efdp.exe", text_file()),
        ("CON", text_file()),
        ("..", text_file()),
        ("a.pdf", b"x" * 900 + pdf()),
        ("a.pdf", pdf() + archive(x=b"1")),
        ("a.pdf", pdf(with_root(OpenAction=[]), text="x")[:-200]),
        ("a.pdf", small_bomb()),
    ],
)
def test_what_is_refused_leaves_nothing(filename: str, data: bytes) -> None:
    arrival = dropped(data, filename, party=customer(), folder=folder())
    assert arrival.verdict is Verdict.REFUSED and len(arrival.reason) > 20
    assert counted() == (0, 0, 0)
    assert not list(storage().keys())


@pytest.mark.parametrize("filename", ["../../etc/passwd.txt", "C:\\x\\y.txt", "\\\\srv\\share\\y.txt", "a/./b/y.txt."])
def test_no_word_of_a_name_reaches_a_key(filename: str) -> None:
    document = document_of(dropped(text_file(), filename, party=customer(), folder=folder("c.contracts")))
    version = db.session.scalars(select(Version).where(Version.document_id == document.id)).one()
    assert version.filename in ("passwd.txt", "y.txt")
    assert list(storage().keys("originals/")) == [original_key(version.sha256)]


def test_of_what_lies_outside_their_scope_staff_learn_nothing() -> None:
    party = customer(name="Secret & Cie", vat_number=VAT)
    for data, name in (
        (facturx(), "f.pdf"),
        (pdf(), f"FAC_{party.code}_1_20260101.pdf"),
        (facturx(vat=OTHER_VAT), "g.pdf"),
    ):
        arrival = dropped(data, name, scope=a_scope("suppliers"))
        assert arrival.verdict is Verdict.TO_ATTACH
        assert "Secret" not in arrival.reason and "party" not in arrival.facts
    assert dropped(facturx("F-9"), scope=a_scope("customers")).verdict is Verdict.FILED


def test_the_tray_shows_each_what_is_theirs() -> None:
    customer("7", vat_number=VAT)
    mine = dropped(text_file(), "x.txt")
    of_customers = dropped(text_file(), "y.txt", folder=folder("c.contracts"))
    payslips = dropped(text_file(), "z.txt", folder=folder("e.payslips"))
    all_of_it = Scope((SimpleNamespace(family_id=None, folder_id=None, activity_id=None),))  # type: ignore[arg-type]

    def seen(scope: Scope, by: str = "staff:x") -> set[object]:
        return {arrival.id for arrival in finding.tray(scope=scope, by=by).arrivals}

    assert seen(all_of_it) == {mine.id, of_customers.id}, "payslips are for those a grant names"
    assert seen(a_scope("customers")) == {of_customers.id}
    assert seen(a_scope("suppliers"), by=BY) == {mine.id, of_customers.id, payslips.id}
    assert finding.waiting(scope=a_scope("suppliers"), by="staff:x", arrival_id=mine.id) is None


def test_settling_files_with_the_facts_that_were_read() -> None:
    party: Party = customer()
    arrival = dropped(facturx())
    document = settling.settle(arrival=arrival, party=party, folder=folder(), by=BY)
    assert (document.number, document.amount, document.party_id) == ("FA-2017-0010", Decimal("671.15"), party.id)
    assert arrival.verdict is Verdict.FILED and arrival.settled_at is not None
    with pytest.raises(Stale):
        settling.settle(arrival=arrival, party=party, folder=folder(), by=BY)
    again = dropped(facturx())
    assert settling.settle(arrival=again, party=party, folder=folder(), by=BY).id == document.id
    assert again.verdict is Verdict.KNOWN


def test_setting_aside_lets_the_bytes_go() -> None:
    arrival = dropped(facturx())
    settling.set_aside(arrival=arrival, by=BY)
    assert arrival.verdict is Verdict.SET_ASIDE and arrival.sha256 is None
    with pytest.raises(Stale):
        settling.set_aside(arrival=arrival, by=BY)


def test_settling_bytes_that_were_lost_says_so() -> None:
    arrival = dropped(facturx())
    storage().delete(original_key(arrival.sha256 or ""))
    with pytest.raises(Refused, match="plus intact"):
        settling.settle(arrival=arrival, party=customer(), folder=folder(), by=BY)
