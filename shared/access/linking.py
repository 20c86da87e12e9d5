"""Link rows as they are used; the sender of messages makes them. A dead one says nothing of why."""

import uuid
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import aliased

from shared import links
from shared.access.models import Account, Link, LinkPurpose, Seat
from shared.clock import now
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.models import EmailCell

SINGLE_USE = (LinkPurpose.ACTIVATION, LinkPurpose.RESET, LinkPurpose.INVITATION)
LONGEST_RESET = timedelta(hours=24)


def live_link(token: str, purpose: LinkPurpose, *, lock: bool = False) -> Link | None:
    """The link behind a token while it works: not expired, revoked, used nor superseded, its address unchanged.

    `lock` holds the row until the end of the transaction: of two uses at once, the second finds it used.
    """
    found = links.read(token, purpose)
    if found is None:
        return None
    query = select(Link).where(Link.id == found, Link.purpose == purpose, *alive())
    if purpose in SINGLE_USE:
        query = query.where(Link.used_at.is_(None), ~_superseded(), ~_address_moved())
    if purpose is LinkPurpose.RESET:
        query = query.where(Link.created_at > now() - LONGEST_RESET)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).first()


def alive() -> tuple[ColumnElement[bool], ...]:
    """Neither revoked nor expired; wants `Link` in the query."""
    return Link.revoked_at.is_(None), Link.expires_at > now()


def account_of(link: Link) -> Account | None:
    """Whose link it is; an activation may name the access alone."""
    if link.account_id is not None:
        return db.session.get(Account, link.account_id)
    return db.session.scalars(select(Account).join(Seat).where(Seat.access_id == link.access_id)).first()


def revoke_links(*, account_id: uuid.UUID) -> None:
    """Kill the activation and reset links of an account that nobody has used, at once."""
    accesses = select(Seat.access_id).where(Seat.account_id == account_id)
    db.session.execute(
        update(Link)
        .where(
            or_(Link.account_id == account_id, Link.access_id.in_(accesses)),
            Link.purpose.in_(SINGLE_USE),
            Link.used_at.is_(None),
            Link.revoked_at.is_(None),
        )
        .values(revoked_at=now())
        .execution_options(synchronize_session=False)
    )


def _superseded() -> ColumnElement[bool]:
    """A newer one was made for the same account or access."""
    newer = aliased(Link)
    same = or_(newer.account_id == Link.account_id, newer.access_id == Link.access_id, newer.staff_id == Link.staff_id)
    return exists().where(newer.purpose == Link.purpose, same, newer.id > Link.id)


def _address_moved() -> ColumnElement[bool]:
    """The mail went to a cell of the party that holds another address by now: whoever reads the old one is nobody."""
    return exists().where(
        Notification.id == Link.notification_id,
        Notification.address.is_not(None),
        EmailCell.party_id == Notification.party_id,
        EmailCell.slot == Notification.address_slot,
        EmailCell.changed_at > Link.created_at,
        EmailCell.address != Notification.address,
    )
