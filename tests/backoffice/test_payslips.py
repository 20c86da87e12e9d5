"""« Jour de paie » as staff see it: dropping, pointing, settling side by side, distributing."""

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared.clock import today
from shared.documents.models import Document
from shared.extensions import db
from shared.intake.payslip_models import BatchState, PayslipBatch, PayslipLayout
from shared.people.models import Staff
from tests.factories import office, payroll
from tests.factories.clock import skipped_day
from tests.factories.company import may_see_payslips
from tests.factories.identity import Browser, a_clerk, signed_in
from tests.factories.payroll import an_employee, slip

HELD = r'name="(label-[a-z]+|box-[a-z]+|mark)"[^>]*value="([^"]*)"'


@pytest.fixture
def clerk(app: Flask) -> Staff:
    office.an_installation()
    payroll.our_company()
    made = a_clerk()
    may_see_payslips(made)
    return made


@pytest.fixture
def browser(app: Flask, clerk: Staff) -> Browser:
    return signed_in(app)


def the_batch() -> PayslipBatch:
    return db.session.scalars(select(PayslipBatch)).one()


def drop(browser: Browser, *files: tuple[str, bytes], month: str = "2026-10"):  # type: ignore[no-untyped-def]
    return browser.post("/backoffice/payslips", files=[(io.BytesIO(data), name) for name, data in files], month=month)


def test_the_whole_day_from_the_file_to_the_folders(browser: Browser) -> None:
    an_employee("0012", "Camille Martin"), an_employee("0013", "Alix Durand")
    data = payroll.printed((slip("0012", "MARTIN Camille", pages=2), slip("0013", "DURAND Alix"), slip("77", "X Y")))
    empty = browser.get("/backoffice/payslips")
    assert "Aucun lot encore" in empty.text and "Aucune règle encore" in empty.text

    assert drop(browser, ("paie.pdf", data)).status_code == 303
    batch = the_batch()
    payroll.read(batch)
    shown = browser.get(f"/backoffice/payslips/{batch.id}")
    assert "Faire une règle à partir de la page 1" in shown.text

    rule = re.search(rf"/backoffice/payslips/{batch.id}/rule/[0-9a-f-]+", shown.text)
    assert rule is not None
    point(browser, rule[0])
    assert db.session.scalars(select(PayslipLayout)).one().fields["matricule"] == {"label": "Matricule :"}

    payroll.read(batch)
    shown = browser.get(f"/backoffice/payslips/{batch.id}?show=all")
    assert payroll.verdicts(batch) == ["matched", "continued", "matched", "unknown"]
    assert "Aucun salarié n’a le matricule « 77 »" in shown.text
    held = payroll.slips(batch)[2]
    where = f"/backoffice/payslips/{batch.id}/slips/{held.id}"
    assert "À qui est ce bulletin" in browser.get(where).text
    assert browser.post(where, action="send", month="2026-10").status_code == 422
    assert browser.post(where, action="discard").status_code == 303

    assert not db.session.scalar(select(func.count(Document.id)))
    assert browser.post(f"/backoffice/payslips/{batch.id}/publish", when="now").status_code == 303
    payroll.carried(batch.id)
    db.session.refresh(batch)
    assert (batch.state, batch.filed) == (BatchState.PUBLISHED, 2)
    assert "2 bulletins distribués" in browser.get(f"/backoffice/payslips/{batch.id}").text


def point(browser: Browser, where: str) -> None:
    """As somebody without a mouse: each line is chosen in the list, and the form comes back with what it knows."""
    fields: dict[str, str] = {}
    for showing, words in (("matricule", "Matricule"), ("name", "Salarié"), ("period", "Période"), ("mark", "Édité")):
        soup = browser.get(where) if not fields else browser.post(where, **fields)
        run = re.search(rf'name="run" value="(\d+)" translate="no">{words}', soup.text)
        assert run is not None, soup.text[:500]
        kept = dict(re.findall(HELD, soup.text))
        answer = browser.post(where, **{**kept, "showing": showing, "run": run[1]})
        fields = dict(re.findall(HELD, answer.text))
        fields = {name: value.replace("&#39;", "'") for name, value in fields.items() if value}
    assert browser.post(where, **fields, action="save").status_code == 422  # it has no name yet
    assert browser.post(where, **fields, name="Sillage", action="save").status_code == 303


def test_who_was_not_given_the_folder_sees_nothing_of_it(app: Flask) -> None:
    office.an_installation()
    clerk = a_clerk()
    browser = Browser(app)
    browser.sign_in_staff()
    assert browser.get("/backoffice/payslips").status_code == 404
    assert "Jour de paie" not in browser.get("/backoffice/").text
    may_see_payslips(clerk)
    assert "Jour de paie" in browser.get("/backoffice/").text
    assert browser.get("/backoffice/payslips").status_code == 200


def test_it_leaves_at_the_date_that_was_chosen_and_not_before(browser: Browser) -> None:
    an_employee("0012", "Camille Martin")
    payroll.a_rule()
    batch = payroll.dropped(payroll.printed((slip("0012", "MARTIN Camille"),)))
    where = f"/backoffice/payslips/{batch.id}"
    browser.get(where)
    past = browser.post(f"{where}/publish", when="later", at="2020-01-01T08:00")
    assert past.status_code == 422 and "moment à venir" in past.text
    skipped = browser.post(f"{where}/publish", when="later", at=f"{skipped_day()}T02:30")
    assert skipped.status_code == 422 and "cette heure n’existe pas" in skipped.text
    later = f"{(today() + timedelta(days=2)).isoformat()}T12:00"
    browser.post(f"{where}/publish", when="later", at=later)
    payroll.carried(batch.id)
    db.session.refresh(batch)
    assert batch.state is BatchState.PLANNED and not db.session.scalar(select(func.count(Document.id)))
    assert "Annuler cette distribution" in browser.get(where).text
    assert browser.post(f"{where}/unplan").status_code == 303
    db.session.refresh(batch)
    assert batch.state is BatchState.READY


def test_the_picture_is_for_who_may_see_the_batch(browser: Browser, app: Flask) -> None:
    payroll.a_rule()
    batch = payroll.dropped(payroll.printed((slip("0012", "MARTIN Camille"),)))
    page = payroll.pages(batch)[0]
    answer = browser.client.get(f"/backoffice/payslips/{batch.id}/pages/{page.id}")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "private, no-store"
