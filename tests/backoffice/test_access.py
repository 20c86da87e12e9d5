"""The grid « Droits d’accès au portail », as a clerk uses it."""

import re

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from shared.access import granting, initial
from shared.access.models import Access, Seat
from shared.access.synchronising import synchronise
from shared.clock import now
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.notifications.shipping import ship_messages
from shared.people.models import EmailSlot, Party
from tests.factories import office
from tests.factories.identity import Browser, a_clerk, signed_in

COLUMNS = (
    "État",
    "Code",
    "Nom",
    "Email",
    "Identifiant",
    "Mot de passe",
    "Accès autorisé",
    "Notifier par email",
    "Email envoyé à",
    "Email envoyé le",
)


@pytest.fixture
def shop(app: Flask) -> Party:
    office.an_installation()
    ship_messages()
    a_clerk()
    return office.customer("4", addresses={EmailSlot.CARD: "fiche@boutique.fr"})


@pytest.fixture
def browser(app: Flask, shop: Party) -> Browser:
    return signed_in(app)


@pytest.mark.row("P-54")
def test_the_ten_columns_are_there_sortable_and_exported_without_a_secret(browser: Browser, shop: Party) -> None:
    browser.post(f"/backoffice/access/{shop.id}/draw?seen=0")
    clear = initial.show(access=_access(shop), by="command")
    text = browser.get("/backoffice/access").text
    export = browser.get("/backoffice/access/export.csv").text

    for column in COLUMNS:
        assert re.search(rf">{column}\s*<", text), column
        assert column in export.splitlines()[0]
    for key in re.findall(r'href="[^"]*sort=([a-z_]+)"', text):
        for sort in (key, f"-{key}"):
            assert "Ma jolie boutique" in browser.get(f"/backoffice/access?sort={sort}").text
    assert "••••••" in text
    assert clear not in text + export


@pytest.mark.row("P-54")
def test_afficher_shows_the_password_with_an_audit_line_until_it_is_handed_over(browser: Browser, shop: Party) -> None:
    browser.post(f"/backoffice/access/{shop.id}/draw?seen=0")
    shown = browser.post(f"/backoffice/access/{shop.id}/show")
    assert initial.show(access=_access(shop), by="command") in shown.text
    assert shown.headers["Cache-Control"].startswith("no-store") or "no-store" in shown.headers["Cache-Control"]

    browser.post(f"/backoffice/access/{shop.id}/hand-over")
    again = browser.post(f"/backoffice/access/{shop.id}/show")

    assert again.status_code == 422
    assert "ne peut plus être affiché" in again.text
    actors = db.session.scalars(select(Event.actor).where(Event.name == "access.initial_shown")).all()
    assert [actor.startswith("staff:") for actor in actors] == [True, False]
    assert "à activer" in browser.get("/backoffice/access").text


@pytest.mark.row("P-39", "P-55")
def test_a_red_line_says_why_and_since_when_then_turns_green_and_tells_its_story(browser: Browser, shop: Party) -> None:
    browser.post(f"/backoffice/access/{shop.id}/allow")
    red = browser.get("/backoffice/access").text
    assert 'data-state="unsynced"' in red
    assert "À synchroniser" in red
    assert "accès autorisé, à l’instant" in red
    assert 'hx-trigger="every 2s"' in red

    synchronise()
    polled = _htmx(browser, f"/backoffice/access/rows?red={shop.id}")
    assert "Valide" in polled
    assert "every 2s" in polled, "its message is on its way"
    db.session.execute(update(Notification).values(status=Status.SENT, sent_at=now()))
    assert "every 2s" not in _htmx(browser, f"/backoffice/access/rows?red={shop.id}")
    assert 'data-state="unsynced"' not in browser.get("/backoffice/access").text
    story = browser.get(f"/backoffice/access/{shop.id}/story").text
    assert "Jeanne Roy" in story
    assert "Accès synchronisé" in story


def test_the_poll_says_nothing_while_the_line_is_still_red(browser: Browser, shop: Party) -> None:
    browser.post(f"/backoffice/access/{shop.id}/allow")

    answer = browser.client.get(f"/backoffice/access/rows?red={shop.id}", headers={"HX-Request": "true"})

    assert answer.status_code == 204


@pytest.mark.row("P-33")
def test_an_access_made_from_the_record_is_the_same_as_from_the_grid(browser: Browser, shop: Party) -> None:
    other = office.customer("5", "Bêta")
    browser.get(f"/backoffice/parties/{other.id}")
    browser.post(f"/backoffice/access/{other.id}/allow?panel=1")
    browser.post(f"/backoffice/access/{shop.id}/allow")

    def lines(party: Party) -> list[str]:
        return sorted(
            db.session.scalars(select(Event.name).where(Event.party_id == party.id, Event.access_id.is_not(None)))
        )

    assert lines(other) == lines(shop) == ["access.changed", "access.created"]
    assert browser.get("/backoffice/access").text.count('data-state="unsynced"') == 2


