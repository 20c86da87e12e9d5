"""The message that told of an access last: the database marks it, and the same is found by looking at all of them."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on

from shared.access import finding, granting
from shared.access.filtering import Filters
from shared.access.grid_columns import ABOUT_ACCESS
from shared.access.models import Access
from shared.clock import now
from shared.extensions import db, uuid7
from shared.notifications.models import Notification, Status, Template
from shared.people.models import Grant, Role
from shared.people.scopes import Scope
from tests.factories import office, post


@pytest.fixture
def access(app: Flask) -> Access:
    post.an_installation()
    office.an_installation()
    return granting.grant(party=office.customer("4"), by="command")


def a_line(access: Access, event: str, at: datetime, status: Status = Status.WAITING) -> Notification:
    template = db.session.scalars(select(Template).where(Template.key == "access.opened")).one()
    row = Notification(
        id=uuid7(), event=event, access_id=access.id, party_id=access.party_id, created_at=at, status=status
    )
    row.template_id, row.message_id = template.id, f"<{row.id}@vauban.example>"
    db.session.add(row)
    db.session.flush()
    return row


def marked() -> list[object]:
    return list(db.session.scalars(select(Notification.id).where(Notification.tells_access)))


def test_the_newest_is_marked_whatever_the_order_of_writing(access: Access) -> None:
    moment = now()
    for event, age in zip((*ABOUT_ACCESS, "document.published"), (3, 1, 2, 0), strict=True):
        a_line(access, event, moment - timedelta(days=age))
    looked_for = (
        select(Notification.id)
        .where(Notification.access_id.is_not(None), Notification.event.in_(ABOUT_ACCESS))
        .ext(distinct_on(Notification.access_id))
        .order_by(Notification.access_id, Notification.created_at.desc())
    )
    assert marked() == list(db.session.scalars(looked_for))


def test_the_database_marks_the_events_that_the_grid_speaks_of(access: Access) -> None:
    for event in ABOUT_ACCESS:
        row = a_line(access, event, now())
        assert marked() == [row.id] and row.tells_access
    known = db.session.scalar(
        text("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'notification_tells_access'")
    )
    assert str(known).count("'::character varying") + str(known).count("'::text") >= len(ABOUT_ACCESS)


def test_the_grid_filters_by_the_last_message_and_counts_so(access: Access) -> None:
    a_line(access, "access.opened", now() - timedelta(days=1), Status.CANCELLED)
    role = Role(key="all", label="Tout", permissions=[])
    scope = Scope((Grant(role=role),))
    family = office.family()
    assert finding.count(family, scope, Filters(sent="failed")) == 1
    a_line(access, "notification.resent", now())
    for key, expected in (("failed", 0), ("waiting", 1), ("never", 0)):
        assert finding.count(family, scope, Filters(sent=key)) == expected
        assert len(finding.lines(family, scope, Filters(sent=key)).rows) == expected
