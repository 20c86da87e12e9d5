"""The filter of the access grid as the address bar says it, and the words of its lists."""

import functools
from collections.abc import Mapping
from urllib.parse import urlencode

from flask_babel import get_locale
from flask_babel import gettext as _

from shared.access.filtering import Filters
from shared.people.models import Family


def filters_of(args: Mapping[str, str]) -> Filters:
    """What is asked for; a word that means nothing filters nothing."""
    names = ("q", "state", "address", "sent", "login")
    return Filters(**{name: args.get(name, "") for name in names})


def narrowed(family: Family, filters: Filters) -> str:
    """The same as a query string, for the export and the selection."""
    asked = {"family": family.key, **vars(filters)}
    return urlencode({key: value for key, value in asked.items() if value})


def lists() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(name, label, choices) of the lists beside the search."""
    return _lists(str(get_locale()))


@functools.lru_cache(maxsize=16)
def _lists(_locale: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Put into words once a language; `_locale` is part of the cache's key only."""
    return [
        (
            "state",
            _("État"),
            [
                ("", _("tous")),
                ("unsynced", _("à synchroniser")),
                ("none", _("sans accès")),
                ("valid", _("valides")),
                ("closed", _("fermés")),
                ("planned", _("planifiés")),
                ("expired", _("expirés")),
            ],
        ),
        (
            "address",
            _("Adresse"),
            [("", _("toutes")), ("missing", _("manquante")), ("bounced", _("rejetée")), ("present", _("renseignée"))],
        ),
        (
            "sent",
            _("Message d’accès"),
            [
                ("", _("tous")),
                ("never", _("jamais")),
                ("waiting", _("en attente")),
                ("sent", _("envoyé")),
                ("failed", _("rejeté ou en échec")),
                ("unknown", _("à vérifier")),
            ],
        ),
        (
            "login",
            _("Connexion"),
            [
                ("", _("toutes")),
                ("never", _("jamais")),
                ("recent", _("depuis 30 jours")),
                ("old", _("plus depuis 6 mois")),
            ],
        ),
    ]
