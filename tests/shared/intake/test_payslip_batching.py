"""A batch of payslips, from the file of the payroll to the folders of the employees."""

import io
import json
import zipfile
from datetime import date

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import func, select

from shared.documents.models import Document, Publication
from shared.documents.storage import original_key, read, storage
from shared.errors import Refused
from shared.extensions import Model, db
from shared.intake import payslip_settling as settling
from shared.intake.payslip_models import BatchState, PayslipFile
from shared.intake.receiving import receive
from shared.people.models import Party
from tests.factories import office, payroll
from tests.factories.identity import Browser, a_holder
from tests.factories.payroll import an_employee, slip

NAMES = ("Martin", "Durand", "Petit", "Blanc", "Roux", "Leroy")


@pytest.fixture(autouse=True)
def installed(app: Flask) -> None:
    office.an_installation()
    payroll.our_company()


@pytest.mark.row("B-02")
def test_three_hundred_pages_are_all_listed_two_payslips_held_and_a_second_run_adds_nothing() -> None:
    payroll.employees(104)
    printed_slips = [slip(f"{n:04}", "", pages=2 if n < 60 else 4) for n in range(104)]  # 120 + 176 pages
    printed_slips.insert(40, slip("9999", "", pages=2))
    printed_slips.append(slip("0020", "", pages=2))
    payroll.a_rule()
    data = payroll.printed(tuple(printed_slips))

    batch = payroll.dropped(data)
    told = payroll.verdicts(batch)
    assert batch.state is BatchState.READY and batch.pages == 300 and len(told) == 300
    assert (told.count("matched"), told.count("continued")) == (104, 194)
    assert [each.verdict.value for each in payroll.slips(batch) if each.verdict != "matched"] == [
        "unknown",
        "duplicate",
    ]
    assert not db.session.scalar(select(func.count(Document.id))), "nothing leaves before"

    payroll.published(batch)
    assert (batch.state, batch.wanted, batch.filed) == (BatchState.PUBLISHED, 104, 104)
    rows = db.session.execute(select(Party.code, Document.id).join(Document, Document.party_id == Party.id)).all()
    assert len(rows) == len({code for code, _ in rows}) == 104
    for document in db.session.scalars(select(Document)):
        assert f"Matricule : {document.party.code}" in document.versions[0].text
        assert document.issued_on == date(2026, 10, 31) and document.versions[0].pages == (
            2 if int(document.party.code) < 60 else 4
        )
    assert db.session.scalar(select(func.count(Publication.id)).where(Publication.live_at.is_not(None))) == 104

    again = payroll.dropped(data)
    assert {each.verdict.value for each in payroll.slips(again)} == {"delivered", "unknown"}
    assert len(payroll.pages(again)) == 300
    assert db.session.scalar(select(func.count(Document.id))) == 104


def test_three_programs_in_one_zip_are_read_each_by_its_own_rule() -> None:
    for number in range(6):
        an_employee(f"E{number}", f"Camille {NAMES[number]}")
    names = [slip(f"E{n}", f"{NAMES[n].upper()} Camille", pages=1 + n % 2) for n in range(6)]
    for program in ("sillage", "ardoise", "cadence"):
        payroll.a_rule(program)
    files = {"a.pdf": ("sillage", names[:2]), "b.pdf": ("ardoise", names[2:4]), "c.pdf": ("cadence", names[4:])}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, (program, some) in files.items():
            archive.writestr(f"paie/{name}", payroll.printed(tuple(some), program))  # type: ignore[arg-type]
    batch = payroll.dropped(packed.getvalue(), name="octobre.zip")
    assert payroll.verdicts(batch) == ["matched", "matched", "continued"] * 3
    assert [each.matricule for each in payroll.slips(batch)] == [f"E{n}" for n in range(6)]
    assert {each.name for each in payroll.slips(batch)} == {f"{name.upper()} Camille" for name in NAMES}
    assert {each.period for each in payroll.slips(batch)} == {payroll.MONTH}


