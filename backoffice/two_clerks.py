"""Two clerks on one row, on the page of its form: what stands beside what was typed, and who wrote it.

The form then bears the new marker: saved again, it is saved by somebody who has seen both texts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement, select

from backoffice.party_rows import shown
from shared.errors import Stale
from shared.events.actors import names_of
from shared.events.models import Event
from shared.extensions import db

Both = tuple[str, Any, Any]  # the label of a field, what stands, what was typed


@dataclass(frozen=True)
class Clash:
    """What `two_texts` shows."""

    sentence: str
    last: Event | None
    who: str
    rows: list[Both]


def clash(stale: Stale, rows: Iterable[Both], *written: ColumnElement[bool]) -> Clash:
    """`written`: the events that say who saved the row; the last of them is told."""
    query = select(Event).where(*written).order_by(Event.at.desc(), Event.id.desc()).limit(1)
    last = db.session.scalars(query).first()
    who = names_of([last.actor]).get(last.actor, "") if last else ""
    return Clash(stale.sentence, last, who, list(rows))


def both_texts(form: FlaskForm, stands: Mapping[str, Any]) -> list[Both]:
    """The fields of the form that do not say what stands, in words. Its choices must be offered by then."""
    differing = [name for name in stands if _plain(form[name].data) != _plain(stands[name])]
    return [
        (str(form[name].label.text), _said(form, name, stands[name]), _said(form, name, form[name].data))
        for name in differing
    ]


def renewed(field: Any, marker: Any) -> None:
    """Let the form bring the marker of what was shown, whatever came in."""
    field.data, field.raw_data = marker, None


def _said(form: FlaskForm, name: str, value: Any) -> Any:
    return value.strftime("%H:%M") if isinstance(value, time) else shown(form, name, value)


def _plain(value: Any) -> Any:
    """To be compared: nothing is nothing, line ends are one, and the order of what was ticked says nothing."""
    if isinstance(value, (list, tuple, set)):
        return ",".join(sorted(map(str, value)))
    return str(value or "").replace("\r\n", "\n").strip()
