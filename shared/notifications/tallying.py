"""Messages as a dashboard counts them: the same lines as the history shows for the same filter."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ScalarSelect, func, literal_column, select

from shared.clock import midnight
from shared.days import day_of_column
from shared.extensions import db
from shared.notifications.finding import in_reach
from shared.notifications.models import Notification
from shared.notifications.narrowing import Filter, conditions
from shared.people.models import Party
from shared.people.scopes import Scope
from shared.tallying import tally

LOOKED_AT = 50_000  # messages looked at for the days, the latest first


def lines(scope: Scope, chosen: Filter) -> ScalarSelect[int]:
    """How many lines the history holds for this filter, which names no family."""
    query = select(Notification.id).outerjoin(Party, Party.id == Notification.party_id)
    return tally(query.where(in_reach(scope), *conditions(chosen)))


def sent_by_day(scope: Scope, days: Sequence[date], zone: str) -> tuple[dict[date, int], bool]:
    """Day → how many messages left on it where the company is; False when more left than were looked at."""
    since = midnight(days[0], zone)
    some = select(Notification.sent_at).outerjoin(Party, Party.id == Notification.party_id)
    some = some.where(in_reach(scope), Notification.sent_at >= since)
    latest = some.order_by(Notification.sent_at.desc()).limit(literal_column(str(LOOKED_AT))).subquery()
    day = day_of_column(latest.c.sent_at, zone)
    found: dict[date, int] = dict(db.session.execute(select(day, func.count()).group_by(day)).all())
    return found, sum(found.values()) < LOOKED_AT
