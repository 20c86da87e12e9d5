"""Which month a payslip pays, however the program writes it."""

import re
from datetime import date

from shared.folding import fold

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("janvier janv jan", "fevrier fevr fev", "mars", "avril avr", "mai", "juin"),
            *("juillet juil", "aout", "septembre sept sep", "octobre oct", "novembre nov", "decembre dec"),
        ),
        start=1,
    )
    for name in names.split()
}
_DAY = r"(?P<d{0}>[0-3]?\d)[/.-](?P<m{0}>[01]?\d)[/.-](?P<y{0}>20\d\d|\d\d)(?!\d)"
_RANGE = re.compile(rf"\bdu\s+{_DAY.format(1)}\s+au\s+{_DAY.format(2)}")
_WORDS = re.compile(
    rf"\b(?P<m>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?\s*(?:de\s+)?(?P<y>20\d\d|\d\d)\b"
)
_ONE_DAY = re.compile(rf"(?<!\d){_DAY.format(1)}")
_NUMBERS = re.compile(r"(?<![\d/.-])(?P<m>0?[1-9]|1[0-2])\s?[/.-]\s?(?P<y>20\d\d)(?![\d/.-])")
_YEAR_FIRST = re.compile(r"(?<![\d/.-])(?P<y>20\d\d)\s?[/.-]\s?(?P<m>0[1-9]|1[0-2])(?![\d/.-])")


def period_in(text: str) -> date | None:
    """The first day of the month: « du 26/09 au 25/10/2026 » pays October, « oct. 26 » too; None for none."""
    folded = fold(text)
    found = _RANGE.search(folded)
    if found is not None:
        return _first(found["y2"], found["m2"])
    for pattern in (_WORDS, _NUMBERS, _YEAR_FIRST):
        found = pattern.search(folded)
        if found is not None:
            month = found["m"]
            return _first(found["y"], str(MONTHS.get(month, month)))
    found = _ONE_DAY.search(folded)
    return _first(found["y1"], found["m1"]) if found is not None else None


def _first(year: str, month: str) -> date | None:
    number = int(month)
    if not 1 <= number <= 12:
        return None
    return date(int(year) + (2000 if len(year) == 2 else 0), number, 1)
