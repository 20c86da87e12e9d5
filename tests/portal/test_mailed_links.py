"""Where mailed links land, for people and for the scanners that visit before them."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from shared.access.models import Account, Link, LinkPurpose, PortalSession, Seat
from shared.clock import now
from shared.documents import moving
from shared.documents.models import Document, Download
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Party
from tests.factories.counter import a_document, a_folder, a_link, a_party, a_seat
from tests.factories.identity import OTHER, PASSWORD, Browser, a_holder, a_mailed_link, path_of

TABLES = ("account", "identifier", "seat", "link", "portal_session", "event", "download", "notification", "attempt")


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def checksum() -> list[str]:
    """What stands in every table that a link could touch."""
    db.session.commit()
    hashed = "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} t"
    return [str(db.session.scalar(text(hashed.format(table)))) for table in TABLES]


def scan(app: Flask, path: str) -> None:
    """What a mail scanner does within a second of the sending."""
    scanner = Browser(app, ip="127.0.0.66")
    scanner.client.head(path)
    for _time in range(3):
        scanner.get(path)
    scanner.post(path)
    scanner.client.post(path)
    scanner.client.post(path, data={"password": "", "proof": ""})


@pytest.fixture
def invited(app: Flask) -> Seat:
    return a_holder("C412", password=None)


def test_activation_chooses_a_password_and_comes_in(browser: Browser, invited: Seat) -> None:
    link = a_mailed_link(invited, LinkPurpose.ACTIVATION)
    page = browser.get(path_of(link))
    assert page.status_code == 200 and "C412" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer" and page.headers["Cache-Control"] == "no-store"
    refused = browser.post(path_of(link), password="trop court")
    assert refused.status_code == 422 and "trop court" in refused.text
    assert browser.post(path_of(link), password=PASSWORD).location == "/"
    assert browser.is_in
    db.session.refresh(invited.account)
    assert invited.account.activated_at
    assert [event.name for event in db.session.scalars(select(Event).order_by(Event.id))][:2] == [
        "account.activated",
        "account.signed_in",
    ]
    again = browser.get(path_of(link))
    assert again.status_code == 410 and "Lien terminé" in again.text


def test_a_newer_link_ends_the_earlier_one(browser: Browser, invited: Seat) -> None:
    old = a_mailed_link(invited, LinkPurpose.ACTIVATION)
    new = a_mailed_link(invited, LinkPurpose.ACTIVATION)
    assert browser.get(path_of(old)).status_code == 410
    assert browser.get(path_of(new)).status_code == 200


@pytest.mark.row("P-38")
def test_an_invitation_to_a_withdrawn_access_is_dead(browser: Browser, invited: Seat) -> None:
    link = a_mailed_link(invited, LinkPurpose.ACTIVATION)
    invited.allowed = False
    assert browser.get(path_of(link)).status_code == 410
    assert browser.post(path_of(link), password=PASSWORD).status_code == 410


@pytest.mark.row("FR-13")
def test_a_reset_link_works_once_and_signs_nobody_in(app: Flask, browser: Browser) -> None:
    seat = a_holder("C1")
    browser.sign_in("C1")
    link = a_mailed_link(seat, LinkPurpose.RESET)
    other = Browser(app)
    other.get(path_of(link))
    assert other.post(path_of(link), password=OTHER).location == "/sign-in"
    assert not other.is_in and not browser.is_in
    assert Browser(app).sign_in("C1").status_code == 422
    assert Browser(app).sign_in("C1", OTHER).status_code == 303
    assert other.get(path_of(link)).status_code == 410
    other.get("/sign-in")
    assert other.post(path_of(link), password=PASSWORD).status_code == 410


@pytest.mark.row("FR-13")
def test_dead_reset_links_all_get_the_same_page(app: Flask, browser: Browser) -> None:
    seat, stranger = a_holder("C1"), a_holder("C2")
    late = a_mailed_link(a_holder("C3"), LinkPurpose.RESET, age=timedelta(hours=3))
    long_lived = a_mailed_link(a_holder("C4"), LinkPurpose.RESET, age=timedelta(hours=25))
    long_lived.expires_at = now() + timedelta(days=9)
    superseded = a_mailed_link(seat, LinkPurpose.RESET)
    a_mailed_link(seat, LinkPurpose.RESET)
    revoked = a_mailed_link(stranger, LinkPurpose.RESET)
    revoked.revoked_at = now()
    activation = path_of(a_mailed_link(a_holder("C5"), LinkPurpose.ACTIVATION)).replace("/a/", "/r/")
    paths = [path_of(link) for link in (late, long_lived, superseded, revoked)]
    paths += [activation, "/r/" + "a" * 66, "/r/x", path_of(superseded)[:-1] + "_"]
    bodies = set()
    for path in paths:
        fresh = Browser(app)
        page = fresh.get(path)
        assert page.status_code == 410, path
        assert fresh.post(path, password=OTHER).status_code == 410
        bodies.add(page.text.count("Lien terminé"))
    assert len(bodies) == 1


def test_a_reset_gives_back_an_account_that_was_locked(app: Flask, browser: Browser) -> None:
    seat = a_holder("C1")
    with time_machine.travel(now(), tick=False):
        for _try in range(30):
            Browser(app).sign_in("C1", "pas le bon")
        link = a_mailed_link(seat, LinkPurpose.RESET)
        browser.get(path_of(link))
        browser.post(path_of(link), password=OTHER)
        assert browser.sign_in("C1", OTHER).status_code == 303


@pytest.mark.row("FR-13")
def test_asking_for_a_reset_answers_the_same_to_all(app: Flask) -> None:
    a_holder("C1")
    a_holder("OFF", allowed=False)
    answers = set()
    for identifier in ("C1", "PERSONNE", "OFF"):
        browser = Browser(app)
        browser.get("/forgotten")
        answer = browser.post("/forgotten", identifier=identifier)
        answers.add((answer.status_code, len(answer.text), tuple(name for name, _value in answer.headers)))
    assert len(answers) == 1
    asked = db.session.scalars(select(Event).where(Event.name == "account.reset_requested")).all()
    assert len(asked) == 1
    browser = Browser(app)
    for _time in range(5):
        browser.get("/forgotten")
        browser.post("/forgotten", identifier="c1")
    assert len(db.session.scalars(select(Event).where(Event.name == "account.reset_requested")).all()) == 3


def test_scanners_change_nothing_and_the_person_succeeds(app: Flask, browser: Browser, invited: Seat) -> None:
    held = a_holder("C9", party=a_party("C9"))
    document = a_document(held.party, a_folder())
    links = [
        a_mailed_link(invited, LinkPurpose.ACTIVATION),
        a_mailed_link(held, LinkPurpose.RESET),
        a_mailed_link(held, LinkPurpose.TARGET, document_id=document.id, target="home"),
        a_link(document),
    ]
    before = checksum()
    for link in links:
        scan(app, path_of(link))
    assert checksum() == before
    browser.get(path_of(links[0]))
    assert browser.post(path_of(links[0]), password=PASSWORD).status_code == 303


class TestTargets:
    @pytest.fixture
    def seat(self, app: Flask) -> Seat:
        return a_holder("C1")

    @pytest.fixture
    def document(self, seat: Seat) -> Document:
        return a_document(seat.party, a_folder())

    @pytest.mark.row("P-21")
    @pytest.mark.parametrize(
        ("target", "path"),
        [
            ("home", "/?new={}"),
            ("quotes", "/quotes?new={}"),
            ("statement", "/statement?new={}"),
            ("payslips", "/documents/payslips?new={}"),
            ("document", "/documents/{}"),
        ],
    )
    def test_each_lands_on_its_page_also_after_the_login(
        self, browser: Browser, seat: Seat, document: Document, target: str, path: str
    ) -> None:
        link = a_mailed_link(seat, LinkPurpose.TARGET, document_id=document.id, target=target)
        first = browser.get(path_of(link))
        assert first.location == f"/sign-in?next={path_of(link)}"
        browser.get(first.location)
        answer = browser.post("/sign-in", identifier="C1", password=PASSWORD, next=path_of(link))
        assert answer.location == path_of(link)
        landing = browser.get(answer.location).location
        assert landing == path.format(document.id)
        assert browser.get(landing).status_code == 200
        assert browser.get(path_of(link)).location == landing

    @pytest.mark.row("P-22")
    def test_the_document_announced_is_marked_new_on_the_home(
        self, browser: Browser, seat: Seat, document: Document
    ) -> None:
        link = a_mailed_link(seat, LinkPurpose.TARGET, document_id=document.id, target="home")
        browser.sign_in("C1")
        page = browser.get(browser.get(path_of(link)).location)
        assert page.status_code == 200 and str(document.id) in page.text

    def test_the_wrong_seat_is_told_so(self, app: Flask, browser: Browser, seat: Seat, document: Document) -> None:
        second = a_seat(a_party("Z9", "Zèbre"), person=seat.account.person)
        link = a_mailed_link(second, LinkPurpose.TARGET, target="home")
        browser.sign_in("C1")
        browser.get("/choose-seat")
        browser.post("/choose-seat", seat=seat.id)
        page = browser.get(path_of(link))
        assert page.status_code == 200 and "Zèbre" in page.text
        assert browser.post("/choose-seat", seat=second.id, next=path_of(link)).location == path_of(link)
        assert browser.get(path_of(link)).location == "/"
        stranger = Browser(app)
        a_holder("S1", password=OTHER)
        stranger.sign_in("S1", OTHER)
        assert "Déconnectez-vous" in stranger.get(path_of(link)).text

    def test_an_expired_or_revoked_one_is_dead(self, browser: Browser, seat: Seat) -> None:
        link = a_mailed_link(seat, LinkPurpose.TARGET, target="home", age=timedelta(hours=3))
        assert browser.get(path_of(link)).status_code == 410


class TestDocumentLinks:
    @pytest.fixture
    def party(self, app: Flask) -> Party:
        return a_holder("C1").party

    @pytest.fixture
    def document(self, party: Party) -> Document:
        return a_document(party, a_folder())

    @pytest.mark.row("P-23")
    @pytest.mark.parametrize("proof", ["c1", " C1 ", "44000"])
    def test_it_opens_that_document_and_nothing_else(
        self, browser: Browser, party: Party, document: Document, proof: str
    ) -> None:
        other = a_document(party, a_folder("Devis", "quote"))
        link = a_link(document)
        page = browser.get(path_of(link))
        assert page.status_code == 200 and document.title not in page.text
        answer = browser.post(path_of(link), proof=proof)
        assert answer.location == f"/documents/{document.id}"
        assert document.title in browser.get(answer.location).text
        for path in ("/", "/documents", "/account", f"/documents/{other.id}"):
            assert browser.client.get(path).status_code == 303
        assert db.session.scalars(select(PortalSession)).all() == []
        assert browser.get(path_of(link)).location == answer.location

    @pytest.mark.row("P-23")
    def test_a_wrong_code_opens_nothing_and_is_counted(self, browser: Browser, document: Document) -> None:
        link = a_link(document)
        browser.get(path_of(link))
        with time_machine.travel(now(), tick=False):
            for _try in range(10):
                assert browser.post(path_of(link), proof="C2").status_code == 422
            assert browser.post(path_of(link), proof="C1").status_code == 422
        assert db.session.scalars(select(Download)).all() == []

    @pytest.mark.row("P-23")
    def test_it_dies_at_expiry_revocation_and_withdrawal(self, app: Flask, party: Party, document: Document) -> None:
        for kill in ("expire", "revoke", "withdraw"):
            link = a_link(document)
            browser = Browser(app)
            browser.get(path_of(link))
            page = browser.post(path_of(link), proof="C1").location
            assert browser.get(page).status_code == 200
            if kill == "expire":
                link.expires_at = now()
            elif kill == "revoke":
                link.revoked_at = now()
            else:
                db.session.scalars(select(Seat).where(Seat.party_id == party.id)).one().allowed = False
            assert browser.client.get(page).status_code == 303, kill
            assert browser.get(path_of(link)).status_code == 410
            assert browser.post(path_of(link), proof="C1").status_code == 410

    @pytest.mark.row("P-12")
    def test_an_unshared_folder_says_so_and_comes_back(self, app: Flask, party: Party) -> None:
        folder = a_folder()
        document = a_document(party, folder)
        link, browser = a_link(document), Browser(app)
        browser.get(path_of(link))
        page = browser.post(path_of(link), proof="C1").location
        folder.on_portal = False
        assert browser.get(page).status_code == 410
        assert Browser(app).get(path_of(link)).status_code == 410
        folder.on_portal = True
        assert browser.get(page).status_code == 200

    def test_it_still_opens_a_document_that_was_moved(self, app: Flask, party: Party) -> None:
        document, browser = a_document(party, a_folder()), Browser(app)
        link = a_link(document)
        moving.move(document=document, folder=a_folder("Contrats", "contract"), by="command")
        browser.get(path_of(link))
        page = browser.post(path_of(link), proof="C1").location
        assert page == f"/documents/{document.id}"
        assert document.title in browser.get(page).text
        (hidden := a_folder("Interne", "contract")).on_portal = False
        moving.move(document=document, folder=hidden, by="command")
        assert browser.get(page).status_code == 410
        assert Browser(app).get(path_of(link)).status_code == 410

    @pytest.mark.row("P-23")
    @pytest.mark.row("P-87")
    def test_a_payslip_always_asks_for_the_login(self, app: Flask, browser: Browser, party: Party) -> None:
        slip = a_document(party, a_folder("Bulletins", "payslip"))
        link = a_link(slip)
        assert browser.get(path_of(link)).location == f"/sign-in?next={path_of(link)}"
        assert browser.post(path_of(link), proof="C1").status_code in (403, 410)
        browser.get("/sign-in")
        assert browser.post(path_of(link), proof="C1").status_code == 410
        browser.sign_in("C1")
        assert browser.get(path_of(link)).location == f"/documents/{slip.id}"

    def test_one_proof_lasts_half_an_hour(self, browser: Browser, document: Document) -> None:
        link = a_link(document)
        browser.get(path_of(link))
        page = browser.post(path_of(link), proof="C1").location
        with time_machine.travel(now() + timedelta(minutes=31)):
            assert browser.client.get(page).status_code == 303

    def test_who_is_in_goes_straight_to_the_document(self, browser: Browser, document: Document) -> None:
        browser.sign_in("C1")
        assert browser.get(path_of(a_link(document))).location == f"/documents/{document.id}"


def test_no_token_of_a_link_stands_in_the_database(app: Flask, invited: Seat) -> None:
    link = a_mailed_link(invited, LinkPurpose.ACTIVATION)
    token = path_of(link).rpartition("/")[2]
    stored = db.session.scalar(text("select string_agg(t::text, '|') from link t"))
    assert token not in stored and token.partition(".")[2] not in stored


def test_links_are_built_from_the_configured_address(app: Flask, invited: Seat) -> None:
    link = a_mailed_link(invited, LinkPurpose.ACTIVATION)
    with app.test_request_context("/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}):
        assert path_of(link).startswith("/a/")
    assert db.session.get(Account, invited.account_id) and db.session.get(Link, link.id)
