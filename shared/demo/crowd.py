"""Thousands of invented parties: cards, addresses that sometimes bounce, accesses in every state."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from shared.access.models import Access, Account, Identifier, IdentifierKind, Seat
from shared.demo.cast import BUSINESSES, PEOPLE, STREETS
from shared.demo.copying import copy
from shared.extensions import uuid7
from shared.folding import fold
from shared.people.codes import sort_key
from shared.people.models import Contact, EmailCell, EmailSlot, Party, Person
from shared.people.shipping import CUSTOMERS, EMPLOYEES, SUPPLIERS

FIRST_CODE = 100_001
REFUSED = "550 5.1.1 adresse inconnue"


@dataclass(frozen=True, slots=True)
class Someone:
    """A party of the crowd, and what the other tables name of it."""

    at: int
    id: uuid.UUID
    family: str
    family_id: uuid.UUID
    name: str
    person_id: uuid.UUID
    contact_id: uuid.UUID
    access_id: uuid.UUID
    account_id: uuid.UUID
    seat_id: uuid.UUID

    @property
    def code(self) -> str:
        return str(FIRST_CODE + self.at)

    @property
    def address(self) -> str:
        return f"compta@client{self.code}.example"

    @property
    def has_address(self) -> bool:
        return self.at % 50 != 9

    @property
    def bounces(self) -> bool:
        return self.at % 25 == 5

    @property
    def has_access(self) -> bool:
        return self.at % 10 != 9

    @property
    def has_seat(self) -> bool:
        return self.has_access and self.at % 40 != 3


def gather(number: int, families: dict[str, uuid.UUID]) -> list[Someone]:
    """Nine in ten are customers; the others work for the company or supply it."""
    return [_one(at, families) for at in range(number)]


def write_crowd(crowd: Sequence[Someone], today: date, moment: datetime) -> None:
    """The rows of all of them, in the present transaction."""
    copy(Party, (_party(one) for one in crowd))
    copy(EmailCell, _cells(crowd, moment))
    copy(Person, ({"id": one.person_id, "family_name": one.name} for one in crowd))
    copy(
        Contact,
        ({"id": one.contact_id, "party_id": one.id, "person_id": one.person_id, "is_main": True} for one in crowd),
    )
    copy(Access, (_access(one, today) for one in crowd if one.has_access))
    seated = [one for one in crowd if one.has_seat]
    copy(Account, (_account(one, moment) for one in seated))
    copy(Identifier, (_identifier(one) for one in seated))
    copy(Seat, (_seat(one, today) for one in seated))


def _one(at: int, families: dict[str, uuid.UUID]) -> Someone:
    family = {13: EMPLOYEES, 17: SUPPLIERS}.get(at % 20, CUSTOMERS)
    if family == EMPLOYEES:
        _civility, given, _surname = PEOPLE[at % len(PEOPLE)]
        name = f"{given} {PEOPLE[at // 20 % len(PEOPLE)][2]} {at}"
    else:
        name = f"{BUSINESSES[at * 7 % len(BUSINESSES)][0]} {PEOPLE[at // 34 % len(PEOPLE)][2]} {at}"
    own = [uuid7() for _each in range(6)]
    return Someone(at, own[0], family, families[family], name, own[1], own[2], own[3], own[4], own[5])


def _party(one: Someone) -> dict[str, Any]:
    place = BUSINESSES[one.at * 11 % len(BUSINESSES)]
    return {
        "id": one.id,
        "family_id": one.family_id,
        "code": one.code,
        "code_folded": fold(one.code),
        "code_sort": sort_key(one.code),
        "name": one.name,
        "name_folded": fold(one.name),
        "is_business": one.family != EMPLOYEES,
        "street": f"{one.at % 90 + 1} {STREETS[one.at % len(STREETS)]}",
        "postcode": place[2],
        "city": place[3],
    }


def _cells(crowd: Sequence[Someone], moment: datetime) -> Iterator[dict[str, Any]]:
    """Customers have four addresses, the others one; some of the cards bounce."""
    for one in crowd:
        if not one.has_address:
            continue
        for slot in EmailSlot if one.family == CUSTOMERS else (EmailSlot.CARD,):
            back = one.bounces and slot is EmailSlot.CARD
            yield {
                "party_id": one.id,
                "slot": slot.value,
                "address": one.address,
                "address_folded": fold(one.address),
                "bounced_at": moment - timedelta(days=one.at % 60) if back else None,
                "bounce_reason": REFUSED if back else "",
                "bounces": int(back),
            }


def _dates(one: Someone, today: date) -> tuple[date | None, date | None]:
    """One in ten ended, one in ten is planned."""
    starts = today + timedelta(days=30 + one.at % 60) if one.at % 10 == 6 else None
    ends = today - timedelta(days=1 + one.at % 300) if one.at % 10 == 4 else None
    return starts, ends


def _is_allowed(one: Someone) -> bool:
    return one.at % 10 != 8


def _access(one: Someone, today: date) -> dict[str, Any]:
    starts, ends = _dates(one, today)
    return {
        "id": one.access_id,
        "contact_id": one.contact_id,
        "is_main": True,
        "party_id": one.id,
        "identifier": one.code,
        "allowed": _is_allowed(one),
        "starts_on": starts,
        "ends_on": ends,
        "notify": one.at % 7 == 0,
        "revision": 2 if one.at % 20 == 1 else 1,  # those are red: their seats stand at 1
        "cause": "changed" if one.at % 20 == 1 else "",
    }


def _account(one: Someone, moment: datetime) -> dict[str, Any]:
    last = moment - timedelta(days=one.at * 7 % 400, minutes=one.at)
    used = one.at % 6 != 2
    return {
        "id": one.account_id,
        "person_id": one.person_id,
        "password_hash": "!" if used else None,
        "activated_at": last - timedelta(days=30) if used else None,
        "last_login_at": last if used else None,
    }


def _identifier(one: Someone) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "account_id": one.account_id,
        "kind": IdentifierKind.CODE.value,
        "value": one.code,
        "value_folded": fold(one.code),
    }


def _seat(one: Someone, today: date) -> dict[str, Any]:
    starts, ends = _dates(one, today)
    return {
        "id": one.seat_id,
        "account_id": one.account_id,
        "access_id": one.access_id,
        "party_id": one.id,
        "allowed": _is_allowed(one),
        "starts_on": starts,
        "ends_on": ends,
        "revision": 1,
    }
