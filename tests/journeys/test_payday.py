"""A payslip day in a browser: the file is dropped, a rule is pointed at, the doubtful one settled, the rest leaves."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from shared.documents.models import Document, Notify
from shared.extensions import db
from shared.people.models import Staff
from shared.transactions import transaction
from tests.factories import office, payroll
from tests.factories.company import may_see_payslips
from tests.factories.payroll import an_employee, slip
from tests.journeys.conftest import Counter, until

# Where they stand on the sample page, as fractions of it.
PLACES = {"le matricule": (0.12, 0.118), "le nom du salarié": (0.15, 0.132), "le mois payé": (0.6, 0.119)}
FOOT = (0.5, 0.965)


@pytest.mark.row("B-02")
def test_a_payslip_day_from_the_file_to_the_folders(counter: Counter, tmp_path: Path) -> None:
    with counter.machine.app.app_context(), transaction():
        payroll.our_company()
        may_see_payslips(db.session.scalars(select(Staff)).one())
        office.folder("e.payslips").notify = Notify.NONE
        an_employee("0012", "Camille Martin"), an_employee("0013", "Alix Durand")
    some = (slip("0012", "MARTIN Camille", pages=2), slip("0013", "DURAND Alix"), slip("0077", "DURAND Alyx"))
    file = tmp_path / "paie.pdf"
    file.write_bytes(payroll.printed(some))

    page = counter.staff()
    page.get_by_role("link", name="Jour de paie").first.click()
    page.get_by_label("Fichier de la paie").set_input_files(file)
    page.get_by_label("Mois payé").fill("2026-10")
    page.get_by_role("button", name="Déposer et lire les pages").click()
    page.get_by_role("link", name="Faire une règle à partir de la page 1").click()
    point_at(page)
    page.get_by_label("Nom de la règle").fill("Sillage")
    page.get_by_role("button", name="Enregistrer la règle").click()

    page.get_by_role("link", name="Traiter 1 bulletin retenu").click()
    expect(page.get_by_text("Aucun salarié n’a le matricule « 0077 »")).to_be_visible()
    page.get_by_label("Chercher un salarié par matricule ou nom").fill("dur")
    page.get_by_label("Alix Durand 0013").check()
    page.get_by_role("button", name="C’est la suite du bulletin précédent").is_visible()
    page.get_by_role("button", name="Ne pas distribuer").click()

    expect(page.get_by_text("il ne reste qu’à distribuer")).to_be_visible()
    page.get_by_role("button", name="Distribuer", exact=True).click()
    expect(page.get_by_text("2 bulletins distribués")).to_be_visible(timeout=60_000)
    with counter.machine.app.app_context():
        until(lambda: db.session.scalar(select(func.count(Document.id))) == 2)


def point_at(page: Page) -> None:
    """By the mouse, on the picture."""
    picture = page.locator("input[type=image]")
    for what, where in {**PLACES, "le signe reconnu": FOOT}.items():
        page.locator(".form-check").filter(has_text=what).get_by_role("radio").check()
        page.wait_for_function("() => document.querySelector('input[type=image]').offsetHeight > 300")
        box = picture.bounding_box()
        assert box is not None
        with page.expect_navigation():
            picture.click(position={"x": box["width"] * where[0], "y": box["height"] * where[1]})
    expect(page.get_by_text("« 0012 »")).to_be_visible()
