"""One cell of an imported file: the value that would be stored, or the sentence that says what would be right."""

import functools
import re
from typing import Any

from babel import Locale
from flask_babel import gettext as _

from shared.catalogues import languages
from shared.errors import Refused
from shared.folding import fold
from shared.notifications.addresses import normalise
from shared.people.cards import LONGEST_CODE, printable
from shared.people.countries import country_codes
from shared.people.numbers import siret_number, vat_number

SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?e\+?\d+", re.IGNORECASE)
YES = {"oui", "o", "vrai", "true", "1", "x", "yes", "y", "entreprise", "professionnel", "pro", "societe"}
NO = {"non", "n", "faux", "false", "0", "no", "particulier", "personne"}
SPOKEN = {code: Locale(code).get_display_name("fr") or code for code in languages()}


def value_of(field: str, text: str) -> Any:
    """What `text` means for `field`; Refused with what would be right. Never called for an empty cell."""
    if SCIENTIFIC.fullmatch(text):
        raise Refused(
            _("Excel a abrégé ce nombre (« %(text)s ») : mettez la colonne au format Texte et retapez-le.", text=text)
        )
    reader = _READERS.get(field)
    return reader(text) if reader is not None else printable(text, field)


def empty_of(field: str) -> Any:
    """What a cleared cell stores."""
    if field in ("code", "name"):
        raise Refused(_("Donnez un code.") if field == "code" else _("Donnez un nom."))
    return {"siret": None, "vat_number": None, "is_business": True, "country": "FR", "locale": "fr"}.get(field, "")


def spelled(field: str, value: Any) -> str:
    """A stored value as a cell of an export, which `value_of` reads back."""
    if field == "is_business":
        return "oui" if value else "non"
    if field == "locale":
        return SPOKEN.get(str(value), str(value))
    return "" if value is None else str(value)


def postcode_fault(postcode: str, country: str) -> str:
    """A French postcode whose zero was lost by a spreadsheet."""
    if country == "FR" and re.fullmatch(r"\d{4}", postcode):
        return str(_("Un code postal français compte 5 chiffres : « 0%(code)s » ?", code=postcode))
    return ""


def _code(text: str) -> str:
    code = printable(text, "code")
    if len(code) > LONGEST_CODE:
        raise Refused(_("Un code compte au plus %(most)s caractères.", most=LONGEST_CODE))
    return code


def _is_business(text: str) -> bool:
    word = fold(text)
    if word in YES or word in NO:
        return word in YES
    raise Refused(_("Écrivez « oui » pour une entreprise, « non » pour un particulier."))


def _locale(text: str) -> str:
    found = _languages().get(fold(text).partition("-")[0])
    if found is None:
        known = ", ".join(f"« {name} »" for name in SPOKEN.values())
        raise Refused(_("Langue inconnue. Celles que l’on peut écrire : %(known)s.", known=known))
    return found


@functools.cache
def _languages() -> dict[str, str]:
    """By its code, and by its name in each language offered."""
    names = {fold(Locale(code).get_display_name(reader) or code): code for code in SPOKEN for reader in SPOKEN}
    return {code: code for code in SPOKEN} | names


def _country(text: str) -> str:
    found = country_codes().get(fold(text))
    if found is None:
        raise Refused(_("Pays inconnu : écrivez son nom en français ou son code à deux lettres, comme « BE »."))
    return found


@functools.lru_cache(maxsize=20_000)
def _address(text: str) -> str:
    return normalise(text)


_READERS: dict[str, Any] = {
    "code": _code,
    "siret": siret_number,
    "vat_number": vat_number,
    "country": _country,
    "locale": _locale,
    "is_business": _is_business,
    "email_card": _address,
    "email_quote": _address,
    "email_billing": _address,
    "email_reminder": _address,
}
