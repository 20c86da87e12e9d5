"""The demo company: loaded once, told of the past, without writing to anybody about it."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from shared.access.models import Account, Seat
from shared.access.passwords import check_new, verify
from shared.clock import at, now
from shared.config import configure
from shared.demo.archive import archive
from shared.demo.loading import load, mark_of_demo
from shared.demo.logins import SHOP, demo_password, welcome
from shared.demo.story import tell
from shared.deposits.models import DocumentRequest
from shared.documents.models import Document, Download, Folder, Notify, Publication
from shared.events.models import Event
from shared.extensions import Model, db
from shared.folding import fold
from shared.intake.models import Arrival, Verdict
from shared.notifications.models import Notification
from shared.people.models import Activity, Party, Staff
from shared.records.kinds import KINDS
from shared.records.models import Record, RecordDocument
from shared.records.money_models import PaymentShare
from shared.signatures.models import SignatureRequest
from tests.engines import Machine

COUNTED: tuple[type[Model], ...] = (Party, Staff, Document, Publication, Download, Seat, Event, Notification, Arrival)


@pytest.mark.parametrize("months", [1])
def test_the_company_is_loaded_once(machine: Machine, months: int, capsys: pytest.CaptureFixture[str]) -> None:
    configure(machine.config)
    with machine.app.app_context():
        load(months=months)
        said = capsys.readouterr().out
        assert "documents" in said and "prête" in said
        before = _counts()
        _check_people()
        _check_documents()
        _check_records()

        load(months=months)
        assert "rien n’a été ajouté" in capsys.readouterr().out
        assert _counts() == before
        assert mark_of_demo() is not None

        tell()
        said = capsys.readouterr().out
        assert "la démonstration n’envoie rien" in said and demo_password("staff") in said
        assert demo_password(SHOP) not in said and _counts() == before


def test_a_database_that_is_somebody_s_is_left_alone(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    configure(machine.config)
    with machine.app.app_context():
        db.session.add(Activity(name="Une vraie société"))
        db.session.commit()
        load()
        assert "déjà une société" in capsys.readouterr().out
        assert _counts()["party"] == 0
        assert mark_of_demo() is None


def test_two_years_are_planned_without_the_shop_of_the_story() -> None:
    last = datetime(2026, 11, 22, tzinfo=UTC).date()
    planned = archive(last.replace(year=2024), last)
    assert planned == archive(last.replace(year=2024), last)
    assert sum(one.filename.endswith(".pdf") for one in planned) >= 400
    assert all(one.moment.date() <= last for one in planned)
    assert {one.facts.is_credit_note for one in planned} == {True, False}
    assert not [one for one in planned if (one.family, one.code) == ("customers", SHOP)]
    assert max(Counter((one.family, one.code, one.folder, one.filename) for one in planned).values()) == 1


def test_it_may_be_another_time_for_a_while() -> None:
    moment = datetime(2025, 3, 1, 8, tzinfo=UTC)
    with at(moment):
        assert now() == moment
        with at(moment.replace(hour=9)):
            assert now().hour == 9
        assert now() == moment
    assert now().year > 2025
    with pytest.raises(ValueError, match="zone"), at(datetime(2025, 3, 1)):  # noqa: DTZ001
        pass


def test_logins_are_strong_and_this_installation_s_own(app: object) -> None:
    staff, portal, shop = (demo_password(whose) for whose in ("staff", "portal", SHOP))
    assert len({staff, portal, shop}) == 3
    for each in (staff, portal, shop):
        check_new(each)
    shown = welcome(administrator="admin@atelier-lumen.example", activated=21, with_shop=True)
    assert staff in shown and portal in shown and shop in shown
    assert shop not in welcome(administrator=None, activated=21, with_shop=False)


def _counts() -> dict[str, int]:
    db.session.rollback()
    return {table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in COUNTED}


def _check_people() -> None:
    assert not db.session.scalars(select(Party).where(Party.name_folded == fold("Ma jolie boutique"))).all()
    counts = _counts()
    assert (counts["party"], counts["staff"], counts["seat"]) == (54, 4, 40)
    chosen = db.session.scalars(select(Account.password_hash).where(Account.password_hash.is_not(None))).all()
    assert len(chosen) == 22
    assert verify(chosen[0], demo_password("portal"))
    assert db.session.scalars(select(Staff.email).where(Staff.email.startswith("admin@"))).one()


def _check_records() -> None:
    stands = Counter((kind, status) for kind, status in db.session.execute(select(Record.kind, Record.status)))
    assert {kind for kind, _status in stands} == set(KINDS) and stands["order", "ready"] == 1
    papers = select(func.count()).select_from(RecordDocument).where(RecordDocument.is_main)
    assert db.session.scalar(papers) >= 40
    assert db.session.scalar(select(func.count()).select_from(PaymentShare)) > 0


def _check_documents() -> None:
    held = Counter(db.session.scalars(select(Publication.held_because)))
    assert {"consent_requested", "consent_refused"} <= {key for key in held if key}
    assert db.session.scalar(select(func.min(Publication.live_at))) < now()
    assert db.session.scalars(select(Arrival.verdict)).all() == [Verdict.TO_ATTACH]
    assert _counts()["download"] > 20
    assert set(db.session.scalars(select(Folder.notify).where(~Folder.deposit_allowed))) == {Notify.IMMEDIATE}
    assert db.session.scalar(select(func.count()).select_from(DocumentRequest)) == 2
    stands = Counter(db.session.scalars(select(SignatureRequest.state)))
    assert stands["completed"] == 4 and stands["refused"] == 1 and stands["open"] > 1, stands
    assert not stands["preparing"] and not stands["failed"]
    # With a real mail server, which this installation has, nobody is written to.
    assert not db.session.scalars(select(Notification.id)).all()