@pytest.mark.row("P-32")
def test_a_search_puts_the_code_first_and_finds_by_address(browser: Browser) -> None:
    office.customer("40", "Quarante")
    office.customer("9", "4 saisons")
    office.customer("12", "Douze", addresses={EmailSlot.QUOTE: "devis@douze.fr"})

    for url in ("/backoffice/access", "/backoffice/parties"):
        found = re.findall(r'data-label="Code">([^<]+)<', browser.get(f"{url}?q=4").text)
        assert found == ["4", "40", "9"], url
        assert re.findall(r'data-label="Code">([^<]+)<', browser.get(f"{url}?q=devis@douze").text) == ["12"]


@pytest.mark.row("P-30")
def test_lines_are_sorted_by_state_identifier_and_last_login(browser: Browser, shop: Party) -> None:
    other = office.customer("5", "Bêta")
    granting.allow(access=granting.grant(party=other, by="command"), by="command")

    assert _codes(browser, "state") == ["5", "4"]
    assert _codes(browser, "-state") == ["4", "5"]
    assert _codes(browser, "identifier") == ["4", "5"]
    assert _codes(browser, "last_login") == ["4", "5"]


def test_pages_follow_each_other_by_key(browser: Browser) -> None:
    for number in range(100, 200):
        office.customer(str(number), f"Client {number}")

    seen: list[str] = []
    url = "/backoffice/access"
    while url:
        text = browser.get(url).text
        seen += re.findall(r'data-label="Code">([^<]+)<', text)
        found = re.search(r'href="([^"]*after=[^"]*)"', text)
        url = found[1].replace("&amp;", "&") if found else ""

    assert seen == ["4", *map(str, range(100, 200))]


@pytest.mark.parametrize("parties", [10, 200])
@pytest.mark.parametrize("url", ["/backoffice/access", "/backoffice/parties", "/backoffice/"])
def test_a_page_asks_few_questions_whatever_it_holds(browser: Browser, parties: int, url: str) -> None:
    for number in range(parties):
        granting.grant(party=office.customer(f"C{number}"), by="command")
    questions: list[str] = []
    db.session.commit()

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            questions.append(statement)

    event.listen(db.session.connection().engine, "before_cursor_execute", count)
    try:
        assert browser.get(url).status_code == 200
    finally:
        event.remove(db.session.connection().engine, "before_cursor_execute", count)
    assert len(questions) <= 10, "\n".join(questions)


@pytest.mark.row("P-56")
def test_another_password_on_a_synchronised_line_asks_first(browser: Browser, shop: Party) -> None:
    browser.post(f"/backoffice/access/{shop.id}/draw?seen=0")
    browser.post(f"/backoffice/access/{shop.id}/allow")
    synchronise()
    access = _access(shop)
    before = access.initial_secret

    question = browser.post(f"/backoffice/access/{shop.id}/draw?seen={access.revision}")
    assert question.status_code == 409
    assert "Remplacer le mot de passe de Ma jolie boutique" in question.text
    assert _access(shop).initial_secret == before

    browser.post(f"/backoffice/access/{shop.id}/draw?seen={access.revision}", confirmed="1")
    assert _access(shop).initial_secret != before
    assert 'data-state="unsynced"' in browser.get("/backoffice/access").text


@pytest.mark.row("P-57")
def test_the_line_says_to_whom_the_access_went_when_and_how_it_fared(browser: Browser, shop: Party) -> None:
    browser.post(f"/backoffice/access/{shop.id}/allow")
    synchronise()
    waiting = browser.get("/backoffice/access").text
    assert "En attente" in waiting

    line = db.session.scalars(select(Notification).where(Notification.access_id == _access(shop).id)).one()
    line.status, line.address, line.sent_at = "sent", "fiche@boutique.fr", line.created_at
    text = browser.get("/backoffice/access").text.replace("<wbr>", "")
    assert "Envoyé</span>" in text
    assert 'data-label="Email envoyé à">fiche@boutique.fr<' in text


@pytest.mark.row("P-40")
def test_in_manual_mode_the_button_says_what_it_does_and_what_waits_otherwise(browser: Browser, shop: Party) -> None:
    office.manual_mode()
    browser.post(f"/backoffice/access/{shop.id}/allow")
    assert "Synchronisation manuelle" in browser.get("/backoffice/access").text
    assert synchronise() == 0

    browser.post("/backoffice/synchronise", back="/backoffice/access")
    assert "1 accès à mettre à jour" in browser.get("/backoffice/access").text
    assert synchronise() == 1


