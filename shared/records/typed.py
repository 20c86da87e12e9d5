"""What a person types, read in the language of the page: amounts, days, and the time on the company's clock."""

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from babel.numbers import NumberFormatError, get_group_symbol, parse_decimal
from flask_babel import get_locale
from flask_babel import gettext as _

from shared.errors import Refused
from shared.settings.reading import company

SPACES = "\u0020\u00a0\u202f\u2009"
MOST = Decimal(10) ** 11  # euros: what the column keeps, and far above any invoice
DAY_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y")
TIME_FORMS = ("%H:%M", "%Hh%M", "%H:%M:%S", "%Hh")


def amount(text: str, field: str, *, locale: str | None = None, places: int = 2) -> Decimal | None:
    """« 1 234,56 » in French, « 1,234.56 » in English; None when empty. Raises Refused, naming `field`."""
    chosen = locale or str(get_locale() or "fr")
    written = text.strip().removesuffix("€").strip()
    if not written:
        return None
    if get_group_symbol(chosen) in SPACES:
        written = "".join(mark for mark in written if mark not in SPACES)
    try:
        found = parse_decimal(written.replace("\u2212", "-"), locale=chosen, strict=True)
    except (NumberFormatError, InvalidOperation):
        raise Refused(
            _("« %(text)s » n’est pas un montant : écrivez par exemple 1 234,56.", text=text), field
        ) from None
    return money(found, field, places=places)


def money(found: Decimal, field: str, *, places: int = 2) -> Decimal:
    """An amount that the database can keep as it is: never rounded. Raises Refused, naming `field`."""
    if not found.is_finite() or abs(found) >= MOST:
        raise Refused(_("Ce nombre est hors de ce qu’une pièce peut porter."), field)
    step = Decimal(1).scaleb(-places)
    if found != found.quantize(step):
        raise Refused(_("Pas plus de %(places)s décimales ici.", places=places), field)
    return found.quantize(step)


def day(text: str, field: str) -> date | None:
    """« 31/12/2026 » or « 2026-12-31 »; None when empty. Raises Refused, naming `field`."""
    written = text.strip()
    if not written:
        return None
    for form in DAY_FORMS:
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007 (a date has no time zone)
        except ValueError:
            continue
    raise Refused(_("« %(text)s » n’est pas une date : écrivez par exemple 31/12/2026.", text=text), field)


def moment(day_text: str, time_text: str, field: str) -> datetime | None:
    """A day and a time on the company's clock, in UTC; None when both are empty. Raises Refused, naming `field`."""
    found = day(day_text, field)
    if found is None and not time_text.strip():
        return None
    if found is None:
        raise Refused(_("Donnez aussi le jour."), field)
    return on_the_clock(datetime.combine(found, clock_time(time_text, field)), field)


def clock_time(text: str, field: str) -> time:
    """« 14:30 » or « 14h30 ». Raises Refused, naming `field`."""
    for form in TIME_FORMS:
        try:
            return datetime.strptime(text.strip().lower(), form).time()  # noqa: DTZ007 (a wall clock has none)
        except ValueError:
            continue
    raise Refused(_("« %(text)s » n’est pas une heure : écrivez par exemple 14:30.", text=text), field)


def on_the_clock(wall: datetime, field: str) -> datetime:
    """The instant, in UTC, of a time without zone on the company's clock; of two, the first.

    Raises Refused for a time that does not exist: the hour that is skipped when summer time begins.
    """
    zone = ZoneInfo(company().time_zone)
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != wall:
        raise Refused(
            _("Le %(day)s, cette heure n’existe pas : l’horloge la saute.", day=wall.strftime("%d/%m/%Y")), field
        )
    return instant