def test_an_archive_that_swells_is_refused_with_a_sentence_and_nothing_is_kept() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.pdf", b"0" * 100_000_000)
    with pytest.raises(Refused, match="trop complexe"):
        payroll.dropped(packed.getvalue(), name="lot.zip")
    db.session.rollback()


def test_a_batch_with_a_password_and_one_cut_in_the_middle_are_refused_with_a_sentence() -> None:
    data = payroll.printed((slip("E1", "MARTIN Camille"),))
    closed = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(closed, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    for bad, sentence in ((closed.getvalue(), "mot de passe"), (data[: len(data) // 2], "incomplet")):
        with pytest.raises(Refused, match=sentence):
            payroll.dropped(bad)
    batch = payroll.dropped(closed.getvalue(), data)
    assert "mot de passe" in db.session.scalars(select(PayslipFile.reason).order_by(PayslipFile.position)).first()  # type: ignore[operator]
    assert batch.pages == 1, "the other file of the drop is read all the same"


def test_what_is_doubtful_stands_at_its_page_with_a_sentence_and_reaches_nobody() -> None:
    an_employee("12", "Camille Martin"), an_employee("0012", "Camille Martineau"), an_employee("20", "Alix Durand")
    an_employee("30", "Noé Petit").left_on = date(2026, 2, 1)
    an_employee("40", "Zoé Blanc")
    payroll.a_rule()
    printed = (
        slip("12", "MARTIN Camille"),  # a matricule that two employees have
        slip("20", "MARTIN Camille"),  # a matricule and a name that disagree
        slip("30", "PETIT Noé"),
        slip("40", "BLANC Zoé", month=date(2026, 9, 1)),
        slip("99", "PERSONNE Dominique"),
        slip("20", "DURAND Alix", pages=2),
    )
    batch = payroll.dropped(payroll.printed(printed))
    assert payroll.verdicts(batch) == ["doubtful", "doubtful", "left", "wrong_month", "unknown", "matched", "continued"]
    reasons = " ".join(each.reason for each in payroll.slips(batch))
    for said in ("peut être celui de plusieurs salariés", "mais le nom lu est « MARTIN Camille »", "est parti de",
                 "septembre 2026 au lieu de octobre 2026", "Aucun salarié n’a le matricule « 99 »"):  # fmt: skip
        assert said in reasons
    payroll.published(batch)
    assert [each.party.code for each in db.session.scalars(select(Document))] == ["20"]


def test_two_employees_of_one_name_are_told_apart_by_their_matricule_and_by_nothing_else() -> None:
    an_employee("7", "Camille Martin"), an_employee("8", "Camille Martin")
    rule = payroll.a_rule()
    printed = payroll.printed((slip("7", "MARTIN Camille"), slip("8", "MARTIN Camille")))
    assert payroll.verdicts(payroll.dropped(printed)) == ["matched", "matched"]
    rule.fields = {name: spec for name, spec in rule.fields.items() if name != "matricule"}
    batch = payroll.dropped(printed)
    assert next(each.verdict.value for each in payroll.slips(batch)) == "doubtful"
    assert "Plusieurs salariés peuvent s’appeler" in payroll.slips(batch)[0].reason


def test_another_company_s_page_never_leaves_whatever_staff_say() -> None:
    party = an_employee("20", "Alix Durand")
    payroll.a_rule()
    batch = payroll.dropped(payroll.printed((slip("20", "DURAND Alix"),), company=payroll.OTHERS))
    held = payroll.slips(batch)[0]
    assert held.verdict.value == "wrong_company" and "11110001200011" in held.reason
    with pytest.raises(Refused, match="ne peut pas être distribué"):
        settling.send(slip=held, party=party, period=payroll.MONTH, by=office.BY)


def test_one_damaged_page_of_four_hundred_is_shown_at_its_place_and_its_payslip_stays() -> None:
    payroll.employees(200)
    payroll.a_rule()
    data = payroll.printed(tuple(slip(f"{n:04}", "", pages=2) for n in range(200)))
    broken = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.pages[250].obj.Contents = pdf.make_stream(b"\x00garbage", Filter=pikepdf.Name.FlateDecode)
        pdf.save(broken)
    batch = payroll.dropped(broken.getvalue())
    told = payroll.verdicts(batch)
    assert len(told) == 400 and (told.count("matched"), told.count("continued")) == (199, 199)
    assert told[250] in ("damaged", "no_text", "doubtful") and payroll.slips(batch)[125].position == 251
    held = [each for each in payroll.slips(batch) if each.verdict.value != "matched"]
    assert {page for each in held for page in range(each.first, each.last + 1)} == {251, 252}
    assert all(each.reason for each in held)


def test_a_page_without_identifier_joins_only_what_it_belongs_to() -> None:
    an_employee("E1", "Camille Martin"), an_employee("E2", "Alix Durand")
    payroll.a_rule("cadence")
    data = payroll.printed((slip("E1", "MARTIN Camille", pages=2), slip("E2", "DURAND Alix")), "cadence")
    assert payroll.verdicts(payroll.dropped(data)) == ["matched", "continued", "matched"]
    reports = payroll.printed((slip("E2", "DURAND Alix"),), "sillage")  # no rule reads it: it may be anybody's
    together = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf, pikepdf.open(io.BytesIO(reports)) as other:
        pdf.pages.extend(other.pages)
        pdf.save(together)
    batch = payroll.dropped(together.getvalue())
    assert payroll.verdicts(batch) == ["matched", "continued", "matched", "doubtful"]


def test_a_cut_payslip_is_held_and_joined_by_hand() -> None:
    an_employee("E1", "Camille Martin")
    payroll.a_rule()
    data = payroll.printed((slip("E1", "MARTIN Camille", pages=2),))
    cut, swapped = io.BytesIO(), io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        del pdf.pages[1]
        pdf.save(cut)
    batch = payroll.dropped(cut.getvalue())
    assert payroll.verdicts(batch) == ["doubtful"] and "page 1 sur 2" in payroll.slips(batch)[0].reason
    with (
        pikepdf.open(io.BytesIO(data)) as pdf,
        pikepdf.open(io.BytesIO(payroll.printed((slip("E9", ""),), "ardoise"))) as other,
    ):
        pdf.pages.extend(other.pages)
        pdf.save(swapped)
    batch = payroll.dropped(swapped.getvalue())
    settling.join(slip=payroll.slips(batch)[1], by=office.BY)
    assert payroll.verdicts(batch) == ["matched", "continued", "continued"]
    payroll.published(batch)
    assert db.session.scalars(select(Document)).one().versions[0].pages == 3


@pytest.mark.row("B-03")
def test_a_rectified_payslip_stands_beside_the_former_and_says_so(app: Flask) -> None:
    party = an_employee("E1", "Camille Martin")
    payroll.a_rule()
    payroll.published(payroll.dropped(payroll.printed((slip("E1", "MARTIN Camille"),))))
    doubtful = payroll.dropped(payroll.printed((slip("E1", "MARTIN Camille", gross=2400),)))
    assert payroll.verdicts(doubtful) == ["doubtful"] and "déjà dans son espace" in payroll.slips(doubtful)[0].reason
    rectified = payroll.dropped(payroll.printed((slip("E1", "MARTIN Camille", gross=2500, note="Bulletin rectifié"),)))
    assert payroll.verdicts(rectified) == ["matched"]
    payroll.published(rectified)
    titles = ["Bulletin de paie octobre 2026", "Bulletin de paie octobre 2026 (rectifié)"]
    assert sorted(each.title for each in db.session.scalars(select(Document))) == titles

    seat = a_holder(party=party)
    browser = Browser(app)
    browser.sign_in(seat.party.code)
    shown = browser.get("/documents/payslips")
    assert all(title in shown.text for title in titles) and "(rectifié)" in shown.text
    for document in db.session.scalars(select(Document)):
        assert browser.get(f"/documents/{document.id}").status_code == 200
        assert browser.client.get(f"/documents/{document.id}/file").status_code == 200


def test_two_runs_at_once_of_two_batches_of_one_file_file_it_once() -> None:
    an_employee("E1", "Camille Martin")
    payroll.a_rule()
    data = payroll.printed((slip("E1", "MARTIN Camille"),))
    one, two = payroll.dropped(data), payroll.dropped(data)
    payroll.published(one)
    payroll.published(two)
    assert (one.filed, two.filed, two.kept_apart) == (1, 0, 1)
    assert payroll.verdicts(two) == ["matched"] and payroll.slips(two)[0].verdict.value == "delivered"


def test_a_link_to_a_colleague_s_page_carries_nothing_of_it_along() -> None:
    an_employee("E1", "Camille Martin"), an_employee("E2", "Alix Durand")
    payroll.a_rule()
    linked = io.BytesIO()
    with pikepdf.open(io.BytesIO(payroll.printed((slip("E1", "MARTIN Camille"), slip("E2", "DURAND Alix"))))) as pdf:
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 10, 10],
            Dest=[pdf.pages[1].obj, pikepdf.Name.Fit],
        )
        pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(link)])
        secret = pdf.make_stream(b"DURAND secret")
        secret.Type, secret.Subtype, secret.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 1, 1]
        for page in pdf.pages:
            page.Resources.XObject = pikepdf.Dictionary(Autre=secret)
        pdf.save(linked)
    batch = payroll.dropped(linked.getvalue())
    first = payroll.slips(batch)[0]
    with pikepdf.open(io.BytesIO(read(storage(), original_key(first.sha256 or "")))) as alone:
        assert (
            len(
                [
                    each
                    for each in alone.objects
                    if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Page"
                ]
            )
            == 1
        )
        streams = [each.read_bytes() for each in alone.objects if isinstance(each, pikepdf.Stream)]
    assert not any(b"DURAND secret" in each for each in streams)


