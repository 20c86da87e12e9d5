"""The mailed link by which a member of staff chooses a password; it works once."""

from shared.access.linking import live_link
from shared.access.models import Link, LinkPurpose
from shared.access.staff_signing_in import set_staff_password
from shared.clock import now
from shared.events.actors import staff_actor
from shared.extensions import db
from shared.people.models import Staff


def invited(token: str, *, lock: bool = False) -> tuple[Link, Staff] | None:
    """The link and whom it invites, while it works and they are not disabled."""
    link = live_link(token, LinkPurpose.INVITATION, lock=lock)
    staff = db.session.get(Staff, link.staff_id) if link is not None else None
    return (link, staff) if link is not None and staff is not None and staff.disabled_at is None else None


def accept(*, token: str, password: str) -> Staff | None:
    """Make `password` theirs and use the link up; None when it does not work any more. Raises Refused."""
    found = invited(token, lock=True)
    if found is None:
        return None
    link, staff = found
    set_staff_password(staff=staff, new=password, by=staff_actor(staff))
    link.used_at = now()
    return staff
