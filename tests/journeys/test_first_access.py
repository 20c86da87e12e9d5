"""From a customer who has nothing to a customer who is in: staff, worker, mail and portal, for real."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from shared.access.models import Access
from shared.access.synchronising import synchronise
from shared.extensions import db
from shared.notifications.sending import drain
from shared.notifications.shipping import ship_messages
from shared.people.models import Party
from tests.conftest import FreshClient
from tests.engines import Machine
from tests.factories import office
from tests.factories.identity import Browser, a_clerk
from tests.sink import Sink

CHOSEN = "girafe tambour lavande"
SHOP = {
    "code": "4",
    "name": "Ma jolie boutique",
    "is_business": "y",
    "locale": "fr",
    "email_card": "fiche@boutique.example",
}


@pytest.fixture
def staff(machine: Machine) -> Iterator["Clerk"]:
    machine.app.test_client_class = FreshClient
    with machine.app.app_context():
        office.an_installation()
        ship_messages()
        a_clerk()
        db.session.commit()
        yield Clerk(machine)


class Clerk:
    """Counts what is clicked, from the list of customers on."""

    def __init__(self, machine: Machine) -> None:
        self.browser = Browser(machine.app)
        self.browser.sign_in_staff()
        self.clicks = 0

    def click(self, url: str, **fields: str) -> str:
        self.clicks += 1
        answer = self.browser.post(url, **fields)
        assert answer.status_code in (200, 303), (url, answer.status_code)
        return answer.text

    def follow(self, url: str) -> str:
        self.clicks += 1
        return self.browser.get(url).text

    def shop(self) -> Party:
        self.follow("/backoffice/parties/new?family=customers")
        self.click("/backoffice/parties/new?family=customers", **SHOP)
        party = db.session.scalars(select(Party)).one()
        self.browser.get(f"/backoffice/parties/{party.id}")
        return party


@pytest.mark.row("P-50")
def test_six_clicks_lead_from_a_new_customer_to_a_working_login(machine: Machine, staff: Clerk) -> None:
    shop = staff.shop()
    staff.click(f"/backoffice/access/{shop.id}/draw?panel=1&seen=0")
    staff.click(f"/backoffice/access/{shop.id}/allow?panel=1")
    shown = staff.click(f"/backoffice/access/{shop.id}/show")
    assert staff.clicks <= 6
    clear = re.search(r"<code>([^<]+)</code>", shown)
    assert clear
    _commit(synchronise)

    customer = Browser(machine.app)
    assert customer.sign_in("4", clear[1]).location.endswith("/choose-password")
    customer.get("/choose-password")
    assert customer.post("/choose-password", password=CHOSEN, again=CHOSEN).status_code == 303
    assert customer.is_in
    page = staff.browser.get("/backoffice/access").text
    assert "défini" in page
    assert "••••••" not in page
    assert db.session.scalars(select(Access.initial_secret)).one() is None


@pytest.mark.row("P-35")
def test_an_initial_password_works_once(machine: Machine, staff: Clerk) -> None:
    shop = staff.shop()
    staff.click(f"/backoffice/access/{shop.id}/draw?seen=0")
    staff.click(f"/backoffice/access/{shop.id}/allow")
    clear = re.search(r"<code>([^<]+)</code>", staff.click(f"/backoffice/access/{shop.id}/show"))
    assert clear
    _commit(synchronise)

    assert Browser(machine.app).sign_in("4", clear[1]).status_code == 303
    again = Browser(machine.app).sign_in("4", clear[1])
    assert not (again.location or "").endswith("/choose-password")
    assert "expiré" in staff.browser.get("/backoffice/access").text
    assert staff.browser.post(f"/backoffice/access/{shop.id}/show").status_code == 422


@pytest.mark.row("P-41")
@pytest.mark.row("P-57")
@pytest.mark.row("P-58")
def test_notifying_again_sends_one_new_link_and_the_earlier_one_dies(
    machine: Machine, staff: Clerk, sink: Sink
) -> None:
    shop = staff.shop()
    staff.click(f"/backoffice/access/{shop.id}/allow")
    _commit(synchronise)
    assert drain("email") == 1
    page = staff.browser.get("/backoffice/access").text.replace("<wbr>", "")
    assert "fiche@boutique.example" in page
    assert "Envoyé</span>" in page

    staff.click(f"/backoffice/access/{shop.id}/notify")
    _commit(synchronise)
    assert drain("email") == 1

    first, second = (_link(message.text) for message in sink.to("fiche@boutique.example"))
    assert first != second
    assert 'name="password"' not in Browser(machine.app).get(first).text
    customer = Browser(machine.app)
    assert 'name="password"' in customer.get(second).text
    assert "4" in sink.to("fiche@boutique.example")[1].text


@pytest.mark.row("P-40")
def test_with_a_worker_the_line_is_green_in_seconds(machine: Machine, staff: Clerk) -> None:
    machine.start("-m", "shared.engines.working", "now")
    shop = staff.shop()
    staff.click(f"/backoffice/access/{shop.id}/allow")

    _within(lambda: "Valide" in staff.browser.get(f"/backoffice/access?q={shop.code}").text.partition("<tbody>")[2])


@pytest.mark.row("P-40")
def test_without_a_worker_the_line_stays_red_until_the_tick_applies_it_once(machine: Machine, staff: Clerk) -> None:
    shop = staff.shop()
    staff.click(f"/backoffice/access/{shop.id}/allow")
    assert 'data-state="unsynced"' in staff.browser.get("/backoffice/access").text

    machine.start("-m", "shared.engines.working", "now")
    machine.start("-m", "shared.ticking")

    _within(lambda: 'data-state="unsynced"' not in staff.browser.get("/backoffice/access").text)
    story = staff.browser.get(f"/backoffice/access/{shop.id}/story").text
    assert story.count("Accès synchronisé") == 1


@pytest.mark.row("P-38")
@pytest.mark.parametrize("mode", ["automatic", "manual"])
def test_unticking_closes_the_session_on_its_next_request(machine: Machine, staff: Clerk, mode: str) -> None:
    shop = staff.shop()
    staff.click(f"/backoffice/access/{shop.id}/draw?seen=0")
    staff.click(f"/backoffice/access/{shop.id}/allow")
    clear = re.search(r"<code>([^<]+)</code>", staff.click(f"/backoffice/access/{shop.id}/show"))
    assert clear
    _commit(synchronise)
    customer = Browser(machine.app)
    customer.sign_in("4", clear[1])
    customer.get("/choose-password")
    customer.post("/choose-password", password=CHOSEN, again=CHOSEN)
    assert customer.is_in
    if mode == "manual":
        office.manual_mode()
        db.session.commit()

    staff.click(f"/backoffice/access/{shop.id}/withdraw")

    assert not customer.is_in
    assert Browser(machine.app).sign_in("4", CHOSEN).status_code != 303


def _commit(verb: Callable[[], object]) -> None:
    verb()
    db.session.commit()


def _link(text: str) -> str:
    found = re.search(r"http://localhost(/a/[^\s\"<]+)", text)
    assert found, text
    return found[1]


def _within(holds: Callable[[], bool], seconds: float = 90) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "it took too long"
        time.sleep(0.3)