@pytest.mark.row("FR-22")
@pytest.mark.parametrize("nir", ["1 85 05 78 006 048 22", "185057800604822", "1850578006048", "2 91 12 2A 004 118 35"])
def test_no_social_security_number_is_kept_in_any_table_log_or_name(nir: str, caplog: pytest.LogCaptureFixture) -> None:
    an_employee("E1", "Camille Martin")
    payroll.a_rule()
    printed = payroll.printed((slip("E1", "MARTIN Camille", nir=nir), slip(nir, "INCONNU Dominique", nir=nir)))
    batch = payroll.dropped(printed, name=f"bulletins {nir}.pdf")
    payroll.published(batch)
    assert batch.filed == 1
    assert_nowhere(nir, caplog.text)


@pytest.mark.row("FR-22")
def test_no_file_handed_in_keeps_a_social_security_number_in_its_name(caplog: pytest.LogCaptureFixture) -> None:
    for name in ("BUL_1850578006048_2026-10.pdf", "1 85 05 78 006 048 22.pdf", "1850578006048.exe"):
        receive(data=payroll.printed((slip("E1", "MARTIN Camille"),)), filename=name, by=office.BY, source="essai")
    assert_nowhere("1850578006048", caplog.text)


def assert_nowhere(nir: str, logged: str) -> None:
    """Neither in a table, nor in the log, nor in the name of an object."""
    bare = "".join(mark for mark in nir if mark.isalnum()).lower()
    for table in Model.metadata.sorted_tables:
        for row in db.session.execute(select(func.to_jsonb(table.table_valued()))).scalars():
            told = "".join(mark for mark in json.dumps(row, ensure_ascii=False).lower() if mark.isalnum())
            assert bare[:13] not in told, table.name
    assert bare[:13] not in "".join(mark for mark in logged.lower() if mark.isalnum())
    assert not [each for each in storage().entries() if bare[:13] in each.key]
