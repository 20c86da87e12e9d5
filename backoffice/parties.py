"""Customers, employees, suppliers: the list, a card, and who holds what of it."""

import uuid

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice import backoffice
from backoffice.parties_form import PartyForm, slot_fields, values_of
from backoffice.party_page import around_party
from backoffice.party_rows import shown
from backoffice.reach import family_for, party_for, refuse, scope
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.keyset import Page
from shared.people.changing import FIELDS, change
from shared.people.finding import count, families, matches
from shared.people.finding import parties as found_parties
from shared.people.models import Family, Party
from shared.people.registering import register
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/parties")
@requires(Permission.PARTIES_SEE)
def parties() -> Response:
    """The list of one family, searched by code, name or address."""
    seen, q = scope(Permission.PARTIES_SEE), request.args.get("q", "")
    numbers = matches(seen, q) if q else {}
    family, reached = family_for(request.args.get("family"), Permission.PARTIES_SEE)
    if "family" not in request.args:
        family = next((each for each in reached if numbers.get(each.id)), family)
    after, before = request.args.get("after", ""), request.args.get("before", "")
    sort, met = request.args.get("sort", ""), not q or family.id in numbers
    found = found_parties(family, seen, q=q, sort=sort, after=after, before=before) if met else Page([])
    return page(
        "backoffice/parties/list.html",
        blocks=("results",),
        family=family,
        families=reached,
        found=found,
        total=numbers.get(family.id, 0) if q else count(family, seen),
        numbers=numbers,
        q=q,
        may_edit=scope(Permission.PARTIES_EDIT).reaches_family(family.id),
    )


@backoffice.get("/parties/new")
@requires(Permission.PARTIES_EDIT)
def parties_new() -> Response:
    """An empty card."""
    family, _reached = family_for(request.args.get("family"), Permission.PARTIES_EDIT)
    form = PartyForm(formdata=None, data={"key": str(uuid7()), "is_business": not family.of_people})
    return _card_page(form, family)


@backoffice.post("/parties/new")
@requires(Permission.PARTIES_EDIT)
def parties_create() -> Response:
    """Write the card; sent twice, the second answer shows the party that the first one made."""
    family = _family_to_edit(request.args.get("family"))
    form = PartyForm()
    if not form.validate_on_submit():
        return _card_page(form, family, status=422)
    try:
        party = register(family=family, card=form.card(), by=visitors.actor(), party_id=_key(form))
    except Refused as refusal:
        return _card_page(_blame(form, refusal), family, status=422)
    flash(_("« %(name)s » est enregistré.", name=party.name), "success")
    return go(url_for("backoffice.party", party_id=party.id))


@backoffice.get("/parties/<uuid:party_id>")
@requires(Permission.PARTIES_SEE)
def party(party_id: uuid.UUID) -> Response:
    """One party: its card, addresses, access, agreements, documents, last messages."""
    found = party_for(party_id, Permission.PARTIES_SEE)
    return page("backoffice/parties/show.html", blocks=("access_panel",), **around_party(found))


@backoffice.get("/parties/<uuid:party_id>/edit")
@requires(Permission.PARTIES_EDIT)
def party_edit(party_id: uuid.UUID) -> Response:
    """The card to change."""
    found = party_for(party_id, Permission.PARTIES_EDIT)
    return _card_page(PartyForm(formdata=None, data=values_of(found)), found.family, found)


@backoffice.post("/parties/<uuid:party_id>/edit")
@requires(Permission.PARTIES_EDIT)
def party_save(party_id: uuid.UUID) -> Response:
    """Write the card as edited; 409 with both texts when somebody saved meanwhile."""
    found = party_for(party_id, Permission.PARTIES_EDIT)
    form = PartyForm(data={"country": found.country})
    if not form.validate_on_submit() or form.revision.data is None:
        return _card_page(form, found.family, found, status=422)
    try:
        change(party=found, card=form.card(), revision=form.revision.data, by=visitors.actor())
    except Stale as stale:
        return _conflict_page(form, found, stale)
    except Refused as refusal:
        return _card_page(_blame(form, refusal), found.family, found, status=422)
    flash(_("La fiche est enregistrée."), "success")
    return go(url_for("backoffice.party", party_id=found.id))


def _family_to_edit(key: str | None) -> Family:
    """403 for a family that this person sees without being allowed to write in it."""
    reached = {family.key for family in families(scope(Permission.PARTIES_EDIT))}
    family, _all = family_for(key, Permission.PARTIES_SEE)
    if family.key not in reached:
        refuse(Permission.PARTIES_EDIT)
    return family


def _card_page(form: PartyForm, family: Family, party: Party | None = None, status: int = 200) -> Response:
    return page(
        "backoffice/parties/edit.html",
        status=status,
        form=form,
        family=family,
        party=party,
        slots=slot_fields(form, family.slots),
    )


def _conflict_page(form: PartyForm, party: Party, stale: Stale) -> Response:
    """Both texts side by side, who saved the other one and when; saving again starts from what stands now."""
    last = db.session.scalars(
        select(Event)
        .where(Event.party_id == party.id, Event.name.in_(("party.changed", "party.address_changed")))
        .order_by(Event.at.desc())
        .limit(1)
    ).first()
    stands = values_of(party)
    typed = {name: form[name].data for name in stands if name != "revision"}
    names = [name for name in typed if (typed[name] or "") != (stands.get(name) or "")]
    form.revision.data = party.revision
    form.revision.raw_data = None
    return page(
        "backoffice/parties/conflict.html",
        status=409,
        form=form,
        party=party,
        sentence=stale.sentence,
        last=last,
        who=names_of([last.actor]).get(last.actor, "") if last else "",
        rows=[
            (form[name].label.text, shown(form, name, stands.get(name)), shown(form, name, typed[name]))
            for name in names
            if name in (*FIELDS, *_cells(form))
        ],
        slots=slot_fields(form, party.family.slots),
    )


def _cells(form: PartyForm) -> list[str]:
    return [field.name for field in form if field.name.startswith("email_")]


def _key(form: PartyForm) -> uuid.UUID | None:
    """Only an id of the kind that we make is taken from the form."""
    try:
        key = uuid.UUID(form.key.data or "")
    except ValueError:
        return None
    return key if key.version == 7 else None


def _blame(form: PartyForm, refusal: Refused) -> PartyForm:
    if refusal.field and refusal.field in form:
        form[refusal.field].errors = [refusal.sentence]
    else:
        form.form_errors.append(refusal.sentence)
    return form
