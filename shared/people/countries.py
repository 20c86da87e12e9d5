"""The countries of an address by name; what is stored is the code of ISO 3166-1, two capitals."""

import functools

from babel import Locale
from flask_babel import get_locale

from shared.folding import fold

HOME = "FR"
NO_COUNTRY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # unions, tests and the unknown, which CLDR lists too


def countries(standing: str = "") -> list[tuple[str, str]]:
    """(code, name) for a list to choose from: France first, then by name in the language of the page.

    `standing`: what a row holds already; of no known country, it is offered as it is so that nothing replaces it.
    """
    known = list(_named(get_locale() or Locale("fr")))
    return known if not standing or standing in dict(known) else [*known, (standing, standing)]


def country_name(code: str, locale: Locale | None = None) -> str:
    """« Belgique » for « BE »; the code itself when nobody knows it."""
    name: str = (locale or get_locale() or Locale("fr")).territories.get(code, code)
    return name


@functools.cache
def country_codes() -> dict[str, str]:
    """Folded name in French or English, or folded code → code."""
    names = {fold(name): code for language in ("en", "fr") for code, name in _named(Locale(language))}
    return names | {code.lower(): code for code in set(names.values())}


@functools.cache
def _named(locale: Locale) -> tuple[tuple[str, str], ...]:
    found = [(code, name) for code, name in locale.territories.items() if len(code) == 2 and code.isalpha()]
    real = [(code, name) for code, name in found if code not in NO_COUNTRY]
    return tuple(sorted(real, key=lambda each: (each[0] != HOME, fold(each[1]))))
