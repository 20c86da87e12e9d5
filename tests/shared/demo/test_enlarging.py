"""The size of a real company, tried small: every kind of row, once, and never in a company that is at work."""

from click.testing import Result
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from shared.config import configure
from shared.demo.enlarging import enlarge
from shared.documents.models import Document, Download, Publication
from shared.documents.searching import in_words
from shared.events.models import Chain, Event
from shared.extensions import Model, db
from shared.folding import fold
from shared.intake.models import Arrival
from shared.notifications.delivery_models import DeliveryReport
from shared.notifications.models import Notification, Reason, Status
from shared.people.models import Family, Party
from shared.shipping import ship
from shared.todos.models import Todo, TodoNotification
from tests.engines import Machine

OTHERS: tuple[type[Model], ...] = (Publication, Download, DeliveryReport, Todo, TodoNotification, Arrival)


def test_the_crowd_is_written_whole_and_once(machine: Machine) -> None:
    configure(machine.config)
    with machine.app.app_context():
        ship()
        db.session.commit()
        result = _asked(machine)
        assert result.exit_code == 0, result.output
        assert (_count(Party), _count(Document), _count(Notification)) == (10, 60, 5_000)
        assert [each.__tablename__ for each in OTHERS if not _count(each)] == []
        assert set(db.session.scalars(select(Event.chain).distinct())) == set(Chain)
        assert set(db.session.scalars(select(Notification.status).distinct())) == set(Status) - {Status.SENDING}
        assert set(db.session.scalars(select(Notification.reason).distinct())) == set(Reason) - {Reason.DRAFT}
        party = db.session.scalars(select(Party).limit(1)).one()
        assert party.name_folded == fold(party.name)
        found = select(func.count()).select_from(Document).where(in_words("laiton & facture"))
        assert db.session.scalar(found)

        again = _asked(machine)
        assert again.exit_code == 1 and "déjà été agrandie" in again.output
        assert _count(Party) == 10


def test_a_company_at_work_is_left_alone_unless_one_insists(machine: Machine) -> None:
    configure(machine.config)
    with machine.app.app_context():
        ship()
        family = db.session.scalars(select(Family).limit(1)).one()
        own = {"code": "C1", "code_folded": "c1", "code_sort": "c1", "name": "Vraie société", "name_folded": "vraie"}
        db.session.add(Party(family=family, **own))
        db.session.commit()
        before = _count(Party)
        refused = _asked(machine)
        assert refused.exit_code == 1 and "--yes" in refused.output
        assert _count(Party) == before
        enlarge(parties=2, documents=4, notifications=8, sure=True)
        assert _count(Party) == before + 2


def _asked(machine: Machine) -> Result:
    runner: FlaskCliRunner = machine.app.test_cli_runner()
    sizes = ["--parties", "10", "--documents", "60", "--notifications", "5000"]
    return runner.invoke(args=["demo", "enlarge", *sizes])


def _count(model: type[Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
