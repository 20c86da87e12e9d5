"""The code that confirms a signature: once, by one signer, for the bytes they were shown, within ten minutes."""

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shared.clock import now
from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.shipping import ship_messages
from shared.signatures import codes
from shared.signatures.code_models import SigningCode
from shared.signatures.models import Signer
from tests.engines import Machine
from tests.factories.codes import MAIL, PHONE, a_provider, a_signer, lines, waiting_code, wrong

DIGEST, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def signer(app: Flask) -> Signer:
    ship_messages()
    return a_signer()


def ask(signer: Signer, digest: str = DIGEST, address: str = MAIL, channel: str = "email") -> str:
    codes.issue(signer_id=signer.id, digest=digest, channel=channel, address=address, verified=True)
    return waiting_code(lines()[-1])


def refused(signer: Signer, typed: str, digest: str = DIGEST) -> str:
    with pytest.raises(Refused) as told:
        codes.check(signer_id=signer.id, digest=digest, typed=typed)
    assert told.value.field == "code"
    db.session.rollback()  # as the end of a refused request does
    return told.value.sentence


def events(name: str) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.name == name)))


def test_a_code_confirms_once_blanks_and_all_and_leaves_its_proof(signer: Signer) -> None:
    code = ask(signer)
    row = db.session.scalars(select(SigningCode)).one()
    assert code not in (row.code_hash, row.digest) and len(row.code_hash) == 64
    assert code not in str([event.facts for event in db.session.scalars(select(Event))])
    used = codes.check(signer_id=signer.id, digest=DIGEST, typed=f" {code[:3]} {code[3:]} ")
    assert used.id == row.id and used.used_at is not None and used.is_confirmed
    (told,) = codes.codes_of(signer.id)
    assert (told["channel"], told["target"], told["verified"], told["tries"]) == ("email", "c•••@exemple.fr", True, 0)
    assert told["used_at"] and told["digest"] == DIGEST and not told["voided_at"]
    assert [event.facts["to"] for event in events("signature.code_used")] == ["c•••@exemple.fr"]


def test_a_code_is_good_for_nobody_else_nothing_else_and_not_twice(signer: Signer) -> None:
    other = a_signer()
    first = ask(signer)
    said = {refused(signer, first, OTHER), refused(other, first)}
    second = ask(signer)
    if first != second:
        said.add(refused(signer, first))
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1)):
        said.add(refused(signer, second))
    codes.check(signer_id=signer.id, digest=DIGEST, typed=second)
    said |= {refused(signer, second), refused(signer, first), refused(signer, "")}
    assert len(said) == 1, "one sentence, whatever is wrong: nothing tells whether an older code was right"


def test_five_wrong_tries_kill_the_right_one_and_the_sixth_is_written_down_once(signer: Signer) -> None:
    code = ask(signer)
    said = {refused(signer, wrong(code)) for _ in range(5)}
    assert not events("signature.code_exhausted")
    said |= {refused(signer, code), refused(signer, code), refused(signer, wrong(code))}
    assert len(said) == 1
    assert len(events("signature.code_exhausted")) == 1, "a refused request undoes the rest, not the count"
    assert codes.codes_of(signer.id)[0]["tries"] == 6
    fresh = ask(signer)
    codes.check(signer_id=signer.id, digest=DIGEST, typed=fresh)


def test_a_day_has_twenty_five_tries_whatever_the_number_of_codes(signer: Signer) -> None:
    for _ in range(5):
        code = ask(signer)
        for _ in range(5):
            refused(signer, wrong(code))
    with time_machine.travel(now() + timedelta(hours=2)):
        refused(signer, ask(signer))
    with time_machine.travel(now() + timedelta(hours=26)):
        codes.check(signer_id=signer.id, digest=DIGEST, typed=ask(signer))


def test_codes_are_few_for_one_signer_and_for_one_address(signer: Signer) -> None:
    for _ in range(5):
        ask(signer)
    with pytest.raises(Refused, match="heure"):
        ask(signer)
    other = a_signer()
    for _ in range(5):
        ask(other)
    with pytest.raises(Refused, match="heure"):
        ask(a_signer())
    ask(a_signer(), address="autre@exemple.fr")


def test_a_newer_code_takes_the_older_one_out_of_the_line(signer: Signer) -> None:
    ask(signer)
    ask(signer)
    old, new = lines()
    assert (old.status, old.secret, old.reply) == ("cancelled", None, "Un code plus récent le remplace.")
    assert (new.status, new.priority, new.kind) == ("waiting", 0, "security") and new.secret
    assert waiting_code(new) not in new.secret


def test_a_text_needs_a_provider_and_a_telephone_that_takes_it(signer: Signer) -> None:
    with pytest.raises(Refused, match="SMS"):
        ask(signer, address=PHONE, channel="sms")
    a_provider("http://127.0.0.1:9")
    with pytest.raises(Refused, match="mobile"):
        ask(signer, address="01 23 45 67 89", channel="sms")
    ask(signer, address="06 12 34 56 78", channel="sms")
    assert [(line.channel, line.fixed_address) for line in lines()] == [("sms", PHONE)]


@pytest.mark.parametrize("shape", ["right", "wrong"])
def test_fifty_at_once_sign_once_and_guess_five_times(machine: Machine, shape: str) -> None:
    with machine.app.app_context():
        ship_messages()
        signer_id = a_signer().id
        codes.issue(signer_id=signer_id, digest=DIGEST, channel="email", address=MAIL, verified=False)
        code = waiting_code(lines()[-1])
        db.session.commit()
    typed = code if shape == "right" else wrong(code)
    went: list[bool] = []

    def submit() -> None:
        with machine.app.app_context():
            try:
                codes.check(signer_id=signer_id, digest=DIGEST, typed=typed)
                db.session.commit()
                went.append(True)
            except Refused:
                db.session.rollback()

    threads = [threading.Thread(target=submit) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with machine.app.app_context():
        (told,) = codes.codes_of(signer_id)
    assert len(went) == (1 if shape == "right" else 0)
    assert told["tries"] == (0 if shape == "right" else 6), "a guess that came after the fifth is not judged"
