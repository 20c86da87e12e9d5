"""A bulk action and the other contacts of each party; what its undo gives back; the three acts of « Droits »."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from shared.access import granting
from shared.access.bulk_models import BulkRow
from shared.access.contacts import grant_to
from shared.access.linking import live_link
from shared.access.models import Access, Link, LinkPurpose, PortalSession, Seat
from shared.access.synchronising import synchronise
from shared.extensions import db
from shared.links import token
from shared.people.contacting import ContactCard, add_contact
from shared.people.models import Party
from tests.factories import bulk, office
from tests.factories.identity import Browser, a_mailed_link


@pytest.fixture
def party(browser: Browser) -> Party:
    """Its main contact and two others, all three allowed, synchronised and inside."""
    party = office.customer("4")
    for name in ("", "Petit", "Grand"):
        access = granting.grant(party=party, by=office.BY) if not name else _another(party, name)
        granting.allow(access=access, by=office.BY)
    synchronise()
    for seat in db.session.scalars(select(Seat)):
        db.session.add(PortalSession(secret_hash=uuid.uuid4().hex, account_id=seat.account_id, seat_id=seat.id))
    db.session.flush()
    return party


@pytest.mark.parametrize("unticked", [False, True])
def test_withdrawing_a_selection_takes_the_other_contacts_along_unless_staff_say_no(
    browser: Browser, party: Party, unticked: bool
) -> None:
    shown = bulk.preview(browser, "withdraw", [party])
    assert "Retirer aussi l’accès de 2 autres interlocuteurs" in shown.text

    text = bulk.done(browser, shown, unticked=unticked)

    assert [access.allowed for access in _accesses()] == [False, unticked, unticked]
    assert _inside() == (2 if unticked else 0)
    assert ("Accès d’autres interlocuteurs retirés : 2" in text) is not unticked
    if unticked:
        return
    report = browser.get(f"/backoffice/access/bulk/{bulk.the_action().id}/report.csv").text
    assert "Accès d’autres interlocuteurs retirés : 2" in report
    granting.hush(access=_accesses()[2], by=office.BY)
    granting.notify(access=_accesses()[2], by=office.BY)  # another revision: this one has moved
    page = _undone(browser)
    assert [access.allowed for access in _accesses()] == [True, True, False]
    assert "Accès d’autres interlocuteurs rendus : 1" in page
    assert "Annulée, sauf pour un autre interlocuteur" in page


def test_a_party_whose_main_contact_is_out_already_still_has_others_to_close(browser: Browser, party: Party) -> None:
    granting.withdraw(access=_accesses()[0], by=office.BY)
    lone = office.customer("5")
    granting.allow(access=_another(lone, "Seul"), by=office.BY)  # a party without an access of its own

    shown = bulk.preview(browser, "withdraw", [party, lone])
    assert "Retirer aussi l’accès de 3 autres interlocuteurs" in shown.text
    assert "Lignes modifiées (d’autres interlocuteurs du tiers seulement) : 2" in shown.text
    bulk.done(browser, shown)

    assert not any(access.allowed for access in _accesses())
    assert db.session.scalar(select(Access.id).where(Access.party_id == lone.id, Access.is_main)) is None
    _undone(browser)
    assert [access.allowed for access in _accesses()] == [False, True, True, True]


def test_ending_the_sessions_of_a_selection_ends_those_of_the_other_contacts_too(
    browser: Browser, party: Party
) -> None:
    shown = bulk.preview(browser, "sessions", [party])
    assert "Déconnecter aussi 2 autres interlocuteurs" in shown.text
    assert "Autres interlocuteurs déconnectés : 2" in bulk.done(browser, shown)
    assert _inside() == 0
    assert all(access.allowed for access in _accesses())


@pytest.mark.parametrize("action", ["draw", "allow", "notify", "rights", "letters"])
def test_the_other_buttons_say_whom_they_leave_as_they_are(browser: Browser, party: Party, action: str) -> None:
    fields = {"preset": "invoices"} if action == "rights" else {}
    shown = bulk.preview(browser, action, [party, office.customer("5")], **fields)
    assert "Seul l’interlocuteur principal de chaque tiers est concerné : 2 autres accès restent" in shown.text
    before = [(access.allowed, access.revision) for access in _accesses()][1:]
    bulk.done(browser, shown)
    of_party = [access for access in _accesses() if access.party_id == party.id]
    assert [(access.allowed, access.revision) for access in of_party][1:] == before


def test_a_withdrawal_taken_back_gives_back_the_links_that_it_ended(app: Flask, browser: Browser, party: Party) -> None:
    seats = [access.seat for access in _accesses()]
    sent = [a_mailed_link(seat, LinkPurpose.ACTIVATION) for seat in seats if seat is not None]
    dead = a_mailed_link(seats[0], LinkPurpose.DOCUMENT)  # type: ignore[arg-type]
    ended_at = dead.revoked_at = dead.created_at
    db.session.flush()
    bulk.done(browser, bulk.preview(browser, "withdraw", [party]))
    synchronise()
    assert not any(_works(link) for link in sent)

    page = browser.get(f"/backoffice/access/bulk/{bulk.the_action().id}").text
    assert "Les liens déjà envoyés marchent alors de nouveau" in page
    _undone(browser)
    synchronise()

    assert all(_works(link) for link in sent)
    assert dead.revoked_at == ended_at  # somebody else's doing
    assert all(seat.allowed for seat in db.session.scalars(select(Seat)))
    assert _inside() == 0  # an ended session is never written again
    assert db.session.scalars(select(BulkRow.undone)).one() == "undone"


def test_a_message_that_left_is_said_not_to_come_back_before_and_after(browser: Browser, party: Party) -> None:
    shown = bulk.preview(browser, "notify", [party])
    assert "ce qui est parti ne se rappelle pas, même si vous annulez l’action" in shown.text
    bulk.done(browser, shown)
    synchronise()

    assert "Non annulée : le message est parti, il ne se rappelle pas : 1" in _undone(browser)


def test_the_three_acts_are_given_taken_or_left_on_a_selection_and_put_back(browser: Browser, party: Party) -> None:
    other = office.customer("5")
    granting.allow(access=granting.grant(party=other, by=office.BY), by=office.BY)
    first, second = (_main(each) for each in (party, other))
    first.acts, second.acts = ["sign"], ["deposit", "pay"]
    synchronise()
    nothing = bulk.preview(browser, "rights", [party, other], preset="keep")
    assert (nothing.status_code, "selection/apply" in nothing.text) == (422, False)

    shown = bulk.preview(browser, "rights", [party, other], preset="keep", act_sign="give", act_pay="take")
    for words in ("Répertoires : laissés tels quels", "Droit donné : Signer", "Droit retiré : Payer les factures"):
        assert words in shown.text
    assert "Déjà ainsi : 1" in shown.text  # the first signs already, and does not pay
    bulk.done(browser, shown)

    assert (_main(party).acts, _main(other).acts) == (["sign"], ["sign", "deposit"])
    assert (_main(party).folder_ids, _main(other).folder_ids) == (None, None)
    _undone(browser)
    assert (_main(party).acts, _main(other).acts) == (["sign"], ["deposit", "pay"])


def _another(party: Party, name: str) -> Access:
    contact = add_contact(party=party, card=ContactCard(family_name=name), by=office.BY)
    return grant_to(contact=contact, by=office.BY)


def _main(party: Party) -> Access:
    db.session.expire_all()
    return db.session.scalars(select(Access).where(Access.party_id == party.id, Access.is_main)).one()


def _accesses() -> list[Access]:
    db.session.expire_all()
    return list(db.session.scalars(select(Access).order_by(Access.id)))


def _inside() -> int:
    return len(db.session.scalars(select(PortalSession.id).where(PortalSession.ended_at.is_(None))).all())


def _works(link: Link) -> bool:
    db.session.expire_all()
    return live_link(token(link), link.purpose) is not None


def _undone(browser: Browser) -> str:
    url = f"/backoffice/access/bulk/{bulk.the_action().id}"
    browser.post(f"{url}/undo")
    bulk.work(url)
    return browser.get(url).text
