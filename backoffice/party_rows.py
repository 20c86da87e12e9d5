"""What the tabs of a party share: finding a row of that party, and two clerks on one row."""

import uuid
from typing import Any, TypeVar

from flask import Response, abort
from flask_wtf import FlaskForm
from sqlalchemy import select

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

    `stands`: the fields of the form as the row is stored, its revision among them.
    """
    last = db.session.scalars(
        select(Event)
        .where(
            Event.party_id == party.id,
            Event.name.in_(("contact.changed", "contact.joined", "site.changed", "site.created", "contact.created")),
            (Event.facts["contact"].astext == str(row_id)) | (Event.facts["site"].astext == str(row_id)),
        )
        .order_by(Event.at.desc())
        .limit(1)
    ).first()
    typed = {name: form[name].data or "" for name in stands if name != "revision"}
    differing = [name for name in typed if str(typed[name]) != str(stands[name] or "")]
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
    """The word of a choice rather than its key."""
    choices = getattr(form[name], "choices", None) or ()
    return {key: label for key, label, *_rest in choices}.get(value, value) if choices else value
