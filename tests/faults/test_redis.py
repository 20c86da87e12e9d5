"""Redis is a bell: away, frozen or emptied, pages answer, everything is written down, and each message leaves once."""

import pytest
from sqlalchemy import func, select

from shared.access.models import Access, Seat
from shared.documents.models import Notify, Publication
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.models import EmailSlot
from tests.engines import Machine
from tests.factories import office, post
from tests.factories.identity import PASSWORD, Browser, a_holder
from tests.faults.conftest import OwnRedis, installed
from tests.faults.soundness import all_sent, assert_sound, timed, until
from tests.sink import Sink


def waiting_for_a_clerk(machine: Machine) -> tuple[str, str]:
    """The addresses that publish a document and allow an access."""
    with machine.app.app_context():
        folder = post.invoices()
        folder.on_portal = False
        document = office.filed(post.a_customer(), folder)
        folder.on_portal, folder.notify = True, Notify.IMMEDIATE
        newcomer = office.customer("900", addresses={EmailSlot.CARD: "nouveau@boutique.example"})
        db.session.commit()
        return f"/backoffice/documents/{document.id}/publish", f"/backoffice/access/{newcomer.id}/allow"


def written(machine: Machine) -> list[int]:
    """Publications, accesses allowed, and lines that wait for their sender."""
    with machine.app.app_context():
        counts = [
            select(func.count()).select_from(model).where(*only)
            for model, only in ((Publication, ()), (Access, (Access.allowed,)), (Notification, ()))
        ]
        return [db.session.scalar(query) or 0 for query in counts]


def applied(machine: Machine) -> bool:
    with machine.app.app_context():
        query = select(Seat).join(Access, Access.id == Seat.access_id)
        return bool(
            db.session.scalars(query.where(Seat.revision == Access.revision, Access.identifier == "900")).first()
        )


@pytest.mark.parametrize("comes_back", [False, True])
def test_refused_at_submit(rung_machine: Machine, own_redis: OwnRedis, sink: Sink, comes_back: bool) -> None:
    machine, clerk = rung_machine, installed(rung_machine)
    publish, allow = waiting_for_a_clerk(machine)
    own_redis.stop()
    for url in (publish, allow):
        assert timed(lambda url=url: clerk.post(url)).status_code == 303  # type: ignore[misc]
    assert written(machine) == [1, 2, 1]
    if comes_back:
        own_redis.start()
        for queue in ("now", "mail"):
            machine.start("-m", "shared.engines.working", queue)
    machine.start("-m", "shared.ticking")
    until(lambda: applied(machine) and all_sent(machine, 2))
    assert len(sink.to("compta@boutique.example")) == 1
    assert_sound(machine, sink)


def test_frozen(rung_machine: Machine, own_redis: OwnRedis, sink: Sink) -> None:
    machine, clerk = rung_machine, installed(rung_machine)
    publish, allow = waiting_for_a_clerk(machine)
    with machine.app.app_context():
        a_holder("901")
        db.session.commit()
    customer = Browser(machine.app)
    customer.get("/sign-in")
    own_redis.freeze()
    try:
        for url in (publish, allow):
            assert timed(lambda url=url: clerk.post(url)).status_code == 303  # type: ignore[misc]
        assert timed(lambda: customer.post("/sign-in", identifier="901", password=PASSWORD)).status_code == 303
        assert customer.is_in
        answer = timed(lambda: customer.client.get("/healthz"))
        assert answer.status_code == 503 and answer.json["engines"]["redis"]["up"] is False
        machine.start("-m", "shared.ticking")
        until(lambda: applied(machine) and all_sent(machine, 2))
    finally:
        own_redis.thaw()
    assert len(sink.to("compta@boutique.example")) == 1
    assert_sound(machine, sink)


def test_emptied_again_and_again_while_messages_leave(rung_machine: Machine, own_redis: OwnRedis, sink: Sink) -> None:
    machine = rung_machine
    installed(machine)
    with machine.app.app_context():
        folder = post.invoices()
        for number in range(60):
            post.announced(post.a_customer(billing=f"c{number}@lot.example"), folder, f"FA-{number}")
        db.session.commit()
    own_redis.forget()
    machine.start("-m", "shared.engines.working", "mail")
    machine.start("-m", "shared.ticking")
    for arrived in (1, 20, 40):
        until(lambda arrived=arrived: len(sink.received) >= arrived)  # type: ignore[misc]
        own_redis.forget()
    until(lambda: all_sent(machine, 60))
    assert_sound(machine, sink)


def test_emptied_it_forgives_no_try(rung_machine: Machine, own_redis: OwnRedis) -> None:
    machine = rung_machine
    installed(machine)
    with machine.app.app_context():
        a_holder("902")
        db.session.commit()
    stranger = Browser(machine.app)
    for number in range(12):
        if number % 4 == 0:
            own_redis.forget()
        assert stranger.sign_in("902", "pas celui-ci").status_code == 422
    own_redis.forget()
    assert stranger.sign_in("902", PASSWORD).status_code == 422, "one waits after ten tries, whatever Redis remembers"
