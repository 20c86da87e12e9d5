"""« Qui recevra quoi »: what is said beforehand is what happens."""

from collections import Counter

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from shared.documents import excepting
from shared.documents.foretelling import Fate, Outcome, foretell
from shared.extensions import db
from shared.notifications.models import Notification, Reason
from shared.notifications.resolving import Ready, resolve
from shared.people.models import ConsentState, EmailCell, EmailSlot, Party
from tests.factories import office, post
from tests.factories.counter import a_seat
from tests.factories.identity import Browser, a_clerk
from tests.factories.office import BY, customer, filed, folder


@pytest.fixture(autouse=True)
def parties(app: Flask) -> list[Party]:
    post.an_installation()
    office.an_installation()
    family = office.family()
    family.slot_fallback = EmailSlot.CARD.value
    both = {EmailSlot.BILLING: "compta@a.example", EmailSlot.CARD: "fiche@a.example"}
    made = {
        "told": customer(addresses=both),
        "closed door": customer(addresses=both),
        "fallback": customer(addresses={EmailSlot.CARD: "fiche@b.example"}),
        "bouncing": customer(addresses={EmailSlot.BILLING: "mort@c.example"}),
        "no address": customer(),
        "silent": customer(addresses=both),
        "grouped": customer(addresses=both),
        "direct": customer(addresses=both),
        "hidden": customer(addresses=both),
        "asked": customer(addresses=both, consent=ConsentState.REQUESTED),
        "refused": customer(addresses=both, consent=ConsentState.REFUSED),
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


def happened(party: Party) -> tuple[object, ...]:
    """What really becomes of a document filed now."""
    document = filed(party, folder())
    db.session.flush()
    query = select(Notification).where(Notification.party_id == party.id)
    row = db.session.scalars(query).one_or_none()
    if row is None:
        standing = next(iter(document.publications), None)
        return (
            (Outcome.CONSENT if standing else Outcome.NOT_SHARED, "", None)
            if not is_live(document)
            else (
                Outcome.SILENT,
                "",
                None,
            )
        )
    columns = Notification.__table__.c
    (line,) = db.session.execute(select(*columns).where(columns.id == row.id)).mappings().all()
    (answer,) = resolve(db.session.connection(), [line])
    if not isinstance(answer, Ready):
        return (Outcome.NO_ADDRESS, "", None)
    outcome = {Reason.SYNCHRONISATION: Outcome.WAITS, Reason.PLANNED: Outcome.GROUPED}.get(row.reason, Outcome.TOLD)
    return (outcome, answer.to.address, row.template_id)


def is_live(document: object) -> bool:
    return any(each.live_at for each in document.publications)  # type: ignore[attr-defined]


def told(fate: Fate) -> tuple[object, ...]:
    sent = fate.address != ""
    return (fate.outcome, fate.address, fate.template.id if sent and fate.template else None)


@pytest.mark.row("P-10")
def test_the_simulation_and_reality_say_the_same_of_every_party(parties: list[Party]) -> None:
    forecast = foretell(folder=folder())
    said = {fate.party_id: told(fate) for fate in forecast.fates}
    assert said.keys() == {party.id for party in parties}
    assert said == {party.id: happened(party) for party in parties}
    assert forecast.counts == Counter(fate[0] for fate in said.values())
    assert set(forecast.counts) == set(Outcome) - {Outcome.NO_RULE}, "every outcome was tried"
    assert forecast.told == 5
    one = foretell(folder=folder(), party_id=parties[6].id)
    assert [told(fate) for fate in one.fates] == [said[parties[6].id]]


def test_only_the_first_are_listed_and_all_are_counted(parties: list[Party]) -> None:
    forecast = foretell(folder=folder(), limit=3)
    assert len(forecast.fates) == 3 and sum(forecast.counts.values()) == len(parties)


def test_the_page_shows_address_text_and_reason(app: Flask, parties: list[Party]) -> None:
    a_clerk()
    browser = Browser(app)
    browser.sign_in_staff()
    answer = browser.get(f"/backoffice/folders/{folder().id}/audience")
    soup = BeautifulSoup(answer.text, "html5lib")
    counts = {str(tile["data-outcome"]): tile.select_one("strong").get_text() for tile in soup.select("[data-outcome]")}  # type: ignore[union-attr]
    assert counts["no_address"] == "2" and counts["waits"] == "1" and counts["consent"] == "2"
    assert "compta@a.example" in answer.text and "La cellule « Facturation » est vide" in soup.get_text()
    assert soup.select_one("tbody a[href^='/backoffice/templates/']")
    one = browser.get(f"/backoffice/folders/{folder().id}/audience?party={parties[5].id}")
    assert "La notification est réglée sur « non »." in one.text and "réglage propre à ce tiers" in one.text
