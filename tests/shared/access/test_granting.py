"""An access from nothing to the portal, and back: who is let in, when, and with which password."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shared.access import granting, initial, passwords
from shared.access.models import Access, Account, Identifier, Link, LinkPurpose, PortalSession, Seat
from shared.access.synchronising import ask, is_due, red_count, synchronise
from shared.clock import now
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.shipping import ship_messages
from shared.people.cards import Card
from shared.people.changing import change
from shared.people.models import EmailSlot, Party
from tests.factories import office

BY = "command"


@pytest.fixture
def shop(app: Flask) -> Party:
    office.an_installation()
    ship_messages()
    return office.customer("4", addresses={EmailSlot.CARD: "fiche@boutique.fr"})


@pytest.fixture
def access(shop: Party) -> Access:
    return granting.grant(party=shop, by=BY)


@pytest.fixture
def moment() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now(), tick=True) as traveller:
        yield traveller


def test_an_access_is_made_once_and_opens_nothing_by_itself(shop: Party, access: Access) -> None:
    assert granting.grant(party=shop, by=BY) is access
    assert access.identifier == "4"
    assert (red_count(), synchronise()) == (0, 0)


@pytest.mark.row("P-40")
def test_what_is_allowed_is_red_then_a_seat(access: Access) -> None:
    initial.draw(access=access, by=BY)
    granting.allow(access=access, by=BY)
    assert red_count() == 1

    assert synchronise() == 1

    seat = db.session.scalars(select(Seat)).one()
    assert (seat.allowed, seat.revision, red_count()) == (True, access.revision, 0)
    assert synchronise() == 0
    assert _names("access.opened", "access.applied") == ["access.applied", "access.opened"]
    assert access.notify is False


def test_code_and_card_address_name_the_account(access: Access) -> None:
    granting.allow(access=access, by=BY)
    synchronise()

    assert _identifiers() == {"4", "fiche@boutique.fr"}


def test_another_card_address_names_the_account_instead(shop: Party, access: Access) -> None:
    granting.allow(access=access, by=BY)
    synchronise()

    card = Card(code="4", name=shop.name, addresses={EmailSlot.CARD: "autre@boutique.fr"})
    change(party=shop, card=card, revision=1, by=BY)
    assert (red_count(), access.cause) == (1, "address")
    synchronise()

    assert _identifiers() == {"4", "autre@boutique.fr"}
    assert _names("access.renotified") == []


@pytest.mark.row("P-35")
def test_an_initial_password_is_sealed_hashed_and_expires(access: Access) -> None:
    initial.draw(access=access, by=BY)
    clear = initial.show(access=access, by=BY)
    assert len(clear) >= 12
    assert clear not in (access.initial_secret or "")
    assert passwords.BITS >= 60

    granting.allow(access=access, by=BY)
    synchronise()

    account = db.session.scalars(select(Account)).one()
    assert passwords.verify(account.initial_hash, clear)
    assert account.initial_expires_at is not None
    assert account.initial_expires_at - now() > timedelta(days=29)


@pytest.mark.row("P-36")
def test_a_password_handed_over_is_never_shown_again(access: Access) -> None:
    initial.draw(access=access, by=BY)
    granting.allow(access=access, by=BY)
    synchronise()
    clear = initial.show(access=access, by=BY)
    initial.hand_over(access=access, how="in_person", by=BY)

    with pytest.raises(Refused, match="ne peut plus être affiché"):
        initial.show(access=access, by=BY)
    assert access.initial_secret is None
    assert clear not in str([event.facts for event in db.session.scalars(select(Event))])


def test_a_password_handed_over_before_the_synchronisation_works_after_it(access: Access) -> None:
    initial.draw(access=access, by=BY)
    clear = initial.show(access=access, by=BY)
    initial.hand_over(access=access, how="printed", by=BY)
    with pytest.raises(Refused):
        initial.show(access=access, by=BY)

    granting.allow(access=access, by=BY)
    synchronise()

    assert passwords.verify(db.session.scalars(select(Account.initial_hash)).one(), clear)
    assert access.initial_secret is None


@pytest.mark.row("P-56")
def test_after_the_synchronisation_another_password_asks_and_turns_the_row_red(access: Access) -> None:
    initial.draw(access=access, by=BY)
    granting.allow(access=access, by=BY)
    synchronise()
    first = initial.show(access=access, by=BY)

    with pytest.raises(initial.Confirm):
        initial.draw(access=access, by=BY, seen=access.revision)
    initial.draw(access=access, by=BY, seen=access.revision, confirmed=True)

    assert (red_count(), access.cause) == (1, "password")
    synchronise()
    account = db.session.scalars(select(Account)).one()
    assert not passwords.verify(account.initial_hash, first)
    assert passwords.verify(account.initial_hash, initial.show(access=access, by=BY))


@pytest.mark.row("P-56")
def test_a_second_window_never_replaces_what_the_first_one_drew(access: Access) -> None:
    seen = access.revision
    initial.draw(access=access, by="staff:one", seen=seen)
    secret = access.initial_secret

    with pytest.raises(Stale):
        initial.draw(access=access, by="staff:two", seen=seen)
    initial.draw(access=access, by="staff:one", seen=seen)  # a double click

    assert access.initial_secret == secret
    assert _names("access.initial_drawn") == ["access.initial_drawn"]


def test_a_typed_password_is_judged_like_a_customers(access: Access) -> None:
    with pytest.raises(Refused):
        initial.type_in(access=access, password="azerty123456", by=BY)
    initial.type_in(access=access, password="girafe tambour lavande", by=BY)

    assert initial.show(access=access, by=BY) == "girafe tambour lavande"
    assert _names("access.initial_typed") == ["access.initial_typed"]


@pytest.mark.row("P-38")
@pytest.mark.parametrize("mode", ["automatic", "manual"])
def test_unticking_ends_sessions_and_links_at_once_in_both_modes(access: Access, mode: str) -> None:
    granting.allow(access=access, by=BY)
    synchronise()
    if mode == "manual":
        office.manual_mode()
    seat = db.session.scalars(select(Seat)).one()
    session = PortalSession(secret_hash="x", account_id=seat.account_id, seat_id=seat.id)
    link = Link(purpose=LinkPurpose.ACTIVATION, access_id=access.id, expires_at=now() + timedelta(days=1))
    db.session.add_all([session, link])

    granting.withdraw(access=access, by=BY)

    db.session.expire_all()
    assert seat.allowed is False
    assert session.ended_at is not None
    assert link.revoked_at is not None
    assert red_count() == 0


@pytest.mark.row("P-40")
def test_in_manual_mode_the_button_applies_what_was_wanted_before_it(
    access: Access, moment: time_machine.Traveller
) -> None:
    office.manual_mode()
    granting.allow(access=access, by=BY)
    assert (is_due(), synchronise(), red_count()) == (False, 0, 1)

    moment.shift(60)
    ask(by=BY)
    moment.shift(60)
    late = granting.grant(party=office.customer("5"), by=BY)
    granting.allow(access=late, by=BY)

    assert (is_due(), synchronise(), red_count()) == (True, 1, 1)


@pytest.mark.row("P-58")
def test_ticking_notify_again_communicates_the_access_once_more(access: Access) -> None:
    granting.allow(access=access, by=BY)
    synchronise()

    granting.notify(access=access, by=BY)
    assert (red_count(), access.cause) == (1, "notify")
    synchronise()

    assert _names("access.opened", "access.renotified") == ["access.opened", "access.renotified"]
    assert access.notify is False


def test_whoever_signs_in_elsewhere_too_keeps_their_password(access: Access) -> None:
    granting.allow(access=access, by=BY)
    synchronise()
    account = db.session.scalars(select(Account)).one()
    account.password_hash = "theirs"
    other = granting.grant(party=office.customer("5"), by=BY)
    granting.allow(access=other, by=BY)
    other.contact.person_id = account.person_id
    db.session.flush()
    synchronise()

    with pytest.raises(Refused, match="chez un autre tiers"):
        initial.draw(access=access, by=BY, confirmed=True)


def _identifiers() -> set[str]:
    return set(db.session.scalars(select(Identifier.value)))


def _names(*wanted: str) -> list[str]:
    return sorted(db.session.scalars(select(Event.name).where(Event.name.in_(wanted))))
