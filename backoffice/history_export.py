"""The history as CSV: the filter of the screen, in its order and its words."""

from collections.abc import Iterator
from typing import Any

from flask import Response
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.csv_answers import csv_answer
from backoffice.history_filter import chosen_filter
from backoffice.party_page import slot_words
from backoffice.reach import scope
from backoffice.wording import line_words
from shared.notifications.finding import Page, whole_history
from shared.web.filters import moment
from shared.web.permissions import Permission, requires
from shared.web.states import STATES


@backoffice.get("/history/export.csv")
@requires(Permission.HISTORY_SEE)
def history_export() -> Response:
    """Everything that the filter holds."""
    heads = [
        _("Date"),
        _("Tiers"),
        _("Code"),
        _("Message"),
        _("Documents"),
        _("Adresse"),
        _("Case de la fiche"),
        _("Modèle"),
        _("Version"),
        _("État"),
        _("Détail"),
        _("Réponse du serveur"),
        _("Moyen"),
    ]
    found = whole_history(scope(Permission.HISTORY_SEE), chosen_filter())
    return csv_answer("historique", heads, (_cells(some) for some in found))


def _cells(found: Page) -> Iterator[list[str]]:
    slots = slot_words()
    for line in found.lines:
        words = line_words(line)
        yield [
            moment(line.created_at, "short"),
            line.party_name or "",
            line.party_code or "",
            line.subject or line.template,
            ", ".join(found.titles.get(line.id, [])),
            line.address or "",
            _slot(line, slots),
            line.template,
            str(line.version or ""),
            str(STATES[words.pill][0]),
            words.sentence,
            line.reply,
            _("SMS") if line.channel == "sms" else _("E-mail"),
        ]


def _slot(line: Any, slots: dict[Any, str]) -> str:
    return str(slots[line.slot]) if line.slot else ""
