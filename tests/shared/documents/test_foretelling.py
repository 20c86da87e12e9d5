"""« Qui recevra quoi »: what is said beforehand is what happens."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import time, timedelta
from functools import cache

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from shared.access.granting import main_contact
from shared.access.models import Access, Seat
from shared.clock import at, now, today
from shared.documents import excepting, filing, publishing
from shared.documents.consents import CONSENT_HOLDS
from shared.documents.fates import Fate, Outcome
from shared.documents.filing import Facts
from shared.documents.foretelling import foretell
from shared.documents.inspecting import Inspection, inspect
from shared.documents.models import Document, Folder
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.reasons import CLAIMABLE
from shared.notifications.resolving import Ready, resolve
from shared.notifications.rule_models import Rule
from shared.notifications.surroundings import addresses_of
from shared.notifications.withholding import address_of
from shared.people.models import ConsentState, Contact, EmailCell, EmailSlot, Party
from shared.signatures.finding import request_of
from shared.signatures.models import Circuit, RequestState
from shared.signatures.progressing import ask_next
from tests.factories import office, post
from tests.factories.counter import a_seat
from tests.factories.identity import Browser, a_clerk
from tests.factories.office import BY, customer, filed, folder
from tests.factories.rules import a_rule, a_text
from tests.shared.documents import corpus

BOTH = {EmailSlot.BILLING: "compta@a.example", EmailSlot.CARD: "fiche@a.example"}
NOON = now().replace(hour=11, minute=0)
REASONS = {
    Reason.SYNCHRONISATION: Outcome.WAITS,
    Reason.DRAFT: Outcome.DRAFT,
    Reason.SUSPENDED: Outcome.HELD,
    Reason.QUIET_HOURS: Outcome.QUIET,
    Reason.PLANNED: Outcome.LATER,
}


@pytest.fixture(autouse=True)
def parties(app: Flask) -> list[Party]:
    post.an_installation()
    office.an_installation()
    family = office.family()
    family.slot_fallback = EmailSlot.CARD.value
    made = {
        "told": customer(addresses=BOTH),
        "closed door": customer(addresses=BOTH),
        "fallback": customer(addresses={EmailSlot.CARD: "fiche@b.example"}),
        "bouncing": customer(addresses={EmailSlot.BILLING: "mort@c.example"}),
        "no address": customer(),
        "silent": customer(addresses=BOTH),
        "grouped": customer(addresses=BOTH),
        "direct": customer(addresses=BOTH),
        "hidden": customer(addresses=BOTH),
        "asked": customer(addresses=BOTH, consent=ConsentState.REQUESTED),
        "refused": customer(addresses=BOTH, consent=ConsentState.REFUSED),
    }
    for name, party in made.items():
        if name not in ("closed door", "direct"):
            a_seat(party)
    own = {
        "silent": {"notify": "none"},
        "grouped": {"notify": "grouped", "slot": "card"},
        "direct": {"link_target": "document"},
        "hidden": {"on_portal": ""},
    }
    for name, values in own.items():
        excepting.differ(party=made[name], folder=folder(), values=values, by=BY, revision=0)
    cell = db.session.scalars(select(EmailCell).where(EmailCell.address == "mort@c.example")).one()
    cell.bounces = 2
    db.session.flush()
    return list(made.values())


Seen = tuple[Outcome, str, list[tuple[Outcome, str, uuid.UUID | None]]]


def happened(party: Party, where: Folder) -> Seen:
    """What really becomes of a file filed now: why it is held, and each message with its address and its text."""
    mark = db.session.begin_nested()
    try:
        document = filed(party, where) if where.signature_side is None else a_pdf(party, where)
    except Refused:
        mark.rollback()
        return Outcome.NO_SIGNER, "", []
    mark.commit()
    request = request_of(document.id)
    if request is not None:
        request.prepared_version_id = request.latest_version_id = request.source_version.id
        request.prepared_sha256, request.opened_at = request.source_version.sha256, now()
        request.state = RequestState.OPEN  # its file was prepared
        ask_next(request=request, by=BY)
    db.session.flush()
    rows = db.session.scalars(select(Notification).where(Notification.party_id == party.id)).all()
    if not rows:
        standing = publishing.current(document.id)
        if standing is None:
            return Outcome.NOT_SHARED, "", []
        held = standing.held_because if standing.held_because in CONSENT_HOLDS else ""
        return (Outcome.CONSENT if held else Outcome.SILENT), held or "", []
    lines = sorted(line_of(row) for row in rows)
    return min((line[0] for line in lines), key=list(Outcome).index), "", lines


@cache
def looked_at() -> tuple[bytes, Inspection]:
    data = corpus.pdf()
    return data, inspect(data, "papier.pdf")


def a_pdf(party: Party, where: Folder) -> Document:
    data, inspection = looked_at()
    filing.keep(data=data, inspection=inspection)
    names = {"filename": "papier.pdf", "party": party, "folder": where, "by": BY}
    return filing.file(inspection=inspection, facts=Facts(), **names)  # type: ignore[arg-type]


def line_of(row: Notification) -> tuple[Outcome, str, uuid.UUID | None]:
    columns, connection = Notification.__table__.c, db.session.connection()
    (line,) = db.session.execute(select(*columns).where(columns.id == row.id)).mappings().all()
    (answer,) = resolve(connection, [line])
    assert row.party_id is not None
    found = address_of(line, addresses_of(connection, {row.party_id}))
    if found is None:
        return Outcome.NO_ADDRESS, "", row.template_id
    reason = row.reason
    if not isinstance(answer, Ready):
        assert answer.status is not Status.CANCELLED, answer.reply
        reason = answer.reason if reason in CLAIMABLE else reason
    outcome = REASONS.get(reason, Outcome.TOLD)
    is_grouped = outcome is Outcome.LATER and row.group_key is not None
    return Outcome.GROUPED if is_grouped else outcome, found[0], row.template_id


def told(fate: Fate) -> Seen:
    sent = [line for line in fate.lines if line.outcome is not Outcome.SILENT]
    lines = sorted((line.outcome, line.address, line.template.id if line.template else None) for line in sent)
    return fate.outcome, fate.held_because, lines


def compare(where: Folder, parties: list[Party]) -> Counter[Outcome]:
    """Foretell, really file, and find the same of every party; how many there are of each outcome."""
    forecast = foretell(folder=where)
    said = {fate.party_id: told(fate) for fate in forecast.fates}
    assert said.keys() == {party.id for party in parties}
    assert said == {party.id: happened(party, where) for party in parties}
    assert forecast.counts == Counter(fate[0] for fate in said.values())
    return forecast.counts


def held_family() -> None:
    office.family().notices_off_at, office.family().notices_off_by = now(), BY


def quiet_family() -> None:
    office.family().quiet_from, office.family().quiet_until = time(1), time(23)


def rule_of(event: str = "signature.asked") -> Rule:
    return db.session.scalars(select(Rule).where(Rule.event == event, Rule.is_shipped)).one()


def later() -> None:
    rule_of().moment, rule_of().delay = "after", 90


def proposed() -> None:
    rule_of().automatic = False


def card_too() -> None:
    """A rule of one's own: the party itself is told as well."""
    text = a_text(body="Une signature vous est demandée.", context="document")
    a_rule("signature.asked", text, audience="party_card")


