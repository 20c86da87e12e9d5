"""What a merge field may hold, and how it reads in a text: « 12 juin 2026 », « 671,15 € »."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_currency

HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Item:
    """One document of a list: its name, its reference when it has one, its own link when it has one."""

    name: str
    reference: str = ""
    url: str = ""

    @property
    def title(self) -> str:
        """« Facture de mars (FA-2026-0012) »; a reference already in the name is not repeated."""
        if not self.reference or self.reference in self.name:
            return self.name
        return f"{self.name} ({self.reference})"


@dataclass(frozen=True, slots=True)
class Link:
    """An address of the portal, with the text of its button when the usual one does not fit."""

    url: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217); a bare Decimal is in euros."""

    amount: Decimal
    currency: str = "EUR"


Value = str | int | date | datetime | Decimal | Money | Link | Item | Sequence[Item] | None
Values = Mapping[str, Value]

COUNTED = {"fr": "{} documents", "en": "{} documents"}


def is_empty(value: Value) -> bool:
    """True for what would leave a hole in the sentence; zero is a value."""
    if isinstance(value, Link):
        return not value.url
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Sequence) and not value)


def spelled(value: Value, locale: str, zone: str = "Europe/Paris") -> str:
    """The value inside a sentence; several documents are counted, one is named."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return _moment(value.astimezone(ZoneInfo(zone)), locale)
    if isinstance(value, date):
        return _day(value, locale)
    if isinstance(value, Decimal):
        return _amount(value, "EUR", locale)
    if isinstance(value, Money):
        return _amount(value.amount, value.currency, locale)
    return _thing(value, locale)


def items(value: Value) -> list[Item]:
    """The documents of a list field; a bare text is one document without link."""
    if isinstance(value, Item):
        return [value]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return [Item(str(value))] if value else []


def _thing(value: int | Link | Item | Sequence[Item] | None, locale: str) -> str:
    if isinstance(value, Link):
        return value.url
    if isinstance(value, Item | Sequence):
        found = items(value)
        return found[0].title if len(found) == 1 else COUNTED.get(locale, COUNTED["fr"]).format(len(found))
    return "" if value is None else str(value)


@functools.lru_cache(maxsize=4096)
def _amount(amount: Decimal, currency: str, locale: str) -> str:
    return format_currency(amount, currency, locale=locale)


@functools.lru_cache(maxsize=4096)
def _day(day: date, locale: str) -> str:
    written = format_date(day, "long", locale=locale)
    # Babel writes « 1 juin »; French says « 1er juin ».
    return f"1er{written[1:]}" if locale.startswith("fr") and day.day == 1 else written


@functools.lru_cache(maxsize=4096)
def _moment(moment: datetime, locale: str) -> str:
    joint = " at " if locale.startswith("en") else " à "
    return _day(moment.date(), locale) + joint + format_time(moment, "short", locale=locale)
