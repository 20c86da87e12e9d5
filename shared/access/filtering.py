"""What the access grid can be narrowed to. A word that means nothing narrows nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, DateTime, and_, bindparam

from shared.access.grid_columns import STATES, Sent, state_of
from shared.access.models import Access, Account
from shared.notifications.models import Status
from shared.people.finding import matching
from shared.people.models import EmailCell

RECENT, OLD = timedelta(days=30), timedelta(days=183)
MOMENT = bindparam("moment", type_=DateTime(timezone=True))
SENT: dict[str, tuple[Status, ...]] = {
    "waiting": (Status.WAITING, Status.SENDING),
    "sent": (Status.SENT, Status.DELIVERED),
    "failed": (Status.BOUNCED, Status.FAILED, Status.CANCELLED),
    "unknown": (Status.UNKNOWN,),
}


@dataclass(frozen=True)
class Filters:
    """`q` is what is searched; `state` one of STATES; the others a key of the tables of this file."""

    q: str = ""
    state: str = ""
    address: str = ""
    sent: str = ""
    login: str = ""

    @property
    def is_wide(self) -> bool:
        """Whether it looks at more than the party itself."""
        return bool(self.state or self.address or self.sent or self.login)


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """For a query that joins what the grid joins, and `moment` and `today` among its parameters where it `is_wide`."""
    found = matching(filters.q)
    if filters.state in STATES:
        found.append(state_of() == STATES.index(filters.state))
    if filters.address in ADDRESSES:
        found.append(ADDRESSES[filters.address]())
    if filters.sent in ("never", *SENT):
        found.append(_in_sent(filters.sent))
    if filters.login in LOGINS:
        found.append(LOGINS[filters.login]())
    return found


def _in_sent(key: str) -> ColumnElement[bool]:
    if key == "never":
        return and_(Access.id.is_not(None), Sent.access_id.is_(None))
    # Written into the statement: PostgreSQL then knows how few have failed, in the plan that it keeps.
    wanted: BindParameter[Any] = bindparam(None, SENT[key], expanding=True, literal_execute=True)
    return Sent.status.in_(wanted)


ADDRESSES: dict[str, Callable[[], ColumnElement[bool]]] = {
    "missing": lambda: EmailCell.party_id.is_(None),
    "bounced": lambda: EmailCell.bounced_at.is_not(None),
    "present": lambda: and_(EmailCell.party_id.is_not(None), EmailCell.bounced_at.is_(None)),
}
LOGINS: dict[str, Callable[[], ColumnElement[bool]]] = {
    "never": lambda: and_(Access.allowed, Account.last_login_at.is_(None)),
    "recent": lambda: Account.last_login_at >= MOMENT - RECENT,
    "old": lambda: Account.last_login_at < MOMENT - OLD,
}
