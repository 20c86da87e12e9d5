"""Numbers and dates as French sheets write them."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

NARROW = "\u202f"  # between thousands
NO_BREAK = "\u00a0"
CENT = Decimal("0.01")
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def cents(amount: Decimal) -> Decimal:
    """Rounded to the cent, halves away from zero, as on invoices."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def number(amount: Decimal, places: int = 2) -> str:
    """`1 234,50`, with a real minus sign."""
    text = f"{amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,.{places}f}"
    return text.replace(",", NARROW).replace(".", ",").replace("-", "−")


def euros(amount: Decimal) -> str:
    """`1 234,50 €`."""
    return f"{number(amount)}{NO_BREAK}€"


def percent(rate: Decimal) -> str:
    """`5,5 %` for Decimal("5.5")."""
    text = f"{rate.normalize():f}"
    return f"{text.replace('.', ',')}{NO_BREAK}%"


def quantity(amount: Decimal) -> str:
    """`3` or `2,5`: no useless zeros."""
    return f"{amount.normalize():f}".replace(".", ",")


def long_date(day: date) -> str:
    """`1er novembre 2026`."""
    return f"{'1er' if day.day == 1 else day.day}{NO_BREAK}{MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """`01/11/2026`."""
    return f"{day:%d/%m/%Y}"


def month(day: date) -> str:
    """`novembre 2026`."""
    return f"{MONTHS[day.month - 1]} {day.year}"
