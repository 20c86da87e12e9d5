"""The home of a customer, an employee or a supplier: what is new, what awaits them, and where the rest is."""

import uuid

from flask import Response, request

from portal import _signer as signer
from portal import portal
from shared.access.models import Act, Seat
from shared.clock import now
from shared.deposits import finding as deposits
from shared.documents import browsing
from shared.records.glance import glance
from shared.web import visitors
from shared.web.entering import current
from shared.web.page import page
from shared.web.permissions import Permission, requires

SHOWN = 5


@portal.get("/")
@requires(Permission.PORTAL_READ)
def home() -> Response:
    """Greets, then shows what is new and what is to be done before anything else."""
    seat = visitors.seat()
    shelves = browsing.shelves(seat=seat)
    accepts = Act.DEPOSIT in seat.acts and any(shelf.accepts for shelf in shelves)
    announced = _announced()
    top = _top(seat, shelves, announced) if any(shelf.of_people for shelf in shelves) else None
    new = sum(shelf.new for shelf in shelves)
    to_sign = sum(shelf.documents for shelf in shelves if shelf.to_sign) if Act.SIGN in seat.acts else 0
    awaiting = browsing.latest(seat=seat, to_sign=True, limit=SHOWN).lines if to_sign else []
    fresh = browsing.latest(seat=seat, new=True, to_sign=False, first=announced, limit=SHOWN).lines if new else []
    signs = signer.awaiting() if current().to_sign else []
    asked = {one.request.document_id for one in signs}
    if top is not None:
        asked.add(top.id)
        fresh = [line for line in fresh if line.id != top.id]
    awaiting = [line for line in awaiting if line.id not in asked]
    shown = asked | {line.id for line in (*awaiting, *fresh)}
    latest = browsing.latest(seat=seat, first=announced, limit=SHOWN + len(shown)).lines if shelves else []
    return page(
        "portal/home/home.html",
        person=seat.account.person,
        party=seat.party,
        shelves=shelves,
        new=new,
        to_sign=to_sign,
        signs=signs,
        top=top,
        awaiting=awaiting,
        fresh=fresh,
        latest=[line for line in latest if line.id not in shown][:SHOWN],
        announced=announced,
        expected=deposits.awaited(seat) if accepts else [],
        accepts=accepts,
        glance=glance(seat=seat, moment=now()),
        filled=bool(signs) or any(shelf.documents for shelf in shelves),
    )


def _top(seat: Seat, shelves: list[browsing.Shelf], announced: uuid.UUID | None) -> browsing.Line | None:
    """What a person comes for: the document that the notice was about, else the newest payslip."""
    if announced is not None:
        lines = browsing.latest(seat=seat, first=announced, limit=1).lines
        if lines and lines[0].id == announced:
            return lines[0]
    if not any(shelf.documents for shelf in shelves if shelf.document_class == "payslip"):
        return None
    return next(iter(browsing.of_class(seat=seat, document_class="payslip", limit=1).lines), None)


def _announced() -> uuid.UUID | None:
    """The document that a notice was about, named by its link."""
    return request.args.get("new", type=uuid.UUID)