def by_a_manager() -> None:
    """A circuit: whoever is « Gérant » first, at their own address or the card's, and somebody of the company."""
    clerk = a_clerk()
    for number, contact in enumerate(db.session.scalars(select(Contact).order_by(Contact.id)).all()):
        if not contact.is_main and number % 4:
            contact.role, contact.email = ("GÉRANT", "Gerant")[number % 2], ("", "gerant@a.example")[number % 3 > 0]
    steps = [
        {"rank": 1, "role": "party", "contact_role": "Gérant", "staff_id": None},
        {"rank": 1, "role": "company", "contact_role": "", "staff_id": str(clerk.id)},
        {"rank": 2, "role": "party", "contact_role": "", "staff_id": None},
    ]
    db.session.add(Circuit(label="Essai", folder_id=folder("c.to_sign").id, steps=steps))


def nothing() -> None:
    """As it is shipped."""


def seat_of_main(party: Party) -> None:
    contact = main_contact(party)
    account = db.session.scalars(select(Seat).where(Seat.party_id == party.id)).one().account_id
    access = Access(contact_id=contact.id, is_main=True, party_id=party.id, identifier=party.code, allowed=True)
    db.session.add(access)
    db.session.flush()
    db.session.add(Seat(account_id=account, access_id=access.id, party_id=party.id, allowed=True, revision=1))


