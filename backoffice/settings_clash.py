"""Two clerks on one panel of the settings: the second is shown what stands and who wrote it, and keeps their own text.

Each form carries a mark of its panel as it was shown. Secrets count in the mark, and are shown to nobody.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement, and_, func, or_, select

from backoffice.party_rows import shown
from shared.errors import Refused, Stale
from shared.events.actors import SYSTEM, names_of
from shared.events.models import Event
from shared.extensions import db
from shared.settings.reading import forget
from shared.web.blame import blame

Form = TypeVar("Form", bound=FlaskForm)


@dataclass(frozen=True)
class Panel:
    """What saves in one go: its fields as they stand, where its changes are written down, its sealed secrets.

    `keys` are those of « setting.changed », `company` the fields of « company.changed »; `secrets` by form field.
    """

    name: str
    stands: Callable[[], Mapping[str, Any]]
    keys: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    secrets: Callable[[], Mapping[str, str]] = dict


@dataclass(frozen=True)
class Clash:
    """As `two_texts` shows it; `last` is the event that wrote what stands."""

    sentence: str
    last: Event | None
    who: str
    rows: list[tuple[str, Any, Any]]


def marked(form: Form, panel: Panel) -> Form:
    """The form, carrying the mark of the panel as it stands."""
    form["seen"].data = _mark(panel)
    return form


def check(form: FlaskForm, panel: Panel) -> None:
    """Raises Stale when somebody saved since the form was shown; until the end of the transaction, others wait."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"settings:{panel.name}", 0))))
    forget()
    db.session.expire_all()
    if form["seen"].data and form["seen"].data != _mark(panel):
        raise Stale(_("Quelqu’un a enregistré ce réglage pendant que vous le modifiiez. Rien n’a été écrasé."))


def answer(form: FlaskForm | None, refusal: Refused | None, panel: Panel | None, status: int) -> dict[str, Any]:
    """What the page says of a refusal: a sentence, or both texts when somebody was faster. Nothing was written."""
    if status != 200:
        db.session.rollback()
    if form is not None and panel is not None and isinstance(refusal, Stale):
        return {"sentence": "", "status": 409, "clash": _clash(form, refusal, panel)}
    sentence = blame(form, refusal) if form is not None and refusal is not None else ""
    return {"sentence": sentence, "status": status, "clash": None}


def _clash(form: FlaskForm, stale: Stale, panel: Panel) -> Clash:
    """Both texts; the form then carries the mark of what stands, so that a second, informed save passes."""
    last = db.session.scalars(select(Event).where(_written(panel)).order_by(Event.at.desc()).limit(1)).first()
    stands = panel.stands()
    differing = [name for name in stands if str(form[name].data or "") != str(stands[name] or "")]
    rows = [
        (form[name].label.text, shown(form, name, stands[name]), shown(form, name, form[name].data))
        for name in differing
    ]
    rows += [
        (form[name].label.text, _("jamais affiché"), _("à retaper")) for name in panel.secrets() if form[name].data
    ]
    marked(form, panel)
    return Clash(stale.sentence, last, names_of([last.actor]).get(last.actor, "") if last else "", rows)


def _written(panel: Panel) -> ColumnElement[bool]:
    settings = and_(Event.name == "setting.changed", Event.facts["key"].astext.in_(panel.keys))
    ours = [and_(Event.name == "company.changed", Event.facts["fields"].contains([each])) for each in panel.company]
    return and_(or_(settings, *ours), Event.actor != SYSTEM)


def _mark(panel: Panel) -> str:
    written = json.dumps([dict(panel.stands()), dict(panel.secrets())], default=str, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:32]
