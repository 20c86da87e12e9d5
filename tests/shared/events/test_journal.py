"""The journal: sealed by the tick, verified by a command, purged at its limit, and never rewritten in silence."""

import time
import uuid
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from click.testing import Result
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from shared.clock import at, now
from shared.config import configure
from shared.engines.beating import plain_url
from shared.events import checking
from shared.events.chaining import canonical
from shared.events.models import Chain, Event, EventChainHead, EventCheckpoint, EventSeal, JournalCheck
from shared.events.purging import purge_security_log
from shared.events.recording import record
from shared.events.sealing import seal
from shared.events.verifying import verify
from shared.extensions import db
from shared.jobs import verify_journal
from shared.settings.changing import change
from tests.engines import Machine


@pytest.fixture
def office(machine: Machine) -> Iterator[Machine]:
    configure(machine.config)
    with machine.app.app_context():
        yield machine


def write(lines: int, name: str = "party.created", age: timedelta = timedelta(0)) -> list[uuid.UUID]:
    """That many lines, committed and sealed."""
    with at(now() - age):
        made = [record(name, by="system", facts={"n": n, "é": [1.5, None]}).id for n in range(lines)]
        db.session.flush()
    db.session.commit()
    while seal(100):
        db.session.commit()
    db.session.commit()
    return made


def behind_its_back(*statements: str) -> None:
    """What somebody who owns the database does, triggers out of the way."""
    with psycopg.connect(plain_url()) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement)


def verified(machine: Machine) -> Result:
    db.session.rollback()
    return machine.app.test_cli_runner().invoke(args=["journal", "verify"])


@pytest.mark.row("B-16")
@pytest.mark.parametrize(
    "change_it",
    [
        """UPDATE event SET facts = '{"n": 8}' WHERE id = '{id}'""",
        "UPDATE event SET actor = 'staff:someone' WHERE id = '{id}'",
        "UPDATE event SET at = at - interval '1 second' WHERE id = '{id}'",
        "UPDATE event SET chain = 'security' WHERE id = '{id}'",
    ],
)
def test_one_altered_line_is_found_and_named(office: Machine, change_it: str) -> None:
    ids = write(12)
    first = verified(office)
    assert first.exit_code == 0 and "12 lignes vérifiées, aucune n’a été touchée" in first.output
    behind_its_back(change_it.replace("{id}", str(ids[7])))
    second = verified(office)
    assert second.exit_code == 1
    assert "la ligne n° 8" in second.output and str(ids[7]) in second.output and "modifiée après coup" in second.output


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["DELETE FROM event WHERE id = '{id}'"], "la ligne n° 8 (party.x{id}) a été supprimée"),
        (
            ["DELETE FROM event WHERE id = '{id}'", "DELETE FROM event_seal WHERE event_id = '{id}'"],
            "la ligne n° 8 a été retirée avec son scellé",
        ),
        (
            ["DELETE FROM event_seal WHERE number > 8", "DELETE FROM event WHERE id > '{id}'"],
            "à partir du n° 9, ont été coupées",
        ),
        (
            ["UPDATE event_chain_head SET number = 9, hash = (SELECT hash FROM event_seal WHERE number = 9)"],
            "n’est pas signée",
        ),
        (["DELETE FROM event_chain_head"], "n’est pas signée"),
        (
            [
                "INSERT INTO event (id, name, at, chain, actor, facts) VALUES "
                "('00000000-0000-7000-8000-000000000001', 'document.downloaded', now(), 'evidence', 'system', '{}')"
            ],
            "ajoutée sans passer par Guichet",
        ),
        (
            [
                "INSERT INTO event (id, name, at, chain, actor, facts) VALUES "
                "('ffffffff-0000-7000-8000-000000000001', 'document.downloaded', now(), 'evidence', 'system', '{}')"
            ],
            "ajoutée sans passer par Guichet",
        ),
        (["UPDATE event_seal SET hash = decode(repeat('00', 32), 'hex') WHERE number = 8"], "modifiée après coup"),
    ],
)
def test_lines_taken_away_put_in_or_cut_off_are_found(office: Machine, statements: list[str], words: str) -> None:
    ids = write(12)
    assert verified(office).exit_code == 0
    behind_its_back(*[each.replace("{id}", str(ids[7])) for each in statements])
    seal()
    db.session.commit()
    found = verified(office)
    assert found.exit_code == 1
    assert words.replace("party.x{id}", str(ids[7])) in found.output, found.output


def test_another_key_holds_nothing(office: Machine) -> None:
    write(3)
    db.session.rollback()
    runner = office.app.test_cli_runner()
    configure(type(office.config)(**{**vars(office.config), "key": b"another key of forty characters, at least"}))
    found = runner.invoke(args=["journal", "verify"])
    assert found.exit_code == 1 and "GUICHET_KEY" in found.output


@pytest.mark.row("B-16")
@pytest.mark.parametrize(
    "statement",
    ["UPDATE event SET actor = 'nobody'", "DELETE FROM event", "TRUNCATE event CASCADE", "DELETE FROM event_seal"],
)
def test_the_database_itself_refuses_to_rewrite_the_journal(office: Machine, statement: str) -> None:
    write(2)
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(statement))
    db.session.rollback()
    db.session.execute(text("SET LOCAL guichet.purging = 'security'"))
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(statement))
    db.session.rollback()


def test_a_line_is_sealed_only_when_none_before_it_can_come(office: Machine) -> None:
    write(1)
    with psycopg.connect(plain_url()) as slow:
        slow.execute("CREATE TEMP TABLE mine (n int)")  # a transaction that writes and has not ended
        record("party.created", by="system")
        db.session.commit()
        assert seal() == 0
        db.session.commit()
    assert seal() == 1
    db.session.commit()
    numbers = select(EventSeal.number).join(Event, Event.id == EventSeal.event_id).order_by(EventSeal.number)
    assert list(db.session.scalars(numbers)) == [1, 2]


