"""What the tabs of a party share: finding a row of that party, and two clerks on one row."""

import uuid
from datetime import date
from typing import Any, TypeVar

from flask import Response, abort
from flask_babel import format_date
from flask_wtf import FlaskForm
from sqlalchemy import or_, select

from backoffice.party_tabs import party_tabs
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Contact, Party
from shared.people.party_models import Site
from shared.web.blame import blame
from shared.web.page import page

Row = TypeVar("Row", Contact, Site)
WRITTEN = (
    "contact.created",
    "contact.changed",
    "contact.joined",
    "site.created",
    "site.changed",
    "access.created",
    "access.changed",
    "access.withdrawn",
    "access.initial_drawn",
    "access.initial_typed",
)


def row_of(party: Party, table: type[Row], row_id: uuid.UUID) -> Row:
    """A contact or a site of this party; another party's is a 404."""
    row = db.session.get(table, row_id)
    if row is None or row.party_id != party.id:
        abort(404)
    return row


def tab(template: str, party: Party, *, status: int = 200, blocks: tuple[str, ...] = (), **context: Any) -> Response:
    """A page of the party, under its strip of tabs."""
    return page(template, status=status, blocks=blocks, party=party, tabs=party_tabs(party), **context)


def blamed(form: FlaskForm, refusal: Refused) -> str:
    """The sentence above the form when no field is to blame for it."""
    return blame(form, refusal)


def conflict(
    party: Party, form: FlaskForm, stale: Stale, *, stands: dict[str, Any], back: str, action: str, row_id: uuid.UUID
) -> Response:
    """Both texts side by side, who saved the other one and when; saving again starts from what stands now.

    `row_id`: the contact, the site or the access.
    `stands`: the fields of the form as the row is stored, its revision among them.
    """
    last = db.session.scalars(
        select(Event)
        .where(
            Event.party_id == party.id,
            Event.name.in_(WRITTEN),
            or_(*(Event.facts[of].astext == str(row_id) for of in ("contact", "site")), Event.access_id == row_id),
        )
        .order_by(Event.at.desc())
        .limit(1)
    ).first()
    typed = {name: form[name].data or "" for name in stands if name != "revision"}
    differing = [name for name in typed if _plain(typed[name]) != _plain(stands[name])]
    return tab(
        "backoffice/parties/row_conflict.html",
        party,
        status=409,
        sentence=stale.sentence,
        last=last,
        who=names_of([last.actor]).get(last.actor, "") if last else "",
        rows=[
            (form[name].label.text, shown(form, name, stands[name]), shown(form, name, typed[name]))
            for name in differing
        ],
        typed={**typed, "revision": stands["revision"]},
        back=back,
        action=action,
    )


def shown(form: FlaskForm, name: str, value: Any) -> Any:
    """The word of a choice rather than its key, a day as it is written here."""
    field = form[name]
    words = {each.value: each.label for each in field.iter_choices()} if hasattr(field, "iter_choices") else {}
    if isinstance(value, list):
        return ", ".join(str(words.get(each, each)) for each in value)
    return format_date(value, "short") if isinstance(value, date) else words.get(value, value)


def _plain(value: Any) -> Any:
    """To be compared: nothing is nothing, and the order of what was ticked says nothing."""
    return sorted(map(str, value)) if isinstance(value, list) and value else str(value or "")
