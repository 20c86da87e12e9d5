"""Setting a value: checked against the catalogue, with an audit line."""

from typing import Any

from flask_babel import gettext as _

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.secrets import seal
from shared.settings import reading
from shared.settings.catalogue import CATALOGUE, Key
from shared.settings.models import Setting


def change(*, key: str, value: Any, by: str) -> None:
    """Write one setting; raises Refused for a value that is not allowed, KeyError for an unknown key.

    A secret goes through `change_secret`: giving it here raises ValueError.
    """
    known = CATALOGUE[key]
    if known.secret:
        raise ValueError(f"{key} is a secret")
    _check(key, known, value)
    if reading.setting(key) == value:
        return
    _write(key, value, by)
    record("setting.changed", by=by, facts={"key": key, "value": value})


def change_secret(*, key: str, text: str, by: str) -> None:
    """Write one secret, encrypted; the empty text forgets it. The audit line says only that it changed."""
    if not CATALOGUE[key].secret:
        raise ValueError(f"{key} is no secret")
    if reading.secret(key) == text:
        return
    _write(key, seal(text, reading.purpose(key)) if text else "", by)
    record("setting.changed", by=by, facts={"key": key})


def _check(key: str, known: Key, value: Any) -> None:
    if known.allowed and value not in known.allowed:
        raise Refused(_("Cette valeur n’est pas proposée. Choisissez-en une dans la liste."), field=key)
    if known.least is not None and known.most is not None and not known.least <= value <= known.most:
        raise Refused(
            _("Écrivez un nombre entre %(least)s et %(most)s.", least=known.least, most=known.most), field=key
        )


def _write(key: str, value: Any, by: str) -> None:
    db.session.merge(Setting(key=key, value=value, by=by, at=now()))
    db.session.flush()
    reading.forget()
