"""An employee's departure: the day after which the personal address takes over. No document and no right goes."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from shared.access.models import Account, Seat
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.keyset import Order, Page, read_page
from shared.people.models import Family, Party
from shared.people.scopes import Scope

LEFT, WITHOUT = "left", "without"


class Standing(NamedTuple):
    """What is known of an employee's way in once the job is over."""

    has_account: bool
    has_personal: bool


def record_departure(*, party: Party, left_on: date | None, by: str) -> None:
    """Write the last day, or take it back with None. Raises Refused for a party that is no person."""
    if not party.family.of_people:
        raise Refused(_("Seul le départ d’une personne s’enregistre : ce tiers est une entreprise."), field="left_on")
    db.session.execute(select(Party.id).where(Party.id == party.id).with_for_update())
    if party.left_on == left_on:
        return
    party.left_on = left_on
    db.session.flush()
    facts = {"left_on": left_on.isoformat() if left_on else ""}
    record("party.departure_recorded", by=by, party_id=party.id, facts=facts)


def standing(party_id: uuid.UUID) -> Standing:
    """Whether somebody signs in for this party, and has proved a personal address; one query."""
    query = select(Account.personal_verified_at.is_not(None)).join(Seat, Seat.account_id == Account.id)
    found = db.session.scalars(query.where(Seat.party_id == party_id)).all()
    return Standing(bool(found), any(found))


def leavers(family: Family, scope: Scope, *, show: str, after: str = "", before: str = "") -> Page:
    """A page of the persons of a family by name: those who have a day of departure, or whose address is not proved."""
    proved = (
        select(Account.personal_verified_at)
        .join(Seat, Seat.account_id == Account.id)
        .where(Seat.party_id == Party.id, Account.personal_verified_at.is_not(None))
        .limit(1)
        .scalar_subquery()
    )
    query: Any = select(Party.id, Party.code, Party.name, Party.left_on, proved.label("proved_at")).where(
        Party.family_id == family.id, scope.parties(), Party.closed_at.is_(None) | Party.left_on.is_not(None)
    )
    query = query.where(Party.left_on.is_not(None)) if show == LEFT else query.where(proved.is_(None))
    order = Order(Party.name_folded.expression)
    return read_page(query, order, Party.id.expression, after=after, before=before)
