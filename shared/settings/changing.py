"""Setting a value: checked against the catalogue, with an audit line."""

from typing import Any

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.settings import reading
from shared.settings.catalogue import CATALOGUE
from shared.settings.models import Setting


def change(*, key: str, value: Any, by: str) -> None:
    """Write one setting; raises Refused for a value that is not allowed, KeyError for an unknown key."""
    known = CATALOGUE[key]
    if known.allowed and value not in known.allowed:
        raise Refused("Cette valeur n’est pas proposée. Choisissez-en une dans la liste.", field=key)
    if reading.setting(key) == value:
        return
    db.session.merge(Setting(key=key, value=value, by=by, at=now()))
    db.session.flush()
    reading.forget()
    record("setting.changed", by=by, facts={"key": key, "value": value})
