"""Pages that are pictures: read where Tesseract is installed, said plainly where it is not."""

import io
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from flask import Flask

from shared.documents import recognising
from tests.factories import office, payroll
from tests.factories.company import may_see_payslips
from tests.factories.identity import Browser, a_clerk, signed_in
from tests.factories.payroll import an_employee, slip


def scanned(data: bytes) -> bytes:
    """The same pages as a scanner gives them: pictures, without any text."""
    document = pypdfium2.PdfDocument(data)
    pictures = [page.render(scale=2.6).to_pil().convert("L") for page in document]
    held = io.BytesIO()
    pictures[0].save(held, "PDF", save_all=True, append_images=pictures[1:], resolution=187)
    with pikepdf.open(io.BytesIO(held.getvalue())) as pdf:
        made = io.BytesIO()
        pdf.save(made)
    return made.getvalue()


@pytest.fixture(autouse=True)
def installed(app: Flask) -> None:
    office.an_installation()


@pytest.fixture
def browser(app: Flask) -> Browser:
    may_see_payslips(a_clerk())
    return signed_in(app)


@pytest.mark.row("P-84")
def test_a_word_of_a_scanned_payslip_is_found_once_it_was_recognised(browser: Browser) -> None:
    party = an_employee("E1", "Camille Martin")
    printed = payroll.printed((slip("E1", "MARTIN Camille", job="Funambule"),))
    office.filed(party, office.folder("e.payslips"), printed, "ecrit.pdf", title="Écrit")
    office.filed(party, office.folder("e.payslips"), scanned(printed), "scan.pdf", title="Numérisé")
    before = browser.get("/backoffice/explorer?family=employees&q=funambule").text
    assert "Écrit" in before and "Numérisé" not in before
    assert recognising.is_due() and recognising.recognise_batch() == 1 and not recognising.is_due()
    after = browser.get("/backoffice/explorer?family=employees&q=funambule").text
    assert "Numérisé" in after and "numérisées est lu aussi" in after


@pytest.mark.row("P-84")
def test_where_it_is_not_installed_the_screens_say_so(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not recognising.is_installed() and recognising.recognise_batch() == 0
    for where in ("/backoffice/explorer?family=employees", "/backoffice/payslips"):
        assert "tesseract-ocr" in browser.get(where).text


def test_a_page_without_text_is_held_where_nothing_can_read_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    an_employee("E1", "Camille Martin")
    payroll.a_rule()
    monkeypatch.setenv("PATH", str(tmp_path))
    batch = payroll.dropped(scanned(payroll.printed((slip("E1", "MARTIN Camille"),))))
    assert payroll.verdicts(batch) == ["no_text"] and "c’est une image" in payroll.slips(batch)[0].reason


def test_a_scanned_batch_is_recognised_and_matched_without_any_social_security_number() -> None:
    an_employee("E1042", "Camille Martin")
    payroll.a_rule()
    batch = payroll.dropped(scanned(payroll.printed((slip("E1042", "MARTIN Camille", nir="1 85 05 78 006 048 22"),))))
    page = payroll.pages(batch)[0]
    assert page.facts["recognised"] and "006" not in str(page.facts).replace(page.facts["words"], "")
    assert payroll.verdicts(batch) == ["matched"]
