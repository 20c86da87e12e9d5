"""What the columns of the access grid say of one line, as SQL. Nothing here ever selects a secret."""

import functools

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, literal, or_
from sqlalchemy.orm import aliased
from sqlalchemy.types import Date, DateTime, Integer

from shared.access.models import Access, Account, Link, LinkPurpose, Seat
from shared.notifications.models import Notification

# In the order of a sort: what asks for somebody's attention first.
STATES = ("unsynced", "expired", "none", "closed", "planned", "valid")
PASSWORDS = ("hidden", "expired", "to_activate", "set", "")
ABOUT_ACCESS = ("access.opened", "access.renotified", "notification.resent")


# The last message that communicated an access, and how it is joined to it.
Sent = aliased(Notification, name="sent")


def told_last() -> ColumnElement[bool]:
    """The condition of an outer join of `Sent` beside `Access`: one row at most, kept by the database."""
    return and_(Sent.access_id == Access.id, Sent.tells_access)


def is_red() -> ColumnElement[bool]:
    """Whether the portal does not stand as the access says."""
    return or_(and_(Seat.id.is_(None), Access.allowed), and_(Seat.id.is_not(None), Seat.revision != Access.revision))


@functools.cache
def state_of() -> ColumnElement[int]:
    """The rank in STATES; wants `today` among the parameters of the statement."""
    today = bindparam("today", type_=Date())
    return case(
        (Access.id.is_(None), _rank("none", STATES)),
        (is_red(), _rank("unsynced", STATES)),
        (Seat.id.is_(None), _rank("none", STATES)),
        (Access.allowed.is_(False), _rank("closed", STATES)),
        (Seat.ends_on < today, _rank("expired", STATES)),
        (Seat.starts_on > today, _rank("planned", STATES)),
        else_=_rank("valid", STATES),
    )


@functools.cache
def password_of() -> ColumnElement[int]:
    """The rank in PASSWORDS: « •••••• » until it is handed over or used, then what became of it.

    The link to activate counts as one. Wants `moment` among the parameters of the statement.
    """
    moment = bindparam("moment", type_=DateTime(timezone=True))
    is_waiting = or_(Seat.id.is_(None), Access.initial_set_at > Seat.applied_at)
    is_kept = and_(Access.initial_secret.is_not(None), Access.initial_handed_over_at.is_(None))
    works = Account.initial_expires_at > moment
    sent = and_(Link.access_id == Access.id, Link.purpose == LinkPurpose.ACTIVATION)
    alive = and_(Link.expires_at > moment, Link.revoked_at.is_(None), Link.used_at.is_(None))
    return case(
        (and_(is_kept, or_(is_waiting, works)), _rank("hidden", PASSWORDS)),
        (and_(Access.initial_secret.is_not(None), is_waiting), _rank("to_activate", PASSWORDS)),
        (Seat.id.is_(None), _rank("", PASSWORDS)),
        (Account.password_hash.is_not(None), _rank("set", PASSWORDS)),
        (works, _rank("to_activate", PASSWORDS)),
        (and_(exists().where(sent), ~exists().where(sent, alive)), _rank("expired", PASSWORDS)),
        (and_(Account.initial_hash.is_not(None), ~exists().where(sent)), _rank("expired", PASSWORDS)),
        else_=_rank("to_activate", PASSWORDS),
    )


def _rank(name: str, names: tuple[str, ...]) -> ColumnElement[int]:
    return literal(names.index(name), Integer)