@pytest.mark.row("P-10")
@pytest.mark.parametrize(
    ("where", "setting", "outcomes"),
    [
        ("c.invoices", nothing, "told grouped waits no_address silent not_shared consent"),
        ("c.invoices", held_family, "held waits no_address silent not_shared consent"),
        ("c.invoices", quiet_family, "quiet waits no_address silent not_shared consent"),
        ("c.to_sign", nothing, "told waits no_address"),
        ("c.to_sign", held_family, "held waits no_address"),
        ("c.to_sign", quiet_family, "quiet waits no_address"),
        ("c.to_sign", later, "later waits no_address"),
        ("c.to_sign", proposed, "draft no_address"),
        ("c.to_sign", card_too, "told no_address"),
        ("c.to_sign", by_a_manager, "told no_signer"),
    ],
)
def test_the_simulation_and_reality_say_the_same_of_every_party(
    parties: list[Party], where: str, setting: Callable[[], None], outcomes: str
) -> None:
    for party in (parties[0], parties[2], parties[4]):
        seat_of_main(party)
    excepting.differ(party=parties[7], folder=folder("c.to_sign"), values={"slot": "billing"}, by=BY, revision=0)
    setting()
    db.session.flush()
    with at(NOON):
        counts = compare(folder(where), parties)
    assert {outcome.value for outcome in counts} == set(outcomes.split())


@pytest.mark.row("P-10")
def test_payslips_are_foretold_with_what_the_law_holds_and_where_the_departed_are_written_to() -> None:
    cells = {EmailSlot.CARD: "bureau@lumen.example"}
    new, told_once, gone, refusing = (
        customer(key="employees", addresses=cells, noticed=noticed) for noticed in (False, True, True, True)
    )
    for party in (told_once, gone, refusing):
        a_seat(party)
    gone.left_on = today() - timedelta(days=3)
    account = db.session.scalars(select(Seat).where(Seat.party_id == gone.id)).one().account
    account.personal_email, account.personal_verified_at = "a.moi@maison.example", now()
    db.session.flush()
    counts = compare(folder("e.payslips"), [new, told_once, gone, refusing])
    assert counts == {Outcome.CONSENT: 1, Outcome.TOLD: 3}
    fates = {fate.party_id: fate for fate in foretell(folder=folder("e.payslips")).fates}
    assert fates[new.id].held_because == "payslip_notice"
    assert [line.address for line in fates[gone.id].lines] == ["a.moi@maison.example"]


def test_only_the_first_are_listed_and_all_are_counted(parties: list[Party]) -> None:
    forecast = foretell(folder=folder(), limit=3)
    assert len(forecast.fates) == 3 and sum(forecast.counts.values()) == len(parties)
    assert forecast.told == 5
    one = foretell(folder=folder(), party_id=parties[6].id)
    assert [fate.outcome for fate in one.fates] == [Outcome.GROUPED]


def signed_in(app: Flask) -> Browser:
    a_clerk()
    browser = Browser(app)
    browser.sign_in_staff()
    return browser


def page_of(browser: Browser, path: str) -> BeautifulSoup:
    return BeautifulSoup(browser.get(f"/backoffice/folders/{path}").text, "html5lib")


def test_the_page_shows_address_text_and_reason(app: Flask, parties: list[Party]) -> None:
    browser = signed_in(app)
    soup = page_of(browser, f"{folder().id}/audience")
    counts = {str(tile["data-outcome"]): tile.select_one("strong").get_text() for tile in soup.select("[data-outcome]")}  # type: ignore[union-attr]
    assert counts["no_address"] == "2" and counts["waits"] == "1" and counts["consent"] == "2"
    assert "compta@a.example" in soup.get_text() and "La cellule « Facturation » est vide" in soup.get_text()
    assert soup.select_one("tbody a[href^='/backoffice/templates/']")
    one = page_of(browser, f"{folder().id}/audience?party={parties[5].id}").get_text()
    assert "La notification est réglée sur « non »." in one and "réglage propre à ce tiers" in one


def test_the_page_of_a_folder_to_sign_shows_the_text_of_the_request(app: Flask, parties: list[Party]) -> None:
    seat_of_main(parties[0])
    soup = page_of(signed_in(app), f"{folder('c.to_sign').id}/audience?party={parties[0].id}")
    texts = [link.get_text() for link in soup.select("tbody a[href^='/backoffice/templates/']")]
    assert texts == ["Document à signer"] and "fiche@a.example" in soup.get_text()
    assert "c’est la demande de signature qui est annoncée" in soup.get_text()


def test_the_page_says_what_a_first_payslip_waits_for(app: Flask) -> None:
    employee = customer(key="employees", noticed=False)
    words = page_of(signed_in(app), f"{folder('e.payslips').id}/audience?party={employee.id}").get_text()
    assert "attend un mois après l’information du salarié" in words and "En demande" not in words