def test_whoever_may_only_read_writes_nothing(app: Flask, shop: Party) -> None:
    a_clerk(role="reader", email="lea@exemple.fr")
    lea = Browser(app)
    lea.sign_in_staff("lea@exemple.fr")
    page = lea.get("/backoffice/access")
    assert page.status_code == 200
    assert "formaction" not in page.text

    for action in ("draw", "allow", "withdraw", "notify", "hush", "show", "hand-over"):
        assert lea.post(f"/backoffice/access/{shop.id}/{action}").status_code == 403, action
    assert lea.post("/backoffice/synchronise").status_code == 403
    assert db.session.scalar(select(func.count()).select_from(Access)) == 0
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.name == "staff.denied")) == 8


def test_a_party_of_another_family_does_not_exist_for_scoped_staff(app: Flask, shop: Party) -> None:
    clerk = a_clerk(email="marc@exemple.fr")
    clerk.grants[0].family_id = office.family("employees").id
    marc = Browser(app)
    marc.sign_in_staff("marc@exemple.fr")
    marc.get("/backoffice/")

    assert "Ma jolie boutique" not in marc.get("/backoffice/access?q=4").text
    assert marc.get("/backoffice/access?family=customers").status_code == 404
    assert marc.get(f"/backoffice/parties/{shop.id}").status_code == 404
    assert marc.post(f"/backoffice/access/{shop.id}/allow").status_code == 404
    assert marc.get(f"/backoffice/access/rows?red={shop.id}").status_code == 204


@pytest.mark.row("P-36")
def test_a_typed_password_replaces_a_drawn_one_only_when_confirmed(browser: Browser, shop: Party) -> None:
    url = f"/backoffice/access/{shop.id}/password"
    browser.post(f"/backoffice/access/{shop.id}/draw?seen=0")
    browser.get(url)
    seen = str(_access(shop).revision)

    assert browser.post(url, seen=seen, password="azerty123456").status_code == 422
    refused = browser.post(url, seen=seen, password="girafe tambour lavande")
    assert refused.status_code == 422
    assert "existe déjà" in refused.text
    assert browser.post(url, seen=seen, password="girafe tambour lavande", confirmed="y").status_code == 303
    assert initial.show(access=_access(shop), by="command") == "girafe tambour lavande"
    names = db.session.scalars(select(Event.name).where(Event.access_id == _access(shop).id)).all()
    assert "access.initial_typed" in names


def test_unticking_notify_opens_the_access_without_a_message(browser: Browser, shop: Party) -> None:
    browser.post(f"/backoffice/access/{shop.id}/allow")
    browser.post(f"/backoffice/access/{shop.id}/hush")
    synchronise()

    assert db.session.scalar(select(func.count()).select_from(Notification)) == 0
    assert "Valide" in browser.get("/backoffice/access").text


def test_htmx_gets_the_line_alone_and_a_refusal_with_its_reason(browser: Browser, shop: Party) -> None:
    headers = {"HX-Request": "true", "X-CSRFToken": browser.token}
    drawn = browser.client.post(f"/backoffice/access/{shop.id}/draw?seen=0", headers=headers)
    assert drawn.status_code == 200
    assert f'hx-target="#l-{shop.id}"' in drawn.text
    assert "<html" not in drawn.text

    granting.notify(access=_access(shop), by="command")
    granting.allow(access=_access(shop), by="command")
    stale = browser.client.post(f"/backoffice/access/{shop.id}/draw?seen=2", headers=headers)
    assert stale.status_code == 409
    assert "Rien n’a été remplacé" in stale.text


def test_a_cell_that_a_spreadsheet_would_run_is_quoted(browser: Browser) -> None:
    office.customer("7", "=HYPERLINK(0)")

    assert ";'=HYPERLINK(0);" in browser.get("/backoffice/access/export.csv").text


def test_seats_follow(browser: Browser, shop: Party) -> None:
    browser.post(f"/backoffice/access/{shop.id}/allow")
    synchronise()
    browser.post(f"/backoffice/access/{shop.id}/withdraw")

    assert db.session.scalars(select(Seat.allowed)).one() is False
    assert "Fermé" in browser.get("/backoffice/access").text


def _access(party: Party) -> Access:
    return db.session.scalars(select(Access).where(Access.party_id == party.id)).one()


def _codes(browser: Browser, sort: str) -> list[str]:
    return re.findall(r'data-label="Code">([^<]+)<', browser.get(f"/backoffice/access?sort={sort}").text)


def _htmx(browser: Browser, url: str) -> str:
    return browser.client.get(url, headers={"HX-Request": "true"}).text
