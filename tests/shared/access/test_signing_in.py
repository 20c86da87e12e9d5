"""The login costs and answers the same, whoever is named."""

import statistics
import threading
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from shared.access import identifiers, passwords, signing_in
from shared.access.models import Account, IdentifierKind
from shared.clock import now
from shared.extensions import db
from shared.transactions import transaction
from tests.engines import Machine
from tests.factories.counter import a_party
from tests.factories.identity import PASSWORD, a_holder, named


def cost(identifier: str, password: str = "pas le bon du tout") -> float:
    """Milliseconds of processor for one try."""
    start = time.process_time()
    asked = signing_in.ask(identifier=identifier, address="192.0.2.1", device=None, known=[])
    assert signing_in.answer(asked=asked, password=password) is None
    return (time.process_time() - start) * 1000


@pytest.mark.row("P-34")
def test_known_unknown_locked_and_never_activated_take_as_long(app: Flask) -> None:
    holders = [a_holder("KNOWN", email="k@exemple.fr"), a_holder("FROZEN")]
    holders += [a_holder(code, email="s@exemple.fr") for code in ("SHARED", "SHARED2")]
    for seat in holders:
        seat.account.password_hash = passwords.hash_password(PASSWORD)
    holders[1].account.frozen_at = now()
    a_holder("NEVER", password=None)
    db.session.flush()
    names = ("KNOWN", "UNKNOWN", "s@exemple.fr", "NEVER", "FROZEN")
    costs: dict[str, list[float]] = {name: [] for name in names}
    for _round in range(9):
        for name in names:
            costs[name].append(cost(name, PASSWORD if name == "FROZEN" else "pas le bon du tout"))
    medians = {name: statistics.median(values) for name, values in costs.items()}
    assert max(medians.values()) < 1.3 * min(medians.values()), medians


def test_an_identifier_of_more_accounts_makes_every_login_cost_more(app: Flask) -> None:
    assert identifiers.most_shared() == 3
    for _number in range(5):
        a_holder(email="cabinet@exemple.fr")
    assert identifiers.most_shared() == 5
    asked = signing_in.ask(identifier="personne", address="192.0.2.1", device=None, known=[])
    assert asked.verifications == 5
    for _number in range(6):
        a_holder(email="cabinet@exemple.fr")
    assert identifiers.most_shared() == identifiers.MOST
    assert len(identifiers.accounts_named("cabinet@exemple.fr")) == identifiers.MOST


@pytest.mark.parametrize("typed", ["06 12 34 56 78", "+33 6 12 34 56 78", "0033612345678", "06.12.34.56.78"])
def test_a_phone_number_is_known_however_it_is_written(app: Flask, typed: str) -> None:
    seat = a_holder("C1")
    named(seat, IdentifierKind.PHONE, "0612345678")
    assert [account.id for account in identifiers.accounts_named(typed)] == [seat.account_id]


def test_finding_the_accounts_is_one_query_with_their_seats(app: Flask) -> None:
    a_holder("C1", party=a_party("C1"))
    db.session.expire_all()
    seen: list[str] = []
    event.listen(db.engines[None], "before_cursor_execute", lambda *rest: seen.append(rest[2]))
    (account,) = identifiers.accounts_named("c1")
    assert account.seats[0].party.code == account.seats[0].access.identifier == "C1"
    assert len([each for each in seen if each.startswith("SELECT")]) == 1


@pytest.mark.row("P-35")
def test_of_two_first_logins_at_once_one_wins(machine: Machine) -> None:
    with machine.app.app_context():
        a_holder("C1", password=None, initial="acde-fghj-kmnp-rtuv")
        db.session.commit()
    won: list[bool] = []

    def first_login() -> None:
        with machine.app.app_context():
            with transaction():
                asked = signing_in.ask(identifier="C1", address="192.0.2.1", device=None, known=[])
            with transaction():
                won.append(signing_in.answer(asked=asked, password="acde-fghj-kmnp-rtuv") is not None)
            db.session.remove()

    threads = [threading.Thread(target=first_login) for _thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 5 + [True]
    with machine.app.app_context():
        account = db.session.scalars(select(Account)).one()
        assert account.initial_expires_at <= now() + timedelta(seconds=1) and account.password_hash is None
