"""Notice a month before the first electronic payslip; objection at any time, with its receipt and its effect."""

import io
from datetime import date, timedelta

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select

from shared.clock import add_months, at, now, today
from shared.documents import printing, publishing
from shared.documents.models import Document, Publication
from shared.documents.ripening import ripen
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.models import EmailSlot, Grant, Party
from shared.people.objecting import effective_on, object_to_payslips, objection_of, withdraw_objection
from shared.people.payslip_notice import earliest_publication, give_notice, notice_of, refuse_early
from shared.people.receipts import notice_letter, objection_receipt
from shared.people.scopes import Scope
from shared.settings.changing import change
from tests.factories import office
from tests.factories.post import an_installation
from tests.shared.documents.corpus import pdf

SOON = timedelta(days=45)


@pytest.fixture(autouse=True)
def installation(app: Flask) -> None:
    an_installation()


def an_employee(code: str = "E7", *, noticed: bool = True, address: str = "e7@exemple.fr") -> Party:
    addresses = {EmailSlot.CARD: address} if address else {}
    return office.customer(code, f"Salarié {code}", key="employees", noticed=noticed, addresses=addresses)


def a_slip(party: Party, words: str = "mai") -> Document:
    return office.filed(party, office.folder("e.payslips"), pdf(text=f"Bulletin {words} {party.code}"), "b.pdf")


def standing(document: Document) -> Publication:
    found = publishing.current(document.id)
    assert found is not None
    return found


def told(party: Party, event: str) -> list[Notification]:
    return list(
        db.session.scalars(select(Notification).where(Notification.party_id == party.id, Notification.event == event))
    )


@pytest.mark.row("FR-02")
def test_a_first_slip_waits_a_month_after_the_notice_and_says_from_when() -> None:
    party = an_employee(noticed=False)
    with pytest.raises(Refused, match="n’a pas encore été informé"):
        refuse_early(party)
    slip = a_slip(party)
    assert (standing(slip).live_at, standing(slip).held_because) == (None, "payslip_notice")

    assert give_notice(parties=[party], by=office.BY, first_issue_on=today() + SOON) == 1
    assert give_notice(parties=[party], by=office.BY, first_issue_on=today() + SOON) == 0
    [mail] = told(party, "payslip.notice_given")
    assert mail.slot == EmailSlot.CARD
    first = add_months(today(), 1)
    assert earliest_publication(party) == first
    with pytest.raises(Refused, match=str(first.year)):
        refuse_early(party)
    assert standing(slip).live_at is None
    assert ripen() == 0

    with at(now() + timedelta(days=32)):
        refuse_early(party)
        assert ripen() == 1
        assert ripen() == 0
        assert standing(slip).live_at is not None
    assert standing(a_slip(party, "juin")).live_at is not None  # only the first one waits


@pytest.mark.row("FR-02")
def test_a_notice_at_hiring_lets_the_first_slip_out_at_once() -> None:
    party = an_employee(noticed=False, address="")
    slip = a_slip(party)
    give_notice(parties=[party], by=office.BY, first_issue_on=today(), at_hiring=True)
    assert earliest_publication(party) == today()
    assert standing(slip).live_at is not None
    assert told(party, "payslip.notice_given") == []  # no address: a letter
    notice = notice_of(party)
    assert notice is not None and notice.on_paper
    assert len(pikepdf.open(io.BytesIO(notice_letter(party, notice))).pages) == 1


def test_a_first_issue_is_announced_a_month_ahead_and_to_employees_only() -> None:
    with pytest.raises(Refused, match="au moins un mois"):
        give_notice(parties=[an_employee(noticed=False)], by=office.BY, first_issue_on=today() + timedelta(days=5))
    with pytest.raises(Refused, match="n’est pas un salarié"):
        give_notice(parties=[office.customer("C9")], by=office.BY, first_issue_on=today() + SOON)


@pytest.mark.row("FR-01")
def test_an_objection_stops_publication_lists_the_slips_to_print_and_gives_a_dated_receipt() -> None:
    party = an_employee()
    before = a_slip(party, "avril")
    objection = object_to_payslips(party=party, by="account:x", proof="")
    assert object_to_payslips(party=party, by="account:x") is objection
    assert effective_on(objection) == today()
    [mail] = told(party, "payslip.objected")
    assert mail.facts["effective_on"] == today().isoformat()
    assert len(pikepdf.open(io.BytesIO(objection_receipt(party, objection))).pages) == 1

    slip = a_slip(party)
    assert standing(before).live_at is not None  # what was there stays readable
    assert standing(slip).live_at is None
    scope = Scope((Grant(family_id=party.family_id, folder_id=slip.folder_id),))
    listed = printing.to_print(party.family, scope)
    assert [row.id for row in listed.rows] == [slip.id]

    withdraw_objection(party=party, by="account:x")
    assert objection_of(party) is None
    assert standing(slip).live_at is not None
    assert told(party, "payslip.objection_withdrawn")


@pytest.mark.row("FR-01")
@pytest.mark.parametrize("months", [1, 3])
def test_an_objection_takes_effect_three_months_later_at_the_latest(months: int) -> None:
    change(key="objection_months", value=months, by=office.BY)
    with pytest.raises(Refused):
        change(key="objection_months", value=4, by=office.BY)
    party = an_employee()
    objection = object_to_payslips(party=party, by=office.BY, proof="Courrier du 3 mai")
    assert effective_on(objection) == add_months(today(), months)
    assert standing(a_slip(party)).live_at is not None
    with at(now() + timedelta(days=31 * months + 1)):
        assert standing(a_slip(party, "plus tard")).held_because == "consent_refused"


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 11, 22), 3, date(2027, 2, 22)),
        (date(2024, 2, 29), 600, date(2074, 2, 28)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later
