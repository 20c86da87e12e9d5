"""« Demander un document »: one party or many, recalled until it comes, closed by the deposit, asked again in time."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from shared.clock import now, today
from shared.deposits import reminding
from shared.deposits.depositing import deposit
from shared.deposits.finding import awaited
from shared.deposits.models import DocumentRequest, RequestBatch
from shared.deposits.reminding import remind, renew
from shared.deposits.requesting import Wanted, advance, ask
from shared.errors import Refused
from shared.extensions import db, uuid7
from shared.notifications.models import Notification
from tests.factories import counter, office
from tests.factories.identity import Browser
from tests.shared.documents.corpus import pdf

BY = "command"


def supplier(code: str = "F1") -> counter.Seat:
    return counter.a_seat(office.customer(code, "Transports Morel", key="suppliers"))


def told(event: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Notification).where(Notification.event == event)) or 0


@pytest.mark.row("P-81")
def test_one_party_is_asked_and_the_deposit_closes_it(browser: Browser) -> None:
    seat, folder = supplier(), office.folder("s.certificates")
    url = f"/backoffice/requests/new?party={seat.party_id}"
    assert "Demander un document" in browser.get(url).text
    sent = {"label": "Attestation URSSAF", "folder": str(folder.id), "months": "6", "reminds": "y"}
    assert browser.post(url, **sent).status_code == 303
    assert told("document.requested") == 1
    assert browser.post(url, **sent).status_code == 422, "asked already"
    assert "Attestation URSSAF" in browser.get("/backoffice/requests?family=suppliers").text
    assert [one.label for one in awaited(seat)] == ["Attestation URSSAF"]
    deposit(seat=seat, folder=folder, files=[("a.pdf", pdf())], by="account:x", once=uuid7())
    assert awaited(seat) == []
    assert "Fourni" in browser.get("/backoffice/requests?family=suppliers&state=ended").text


def test_many_are_counted_then_asked_and_taken_back(browser: Browser) -> None:
    seats = [supplier(f"F{n}") for n in range(3)]
    office.customer("F9", key="suppliers")  # without access: it would never see it
    folder = office.folder("s.certificates")
    ask(party=seats[0].party, folder=folder, wanted=Wanted("Kbis"), by=BY)
    url = "/backoffice/requests/new?family=suppliers"
    browser.get(url)
    sent = {"label": "Kbis", "folder": str(folder.id), "search": "F"}
    counted = browser.post(url, **sent)
    assert "2 tiers le recevront" in counted.text and "1 tiers a déjà cette demande" in counted.text
    assert db.session.scalar(select(func.count()).select_from(DocumentRequest)) == 1, "nobody was asked yet"
    answer = browser.post(url, **sent, confirmed="1")
    assert answer.status_code == 303
    batch = db.session.scalars(select(RequestBatch)).one()
    while advance(batch_id=batch.id):
        pass
    assert batch.asked == 2 and told("document.requested") == 3
    assert "2 tiers ont reçu la demande" in browser.get(answer.location).text
    assert browser.post(f"{answer.location}/undo").status_code == 303
    assert [len(awaited(seat)) for seat in seats] == [1, 0, 0]


def test_a_folder_that_takes_no_deposit_is_refused(browser: Browser) -> None:
    with pytest.raises(Refused):
        ask(party=supplier().party, folder=office.folder("s.orders"), wanted=Wanted("Kbis"), by=BY)


def test_recalls_leave_before_on_and_after_the_day_and_no_more(browser: Browser) -> None:
    seat, folder = supplier(), office.folder("s.certificates")
    ask(party=seat.party, folder=folder, wanted=Wanted("Kbis", due_on=today() + timedelta(days=20)), by=BY)
    silent = Wanted("RIB", due_on=today() + timedelta(days=20), reminds=False)
    ask(party=seat.party, folder=folder, wanted=silent, by=BY)
    counts = []
    for day in (1, 13, 14, 20, 20, 27, 40):
        with time_machine.travel(now() + timedelta(days=day), tick=False):
            counts.append(remind())
    assert counts == [0, 1, 0, 1, 0, 1, 0]
    assert told("document.request_reminded") == 3


def test_those_who_were_recalled_keep_nobody_from_being_recalled(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "BATCH", 2)
    for number in range(4):
        seat, due = supplier(f"F{number}"), today() + timedelta(days=10 + number // 2)
        ask(party=seat.party, folder=office.folder("s.certificates"), wanted=Wanted("Kbis", due_on=due), by=BY)
    with time_machine.travel(now() + timedelta(days=5), tick=False):
        assert [remind(), remind(), remind()] == [2, 2, 0]


@pytest.mark.row("P-81")
def test_an_attestation_is_asked_for_again_before_it_expires_once(browser: Browser) -> None:
    seat, folder = supplier(), office.folder("s.certificates")
    until = today() + timedelta(days=60)
    deposit(seat=seat, folder=folder, files=[("urssaf.pdf", pdf())], by="account:x", once=uuid7(), valid_until=until)
    assert renew() == 0, "two months are left"
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        assert renew() == 1 and renew() == 0
        [one] = awaited(seat)
        assert (one.label, one.due_on, one.months) == ("urssaf", until, 6)
        assert told("document.expiring") == 1
        newer = until + timedelta(days=180)
        deposit(
            seat=seat, folder=folder, files=[("u2.pdf", pdf(text="2"))], by="account:x", once=uuid7(), valid_until=newer
        )
        assert awaited(seat) == [] and renew() == 0


def test_a_request_is_taken_back(browser: Browser) -> None:
    seat = supplier()
    made = ask(party=seat.party, folder=office.folder("s.certificates"), wanted=Wanted("Kbis"), by=BY)
    browser.get("/backoffice/requests?family=suppliers")
    assert browser.post(f"/backoffice/requests/{made.id}/cancel").status_code == 303
    assert awaited(seat) == []
    assert browser.post(f"/backoffice/requests/{made.id}/cancel").status_code == 404
