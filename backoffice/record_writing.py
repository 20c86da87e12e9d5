"""A record is entered or changed by hand: whose it is first, then its form."""

import uuid
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.reach import party_for, scope
from backoffice.record_clash import clash_of, standing
from backoffice.record_form import (
    RecordForm,
    dates_of,
    fresh_form,
    lines_of,
    offer,
    padded,
    read_lines,
    typed_lines,
)
from backoffice.record_reach import Reach, kind_for, record_for
from backoffice.record_words import date_label, title_of
from backoffice.two_clerks import renewed
from shared.clock import today
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.people import finding as people
from shared.people.models import Party
from shared.records import changing, entering, knowing, stating
from shared.records.declaring import Kind
from shared.records.models import Record
from shared.records.reaching import takes
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

FOUND = 20  # parties offered at once


@backoffice.get("/records/<kind>/new")
@requires(Permission.RECORDS_EDIT)
def records_new(kind: str) -> Response:
    """Whose it is, then the form."""
    reach = kind_for(kind, Permission.RECORDS_EDIT)
    party = _party(reach.kind)
    if party is None:
        return _pick(reach)
    return _form(reach.kind, party, fresh_form(today().isoformat()), [])


@backoffice.post("/records/<kind>/new")
@requires(Permission.RECORDS_EDIT)
def records_create(kind: str) -> Response:
    """Write it; sent twice, the second answer shows the record that the first one made."""
    reach, form = kind_for(kind, Permission.RECORDS_EDIT), RecordForm()
    party, lines = _party(reach.kind) or abort(400), typed_lines()
    if "more" in request.form:
        return _form(reach.kind, party, form, lines)
    try:
        if not form.validate_on_submit():
            raise Refused("")
        record = _entered(reach.kind, party, form, lines)
    except Refused as refusal:
        db.session.rollback()
        return _form(reach.kind, _party(reach.kind), form, lines, sentence=_told(form, refusal), status=422)
    flash(_("« %(what)s » : enregistré.", what=title_of(reach.kind, record)), "success")
    return go(url_for("backoffice.record", record_id=record.id))


@backoffice.get("/record/<uuid:record_id>/edit")
@requires(Permission.RECORDS_EDIT)
def record_edit(record_id: uuid.UUID) -> Response:
    """The form filled with what stands."""
    record, kind = record_for(record_id, Permission.RECORDS_EDIT)
    form, told = standing(record, kind)
    return _form(kind, record.party, form, lines_of(record), record=record, summed=told)


@backoffice.post("/record/<uuid:record_id>/edit")
@requires(Permission.RECORDS_EDIT)
def record_save(record_id: uuid.UUID) -> Response:
    """Write what differs; 409 with both texts when somebody else saved meanwhile: saved again, it was seen."""
    record, kind = record_for(record_id, Permission.RECORDS_EDIT)
    form, lines = RecordForm(), typed_lines()
    if "more" in request.form:
        return _form(kind, record.party, form, lines, record=record)
    try:
        if not form.validate_on_submit() or form.revision.data is None:
            raise Refused("")
        changed = _changed(kind, record, form, lines)
    except Refused as refusal:
        db.session.rollback()
        record, kind = record_for(record_id, Permission.RECORDS_EDIT)
        if isinstance(refusal, Stale):
            renewed(form.revision, record.revision)
            return _form(kind, record.party, form, lines, record=record, stale=refusal, status=409)
        return _form(kind, record.party, form, lines, record=record, sentence=_told(form, refusal), status=422)
    flash(_("C’est enregistré.") if changed else _("Rien n’a changé : personne n’est prévenu."), "success")
    return go(url_for("backoffice.record", record_id=record.id))


def _entered(kind: Kind, party: Party, form: RecordForm, lines: list[dict[str, str]]) -> Record:
    values = _values(kind, form, lines)
    again = db.session.get(Record, form.row_id) if form.row_id else None
    if again is not None:
        return again
    other = knowing.known(kind=kind.key, number=values["number"])
    if other is not None:
        raise Refused(_("Le numéro « %(number)s » est celui d’une autre pièce.", number=values["number"]), "number")
    return entering.enter(
        kind=kind.key,
        party=party,
        by=visitors.actor(),
        values=values,
        lines=read_lines(lines) if kind.has_lines else (),
        record_id=form.row_id,
    )


def _changed(kind: Kind, record: Record, form: RecordForm, lines: list[dict[str, str]]) -> list[str]:
    return changing.change(
        record=record,
        by=visitors.actor(),
        values=_values(kind, form, lines),
        lines=read_lines(lines) if kind.has_lines else None,
        revision=form.revision.data,
    )


def _values(kind: Kind, form: RecordForm, lines: list[dict[str, str]]) -> dict[str, Any]:
    """Amounts left empty above lines are the total of the lines: the verb counts it."""
    values = form.values(kind)
    if lines and kind.has_lines and values.get("amount") is None:
        values.pop("amount", None)
        values.pop("net_amount", None)
    return values


def _form(
    kind: Kind,
    party: Party | None,
    form: RecordForm,
    lines: list[dict[str, str]],
    *,
    record: Record | None = None,
    sentence: str = "",
    summed: str = "",
    stale: Stale | None = None,
    status: int = 200,
) -> Response:
    assert party is not None
    codes = stating.state_codes(kind.key) if "state_code" in kind.fields else ()
    offer(form, list(party.contacts), [(each.code, f"{each.code} {each.label}") for each in codes])
    return page(
        "backoffice/records/edit.html",
        status=status,
        kind=kind,
        party=party,
        form=form,
        record=record,
        dates=[(name, date_label(kind, name)) for name in dates_of(kind) if record or name != "accepted_on"],
        lines=padded(lines) if kind.has_lines else [],
        summed=summed,
        sentence=sentence,
        clash=clash_of(record, kind, form, lines, stale) if record and stale else None,
        refused=status == 422,
        title=_("Modifier « %(what)s »", what=title_of(kind, record)) if record else _(kind.label),
    )


def _pick(reach: Reach) -> Response:
    asked = request.args.get("family", "")
    family = next((each for each in reach.families if each.key == asked), reach.families[0])
    q = request.args.get("q", "")
    return page(
        "backoffice/records/pick.html",
        blocks=("results",),
        kind=reach.kind,
        families=reach.families,
        family=family,
        q=q,
        found=people.parties(family, scope(Permission.RECORDS_EDIT), q=q).rows[:FOUND],
        here=url_for("backoffice.records_new", kind=reach.kind.key),
    )


def _party(kind: Kind) -> Party | None:
    party_id = request.args.get("party", type=uuid.UUID)
    if party_id is None:
        return None
    party = party_for(party_id, Permission.RECORDS_EDIT, Permission.RECORDS_SEE)
    return party if takes(kind, party.family) else abort(404)


def _told(form: RecordForm, refusal: Refused) -> str:
    """Lines have no field of their own: what is wrong with one is said above the form, with its number."""
    return blame(form, refusal)
