"""An appointment as a calendar file (RFC 5545, RFC 5546): one entry that a later file moves or takes away.

Published and not proposed: whoever receives it answers on the portal, and no answer goes to an address nobody reads.
"""

import functools
import uuid
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText

from shared.notifications.channels.building import Attachment

USUAL_LENGTH = timedelta(hours=1)
NAME = "rendez-vous.ics"
PRODUCT = "-//Guichet//Rendez-vous//FR"


class Appointment(NamedTuple):
    """What the file says; `begins` and `ends` aware, `revision` grows at each move, `said_at` is when it was said."""

    record_id: uuid.UUID
    revision: int
    begins: datetime
    ends: datetime | None
    title: str
    place: str
    text: str
    organiser: str
    address: str
    host: str
    said_at: datetime
    cancelled: bool = False


def calendar_file(told: Appointment, zone: str) -> Attachment:
    """The entry in the company's zone, with the rules of its summer time; METHOD:CANCEL for one that is off."""
    method = "CANCEL" if told.cancelled else "PUBLISH"
    calendar = Calendar()
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", method)):
        calendar.add(name, value)
    here = ZoneInfo(zone)
    calendar.add_component(_zone(zone, told.begins.astimezone(here).year))
    calendar.add_component(_entry(told, here))
    return Attachment(NAME, f"text/calendar; method={method}; charset=utf-8", calendar.to_ical())


def _entry(told: Appointment, here: ZoneInfo) -> Event:
    entry = Event()
    entry.add("uid", f"{told.record_id}@{told.host}")
    entry.add("sequence", told.revision)
    entry.add("dtstamp", told.said_at.astimezone(UTC))
    entry.add("dtstart", told.begins.astimezone(here))
    entry.add("dtend", (told.ends or told.begins + USUAL_LENGTH).astimezone(here))
    entry.add("summary", told.title)
    if told.place:
        entry.add("location", told.place)
    if told.text:
        entry.add("description", told.text)
    entry.add("status", "CANCELLED" if told.cancelled else "CONFIRMED")
    organiser = vCalAddress(f"mailto:{told.address}")
    organiser.params["CN"] = vText(told.organiser)
    entry["organizer"] = organiser
    return entry


@functools.lru_cache(maxsize=32)
def _zone(zone: str, year: int) -> Timezone:
    """The offsets around that year, written as what they are: one observance for each change of the clock."""
    here, first = ZoneInfo(zone), datetime(year - 1, 1, 1, tzinfo=UTC)
    made = Timezone()
    made.add("tzid", zone)
    start = first.astimezone(here)
    offset = start.utcoffset() or timedelta(0)
    made.add_component(_observance(start, offset, offset))
    for change in _changes(here, first, datetime(year + 2, 1, 1, tzinfo=UTC)):
        before, after = (change - timedelta(seconds=1)).astimezone(here), change.astimezone(here)
        made.add_component(_observance(after, before.utcoffset() or offset, after.utcoffset() or offset, change))
    return made


def _observance(
    local: datetime, before: timedelta, after: timedelta, change: datetime | None = None
) -> TimezoneStandard | TimezoneDaylight:
    """Its onset is told by the clock that stood before it (RFC 5545, 3.6.5)."""
    made = TimezoneDaylight() if local.dst() else TimezoneStandard()
    onset = change.replace(tzinfo=None) + before if change else local.replace(tzinfo=None)
    made.add("dtstart", onset)
    made.add("tzoffsetfrom", before)
    made.add("tzoffsetto", after)
    made.add("tzname", local.tzname() or "")
    return made


def _changes(here: ZoneInfo, first: datetime, last: datetime) -> list[datetime]:
    """The instants at which the offset changes, found day by day, then by halves down to the second."""
    found, day = [], first
    while day < last:
        following = day + timedelta(days=1)
        if day.astimezone(here).utcoffset() != following.astimezone(here).utcoffset():
            found.append(_instant(here, day, following))
        day = following
    return found


def _instant(here: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = low.astimezone(here).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(here).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
