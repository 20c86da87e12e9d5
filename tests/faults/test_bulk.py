"""The worker of a bulk action killed outright: another one goes on, by itself, and no line is done twice."""

from sqlalchemy import func, select

from shared.access.bulk_models import BulkKind, BulkState, Outcome
from shared.access.letter_keeping import fetch
from shared.access.models import Access
from shared.config import configure
from shared.events.models import Event
from shared.extensions import db
from tests.engines import Machine
from tests.factories import bulk, office
from tests.faults.conftest import installed
from tests.faults.soundness import until

PARTIES = 900


def test_a_killed_worker_loses_and_doubles_no_line(machine: Machine) -> None:
    installed(machine)
    with machine.app.app_context():
        parties = [office.customer(f"B{at}") for at in range(PARTIES)]
        action_id = bulk.an_action(BulkKind.DRAW, parties, "command", carried_out=False).id
        db.session.commit()
    configure(machine.config)
    first = machine.start("-m", "shared.engines.working", "slow")
    machine.start("-m", "shared.ticking")
    until(lambda: _done(machine) >= 200)
    first.kill()
    first.wait()

    machine.start("-m", "shared.engines.working", "slow")
    until(lambda: _state(machine) is BulkState.DONE)

    with machine.app.app_context():
        action = bulk.the_action()
        assert action.id == action_id
        assert (action.done, action.report) == (PARTIES, {f"{Outcome.CREATED.value}:": PARTIES})
        assert fetch(action=action, by="command") is None
        drawn = select(func.count()).select_from(Event).where(Event.name == "access.initial_drawn")
        assert db.session.scalar(drawn) == PARTIES
        assert db.session.scalar(select(func.count(func.distinct(Access.initial_secret)))) == PARTIES


def _done(machine: Machine) -> int:
    with machine.app.app_context():
        return bulk.the_action().done


def _state(machine: Machine) -> BulkState:
    with machine.app.app_context():
        return bulk.the_action().state
