"""A batch of payslips, from the file of the payroll to the folders of the employees."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared.documents.models import Document, Publication
from shared.extensions import db
from shared.intake.payslip_models import BatchState
from shared.people.models import Party
from shared.sheets.payroll import PayrollSlip
from tests.factories import office, payroll
from tests.factories.payroll import an_employee, slip


@pytest.fixture(autouse=True)
def installed(app: Flask) -> None:
    office.an_installation()
    payroll.our_company()


def three_hundred() -> tuple[PayrollSlip, ...]:
    """100 of one page, 98 of two, then one of nobody's and one printed twice: 300 pages."""
    made = [slip(f"{n:04}", f"MARTIN{n:04} Camille".replace("0", "o")) for n in range(100)]
    made += [slip(f"{n:04}", f"DURAND{n:04} Alix".replace("0", "o"), pages=2) for n in range(100, 198)]
    made += [slip("9999", "INCONNU Dominique", pages=2), made[3], made[150]]
    return (*made[:198], *made[198:200], made[100])[:201]


@pytest.mark.row("B-02")
def test_three_hundred_pages_are_all_listed_two_payslips_held_and_a_second_run_adds_nothing() -> None:
    employees = {n: an_employee(f"{n:04}", f"Camille {n}") for n in range(197)}
    for n, party in employees.items():
        party.name = f"Salarié {n}"
    printed_slips = [slip(f"{n:04}", "", pages=1 if n < 98 else 2) for n in range(197)]  # 98 + 198 pages
    printed_slips.insert(40, slip("9999", "", pages=2))
    printed_slips.append(slip("0120", "", pages=2))
    payroll.a_rule()
    data = payroll.printed(tuple(printed_slips))

    batch = payroll.dropped(data)
    told = payroll.verdicts(batch)
    assert batch.state is BatchState.READY and batch.pages == 300 and len(told) == 300
    assert (told.count("matched"), told.count("continued")) == (197, 101)
    assert [each.verdict.value for each in payroll.slips(batch) if each.verdict != "matched"] == [
        "unknown",
        "duplicate",
    ]
    assert not db.session.scalar(select(func.count(Document.id))), "nothing leaves before"

    payroll.published(batch)
    assert (batch.state, batch.wanted, batch.filed) == (BatchState.PUBLISHED, 197, 197)
    rows = db.session.execute(select(Party.code, Document.id).join(Document, Document.party_id == Party.id)).all()
    assert len(rows) == len({code for code, _ in rows}) == 197
    for document in db.session.scalars(select(Document)):
        assert f"Matricule : {document.party.code}" in document.versions[0].text
        assert document.issued_on == date(2026, 10, 31) and document.versions[0].pages == (
            1 if int(document.party.code) < 98 else 2
        )
    assert db.session.scalar(select(func.count(Publication.id)).where(Publication.live_at.is_not(None))) == 197

    again = payroll.dropped(data)
    assert {each.verdict.value for each in payroll.slips(again)} == {"delivered", "unknown"}
    assert len(payroll.pages(again)) == 300
    assert db.session.scalar(select(func.count(Document.id))) == 197
