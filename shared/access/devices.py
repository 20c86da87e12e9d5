"""The devices from which an account is open: its sessions, with words for what they are."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from shared.access.models import PortalSession
from shared.extensions import db
from shared.people.models import StaffSession

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """One open session. `current`: the one that asks."""

    id: uuid.UUID
    name: str
    ip: str
    since: datetime
    seen_at: datetime
    current: bool


def devices_of_account(
    account_id: uuid.UUID, current: uuid.UUID | None, begun: datetime, seen: datetime
) -> list[Device]:
    """The sessions still open, begun and seen after those instants, the latest seen first; fifty at most."""
    return _devices(PortalSession, PortalSession.account_id == account_id, current, begun, seen)


def devices_of_staff(staff_id: uuid.UUID, current: uuid.UUID | None, begun: datetime, seen: datetime) -> list[Device]:
    """The same for a member of staff."""
    return _devices(StaffSession, StaffSession.staff_id == staff_id, current, begun, seen)


def name_of(user_agent: str) -> str:
    """« Firefox, Windows », from what the browser says of itself; an empty string when it says nothing we know."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)


def _devices(
    table: type[PortalSession] | type[StaffSession],
    whose: ColumnElement[bool],
    current: uuid.UUID | None,
    begun: datetime,
    seen: datetime,
) -> list[Device]:
    query: Select[Any] = (
        select(table)
        .where(whose, table.ended_at.is_(None), table.created_at > begun, table.seen_at > seen)
        .order_by(table.seen_at.desc())
        .limit(50)
    )
    return [
        Device(row.id, name_of(row.user_agent), row.ip, row.created_at, row.seen_at, row.id == current)
        for row in db.session.scalars(query)
    ]
