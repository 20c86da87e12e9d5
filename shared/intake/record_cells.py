"""One cell of a file of records: the value that would be stored, or the sentence that says what would be right."""

import re
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from shared.errors import Refused
from shared.folding import fold
from shared.records import typed
from shared.records.checking import AMOUNTS, DAYS, MOMENTS
from shared.records.declaring import Kind

LOCALE = "fr"  # files come from French spreadsheets, whatever the language of who sends them
CURRENCIES = {"€": "EUR", "euro": "EUR", "euros": "EUR"}
MOMENT = re.compile(r"(\S+)[ T]+(?:à )?(\d{1,2}[:hH]\d{0,2}(?::\d{2})?)\Z")


def value_of(kind: Kind, field: str, text: str) -> Any:
    """What `text` means for `field`; Refused with what would be right. Never called for an empty cell."""
    if field in AMOUNTS:
        return typed.amount(text, field, locale=LOCALE)
    if field in DAYS:
        return typed.day(text, field)
    if field in MOMENTS:
        return _moment(text, field)
    if field == "status":
        return _status(kind, text)
    if field == "currency":
        return CURRENCIES.get(fold(text), text.upper())
    return text


def _status(kind: Kind, text: str) -> str:
    named = {fold(name): each.key for each in kind.statuses for name in (each.key, each.label, str(_(each.label)))}
    if fold(text) not in named:
        choices = ", ".join(str(_(each.label)) for each in kind.statuses)
        raise Refused(_("État inconnu : écrivez l’un de ceux-ci : %(choices)s.", choices=choices), "status")
    return named[fold(text)]


def _moment(text: str, field: str) -> datetime | None:
    found = MOMENT.match(text)
    if found is None:
        raise Refused(_("Écrivez le jour et l’heure, comme « 31/12/2026 14:30 »."), field)
    day, hour = found.groups()
    return typed.moment(day, hour, field)
