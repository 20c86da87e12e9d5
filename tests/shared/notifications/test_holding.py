"""A whole family may be held: its notices wait, nobody else's do, and what waits is decided when it goes on."""

from datetime import timedelta

import pytest
import time_machine

from shared.access import granting
from shared.access.synchronising import synchronise
from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.holding import Then, hold, let_go
from shared.notifications.models import Reason, Status
from shared.notifications.sending import drain
from tests.engines import Machine
from tests.factories import counter, post, records, told
from tests.factories import office as offices
from tests.sink import Sink

BY = "command"
CUSTOMERS, EMPLOYEES = "compta@boutique.example", "camille@maison.example"


def both_families() -> None:
    """One notice for a customer, one for an employee."""
    post.announced(post.a_customer(), post.invoices())
    employee = offices.customer(key="employees", addresses={post.EmailSlot.CARD: EMPLOYEES})
    counter.a_seat(employee)
    post.announced(employee, offices.folder("e.payslips"), "2026-06")


@pytest.mark.row("P-28")
@pytest.mark.row("P-91")
def test_with_employees_off_and_customers_on_only_customers_are_told(office: Machine, sink: Sink) -> None:
    hold(family=offices.family("employees"), by=BY)
    both_families()
    db.session.commit()
    drain("email")
    assert sink.to(CUSTOMERS) and not sink.to(EMPLOYEES)
    assert [line.reason for line in post.lines() if line.status is Status.WAITING] == [Reason.SUSPENDED]


@pytest.mark.row("P-28")
@pytest.mark.row("P-91")
def test_a_reset_link_leaves_while_everything_else_is_held(office: Machine, sink: Sink) -> None:
    party = post.a_customer(seat=False)
    seat = counter.a_seat(party)
    seat.account.email, seat.account.email_verified_at = "patronne@boutique.example", now()
    hold(family=offices.family(), by=BY)
    record("account.reset_requested", by="anonymous", party_id=party.id, account_id=seat.account_id)
    post.announced(party, post.invoices())
    db.session.commit()
    drain("email")
    assert sink.to("patronne@boutique.example") and not sink.to(CUSTOMERS)


@pytest.mark.row("P-28")
@pytest.mark.row("P-91")
@pytest.mark.parametrize("family", ["customers", "employees"])
def test_the_access_of_a_held_family_waits_and_its_security_messages_leave(
    office: Machine, sink: Sink, family: str
) -> None:
    party = offices.customer(key=family, addresses={post.EmailSlot.CARD: "held@maison.example"})
    seat = counter.a_seat(party)
    seat.account.email, seat.account.email_verified_at = "person@maison.example", now()
    hold(family=offices.family(family), by=BY)
    granting.allow(access=granting.grant(party=party, by=BY), by=BY)
    synchronise()
    record("account.reset_requested", by="anonymous", party_id=party.id, account_id=seat.account_id)
    of = {"party_id": party.id, "account_id": seat.account_id}
    record("account.password_changed", by=f"account:{seat.account_id}", facts={"device": "Firefox"}, **of)
    db.session.commit()
    drain("email")
    assert len(sink.to("person@maison.example")) == 2 and not sink.to("held@maison.example")
    assert [line.reason for line in post.lines() if line.status is Status.WAITING] == [Reason.SUSPENDED]


@pytest.mark.row("P-28")
def test_what_was_on_the_way_waits_too_then_leaves_once(office: Machine, sink: Sink) -> None:
    post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    assert hold(family=offices.family(), by=BY) == 1
    db.session.commit()
    assert drain("email") == 0
    assert let_go(family=offices.family(), then=Then.SEND, by=BY) == (1, 0)
    db.session.commit()
    assert drain("email") == 1 and len(sink.to(CUSTOMERS)) == 1


@pytest.mark.row("P-28")
@pytest.mark.parametrize("first", ["held", "planned"])
def test_what_was_planned_for_later_is_not_sent_sooner_and_needs_no_access(
    office: Machine, sink: Sink, first: str
) -> None:
    told.rule("order.ready", moment="after", delay=24 * 60)
    order = records.an_order(told.a_party("dubois"))  # nobody of that party may open the portal
    if first == "held":
        hold(family=offices.family(), by=BY)
    records.moved(order, "make_ready")
    if first == "planned":
        hold(family=offices.family(), by=BY)
    assert [line.reason for line in told.lines_of(order)] == [Reason.SUSPENDED]
    let_go(family=offices.family(), then=Then.SEND, by=BY)
    db.session.commit()
    assert drain("email") == 0
    with time_machine.travel(now() + timedelta(hours=25)):
        assert drain("email") == 1


def test_a_line_released_by_hand_is_still_held_when_it_is_claimed(office: Machine, sink: Sink) -> None:
    document = post.announced(post.a_customer(), post.invoices())
    offices.family().notices_off_at = now()
    db.session.commit()
    assert drain("email") == 0
    assert post.lines(document)[0].reason is Reason.SUSPENDED


@pytest.mark.row("P-28")
@pytest.mark.parametrize(("then", "sent", "cancelled"), [(Then.RECENT, 1, 1), (Then.CANCEL, 0, 2)])
def test_the_held_lines_are_decided_when_the_notices_go_on(
    office: Machine, sink: Sink, then: Then, sent: int, cancelled: int
) -> None:
    hold(family=offices.family(), by=BY)
    old = post.announced(post.a_customer(billing="ancien@boutique.example"), post.invoices(), "FA-1")
    post.lines(old)[0].created_at = now() - timedelta(days=40)
    post.announced(post.a_customer(), post.invoices(), "FA-2")
    db.session.commit()
    with pytest.raises(Refused):
        let_go(family=offices.family(), then=Then.RECENT, by=BY)
    db.session.rollback()
    since = now() - timedelta(days=2)
    assert let_go(family=offices.family(), then=then, since=since, by=BY) == (sent, cancelled)
    db.session.commit()
    assert drain("email") == sent and not sink.to("ancien@boutique.example")
    with pytest.raises(Refused):
        let_go(family=offices.family(), then=Then.SEND, by=BY)
