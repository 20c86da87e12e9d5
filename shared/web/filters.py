"""Dates, amounts and sizes as a person of the page's language and time zone writes them."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel import dates as babel_dates
from babel import numbers as babel_numbers
from flask import Flask
from flask_babel import get_locale, get_timezone, gettext
from markupsafe import Markup, escape

from shared.clock import now


def install(app: Flask) -> None:
    """Give the filters to every template."""
    app.jinja_env.filters.update(
        date=day, datetime=moment, time=hour, ago=ago, when=when, money=money, number=number, size=size
    )
    app.jinja_env.filters.update(said=said, mail=mail)


def said(text: str | None) -> str:
    """A sentence that comes from a table or a row, in the reader's language; escaped like any other text.

    `_(…)` is for what the template itself writes: Jinja takes its first argument for markup and for a format.
    """
    return str(gettext(text)) if text else ""


def day(value: date | datetime | None, style: str = "long", locale: Locale | None = None) -> str:
    """« 22 novembre 2026 », or « 22/11/2026 » with `short`; an empty string for None.

    A long list gives the `locale` that it asked for once.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(get_timezone())
    return _day(value, style, locale or _locale())


def moment(value: datetime | None, style: str = "long") -> str:
    """« 22 novembre 2026 à 14:05 », or « 22/11/2026 14:05 » with `short`, in the reader's time zone."""
    if value is None:
        return ""
    if style == "long":
        return str(gettext("%(day)s à %(time)s", day=day(value), time=hour(value)))
    return f"{day(value, style)} {hour(value)}"


def hour(value: datetime | None) -> str:
    """« 14:05 », in the reader's time zone."""
    if value is None:
        return ""
    local = value.astimezone(get_timezone())
    return _hour(time(local.hour, local.minute), _locale())


def ago(value: datetime | None) -> str:
    """« il y a 5 minutes », « dans 3 jours »; « à l’instant » within the minute."""
    if value is None:
        return ""
    distance = value - now()
    if abs(distance) < timedelta(minutes=1):
        return str(gettext("à l’instant"))
    return babel_dates.format_timedelta(distance, add_direction=True, threshold=1.1, locale=_locale())


def when(value: datetime | None) -> Markup:
    """A `<time>`: relative within the week, the day after that, the exact instant on hovering."""
    if value is None:
        return Markup("")
    words = ago(value) if abs(value - now()) < timedelta(days=7) else day(value)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), moment(value), words)


def money(value: Decimal | int | None, currency: str = "EUR", locale: Locale | None = None) -> str:
    """« 1 234,50 € » from an amount in units of the currency; an empty string for None."""
    if value is None:
        return ""
    return _money(value, currency, locale or _locale())


def number(value: Decimal | int | None) -> str:
    """« 1 234 »."""
    return "" if value is None else babel_numbers.format_decimal(value, locale=_locale())


def size(value: int | None) -> str:
    """« 2,4 Mo » from a number of bytes (1 ko = 1,000 octets, as the SI says)."""
    if value is None:
        return ""
    amount, units = Decimal(value), [gettext("o"), gettext("ko"), gettext("Mo"), gettext("Go"), gettext("To")]
    while amount >= Decimal("999.5") and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    pattern = "0.#" if amount < 10 else "0"
    return f"{babel_numbers.format_decimal(amount, pattern, locale=_locale())}\u00a0{units[0]}"


def mail(address: str | None) -> Markup:
    """An address that a narrow column breaks after its « @ » and before its points instead of within a word."""
    return Markup(mail_breaks(escape(address or "")))


def mail_breaks(escaped: str) -> str:
    """The same of an address that is escaped already."""
    return str.replace(escaped, "@", "@<wbr>").replace(".", "<wbr>.")


@lru_cache(maxsize=4096)
def _day(value: date, style: str, locale: Locale) -> str:
    """French writes a short date in full figures; Babel's own « short » does too, with its own order elsewhere."""
    if style == "short" and locale.language == "fr":
        style = "dd/MM/yyyy"
    return babel_dates.format_date(value, style, locale=locale)


@lru_cache(maxsize=4096)
def _hour(value: time, locale: Locale) -> str:
    return babel_dates.format_time(value, "short", locale=locale)


@lru_cache(maxsize=4096)
def _money(value: Decimal | int, currency: str, locale: Locale) -> str:
    return babel_numbers.format_currency(value, currency, locale=locale)


def _locale() -> Locale:
    return get_locale() or Locale("fr")