def test_the_canonical_text_does_not_change(office: Machine) -> None:
    """The bytes that are hashed are a format: another text, and every journal already sealed would be called false."""
    line: dict[str, object] = {column.name: None for column in Event.__table__.columns}
    line |= {
        "id": uuid.UUID("01900000-0000-7000-8000-000000000001"),
        "name": "party.created",
        "at": now().replace(2026, 3, 1, 12, 0, 0, 5),
        "chain": Chain.EVIDENCE,
        "actor": "system",
        "facts": {"é": 1, "a": [None, 1.5]},
    }
    assert canonical(line).decode() == (
        '{"access_id":null,"account_id":null,"activity_id":null,"actor":"system","at":"2026-03-01T12:00:00.000005Z",'
        '"chain":"evidence","document_id":null,"facts":{"a":[null,1.5],"é":1},'
        '"id":"01900000-0000-7000-8000-000000000001","name":"party.created","notification_id":null,"party_id":null}'
    )


@pytest.mark.row("FR-20")
def test_the_security_log_goes_at_its_limit_and_what_stays_still_verifies(office: Machine) -> None:
    write(5, "staff.signed_in", timedelta(days=420))
    write(4, "staff.signed_in", timedelta(days=380))
    write(3, "staff.signed_in", timedelta(days=250))
    write(6, "party.created", timedelta(days=900))
    assert purge_security_log(limit=4) == 4
    db.session.commit()
    assert purge_security_log() == 5
    db.session.commit()
    assert purge_security_log() == 0
    seal()
    db.session.commit()
    assert db.session.scalars(select(EventCheckpoint.purged).order_by(EventCheckpoint.number)).all() == [4, 5]
    found = verified(office)
    assert found.exit_code == 0
    assert "9 lignes arrivées à leur limite ont été purgées" in found.output
    evidence = select(func.count()).select_from(Event).where(Event.name == "party.created")
    assert db.session.scalar(evidence) == 6
    change(key="security_log_months", value=6, by="command")
    assert purge_security_log() == 3
    db.session.commit()
    assert verified(office).exit_code == 0
    point = db.session.scalars(select(EventCheckpoint).order_by(EventCheckpoint.number.desc())).first()
    assert point is not None
    behind_its_back(f"UPDATE event_checkpoint SET purged = 2 WHERE number = {point.number}")
    assert "n’est pas signé" in verified(office).output


@pytest.mark.row("FR-20")
def test_the_tick_has_the_security_log_purged(office: Machine) -> None:
    write(3, "staff.signed_in", timedelta(days=420))
    left = select(func.count()).select_from(Event).where(Event.name == "staff.signed_in")
    assert db.session.scalar(left) == 3
    office.start("-m", "shared.ticking")
    patience = time.monotonic() + 60
    while db.session.scalar(left):
        assert time.monotonic() < patience, "nobody asked for the purge"
        db.session.rollback()
        time.sleep(0.1)


@pytest.mark.row("FR-20")
def test_a_purge_does_not_wash_an_altered_line_away(office: Machine) -> None:
    ids = write(5, "staff.signed_in", timedelta(days=420))
    behind_its_back(f"UPDATE event SET actor = 'nobody' WHERE id = '{ids[2]}'")
    assert purge_security_log() == 2
    assert purge_security_log() == 0
    db.session.commit()
    assert "la ligne n° 3" in verified(office).output


def test_the_database_keeps_security_lines_that_are_too_young(office: Machine) -> None:
    write(2, "staff.signed_in", timedelta(days=60))
    db.session.execute(text("SET LOCAL guichet.purging = 'security'"))
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("DELETE FROM event WHERE chain = 'security'"))
    db.session.rollback()


def test_a_verification_asked_for_is_done_once_and_remembered(office: Machine) -> None:
    write(7)
    asked = checking.ask(by="command")
    assert checking.ask(by="command").id == asked.id
    asked_id = str(asked.id)
    db.session.commit()
    verify_journal(asked_id)
    verify_journal(asked_id)
    done = db.session.scalars(select(JournalCheck)).one()
    assert done.is_sound and done.seen == done.total == 7
    assert done.found["evidence"]["checked"] == 7
    assert checking.due() is None
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.name == "journal.verified")) == 1


def test_the_tick_asks_once_a_day_and_takes_up_what_was_dropped(office: Machine) -> None:
    assert checking.due() is None
    asked = db.session.scalars(select(JournalCheck)).one()
    assert asked.asked_by == "system" and checking.due() is None
    asked.moved_at = now() - timedelta(minutes=5)
    db.session.flush()
    assert checking.due() == asked.id


def test_a_long_chain_is_read_in_batches(office: Machine) -> None:
    told: list[int] = []
    db.session.execute(
        text(
            "INSERT INTO event (id, name, at, chain, actor, facts) SELECT "
            "(lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '7' || "
            "lpad(to_hex(n), 19, '0'))::uuid, 'party.created', now(), 'evidence', 'system', '{}' "
            "FROM generate_series(1, 12000) n"
        )
    )
    db.session.commit()
    while seal():
        db.session.commit()
    found = verify(Chain.EVIDENCE, told.append)
    assert found.fault is None and found.checked == 12_000 and told == [5000, 10_000]
    head = db.session.get(EventChainHead, Chain.EVIDENCE)
    assert head is not None and found.head == head.hash.hex()
