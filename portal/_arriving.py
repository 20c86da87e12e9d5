"""Letting someone in: straight on, or through a choice that the session allows and nothing else."""

from datetime import timedelta

from flask import Response, session, url_for

from shared.access import signing_in
from shared.access.devices import name_of
from shared.access.models import Account, Seat
from shared.clock import now
from shared.web import entering, known_devices, visitors
from shared.web.page import go
from shared.web.redirects import safe_next
from shared.web.sessions import PORTAL

HALFWAY = timedelta(minutes=15)  # between the right password and the choice that follows it
UNTIL, FIRST_TIME, PROVED, NEXT = "until", "first_time", "proved", "next"


def next_page(wanted: str | None) -> str:
    """Where to go: a page of the portal, the home by default."""
    return safe_next(wanted, otherwise="/")


def enter(seat: Seat, wanted: str | None) -> Response:
    """Begin the session of this seat, and go where one wanted to."""
    entering.begin_portal(seat.account, seat, ip=visitors.client_ip(), user_agent=visitors.user_agent())
    signing_in.entered(seat=seat, device=name_of(visitors.user_agent()))
    known_devices.remember(PORTAL, seat.account_id)
    return go(next_page(wanted))


def arrive(account: Account, wanted: str | None) -> Response:
    """Come in after a password was chosen: straight on, or by the choice among several parties."""
    return let_in(signing_in.Opened(seats=tuple(signing_in.seats_of(account.id))), wanted)


def let_in(opened: signing_in.Opened, wanted: str | None) -> Response:
    """What the right password leads to."""
    if len(opened.seats) == 1:
        return enter(opened.seats[0], wanted)
    accounts = [opened.first_time] if opened.first_time else [seat.account for seat in opened.seats]
    if not accounts:
        return go(url_for("portal.sign_in"))
    entering.begin_portal(accounts[0], None, ip=visitors.client_ip(), user_agent=visitors.user_agent())
    session[UNTIL] = (now() + HALFWAY).timestamp()
    session[NEXT] = next_page(wanted)
    if opened.first_time is not None:
        session[FIRST_TIME] = True
        return go(url_for("portal.choose_password"))
    session[PROVED] = sorted({str(account.id) for account in accounts})
    return go(url_for("portal.choose_seat"))


def halfway() -> Account | None:
    """Whose password was right a moment ago, while nothing is open yet."""
    account = visitors.account_or_none()
    if account is None or entering.current().seat is not None or session.get(UNTIL, 0) < now().timestamp():
        return None
    return account
