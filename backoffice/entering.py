"""The last step of coming in, whatever proved who it is: password, second factor, invitation, first start."""

from flask import Response, flash, get_flashed_messages, url_for

from backoffice.second_factor_pending import prove, wait_for_factor
from shared.access.devices import name_of
from shared.access.staff_signing_in import came_in
from shared.people.models import Staff
from shared.web import entering, known_devices, visitors
from shared.web.page import go
from shared.web.redirects import safe_next
from shared.web.sessions import BACKOFFICE

HOME = "/backoffice/"


def after_password(staff: Staff, wanted: str | None) -> Response:
    """To the second factor of those who have one; the others are in."""
    if staff.second_factor_at is not None:
        wait_for_factor(staff, safe_next(wanted, otherwise=HOME))
        return go(url_for("backoffice.second_step"))
    return let_in(staff, wanted)


def let_in(staff: Staff, wanted: str | None, factor: str = "") -> Response:
    """A session with a secret of its own, and on to the page that was asked for."""
    said = get_flashed_messages(with_categories=True)
    came_in(staff=staff, device=name_of(visitors.user_agent()), factor=factor)
    entering.begin_staff(staff, ip=visitors.client_ip(), user_agent=visitors.user_agent())
    prove()
    for category, sentence in said:  # a new session keeps nothing of the stranger's but what was to be said
        flash(sentence, category)
    known_devices.remember(BACKOFFICE, staff.id)
    return go(safe_next(wanted, otherwise=HOME))
