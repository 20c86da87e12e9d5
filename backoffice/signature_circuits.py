"""Circuits: who signs in which rank, ready-made, perhaps bound to a folder."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from backoffice import backoffice
from backoffice.reach import scope
from backoffice.signature_forms import RANKS, CircuitForm, identity
from backoffice.two_clerks import Clash, both_texts, clash
from shared.documents.models import Folder
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db
from shared.people.finding import may_sign
from shared.people.models import Staff
from shared.signatures import circuits
from shared.signatures.batch_finding import signable_folders
from shared.signatures.circuits import MAIN, Plan, Step
from shared.signatures.models import Circuit, SignerRole
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

OTHER = "contact"  # a contact named by what they do


@backoffice.get("/signatures/circuits")
@requires(Permission.SIGNATURES_ASK)
def signature_circuits() -> Response:
    """Those that stand, with the folder that uses each by itself."""
    folders = {each.id: each for each in signable_folders(scope(Permission.SIGNATURES_ASK))}
    seen = [each for each in circuits.standing() if each.folder_id is None or each.folder_id in folders]
    return page("backoffice/signatures/circuits.html", circuits=seen, folders=folders)


@backoffice.get("/signatures/circuits/new")
@requires(Permission.SIGNATURES_ASK)
def signature_circuit_new() -> Response:
    """An empty form."""
    return _form_page(None, CircuitForm())


@backoffice.get("/signatures/circuits/<uuid:circuit_id>")
@requires(Permission.SIGNATURES_ASK)
def signature_circuit(circuit_id: uuid.UUID) -> Response:
    """One circuit, to be changed."""
    found = _circuit(circuit_id)
    return _form_page(found, CircuitForm(formdata=None, data=_values(found)))


@backoffice.post("/signatures/circuits")
@requires(Permission.SIGNATURES_ASK)
def signature_circuit_save() -> Response:
    """Write a new circuit, or the one that the form names."""
    ident = identity(request.form.get("circuit_id"))
    found, form = _circuit(ident) if ident else None, CircuitForm()
    _offer(form)
    try:
        if not form.validate_on_submit():
            raise Refused("")
        seen = request.form.get("revision", 0, type=int)
        circuits.save(circuit=found, plan=_plan(form), revision=seen, by=visitors.actor())
    except Refused as refused:
        db.session.rollback()
        again = _circuit(ident) if ident else None
        if again is not None and isinstance(refused, Stale):
            return _form_page(again, form, 409, clash=_both(again, form, refused))
        return _form_page(again, form, 422, blame(form, refused), seen=request.form.get("revision", 0, type=int))
    flash(_("Le circuit est enregistré. Les demandes en cours gardent leurs signataires."), "success")
    return go(url_for("backoffice.signature_circuits"))


@backoffice.post("/signatures/circuits/<uuid:circuit_id>/delete")
@requires(Permission.SIGNATURES_ASK)
def signature_circuit_delete(circuit_id: uuid.UUID) -> Response:
    """Offer it no more."""
    circuits.remove(circuit=_circuit(circuit_id), by=visitors.actor())
    flash(_("Le circuit n’est plus proposé. Les demandes en cours continuent."), "success")
    return go(url_for("backoffice.signature_circuits"))


def _circuit(circuit_id: uuid.UUID) -> Circuit:
    """One that stands; that of a folder out of reach is unknown."""
    found = db.session.get(Circuit, circuit_id)
    if found is None or found.deleted_at is not None:
        abort(404)
    folder = db.session.get(Folder, found.folder_id) if found.folder_id else None
    if folder is not None and not scope(Permission.SIGNATURES_ASK).reaches(folder):
        abort(404)
    return found


def _values(found: Circuit) -> dict[str, Any]:
    """The fields of the form as the circuit stands; its signers apart."""
    plain = {name: getattr(found, name) for name in ("label", "due_days", "remind_days")}
    return plain | {"folder_id": str(found.folder_id or ""), "copies": "\n".join(found.copies)}


def _both(found: Circuit, form: CircuitForm, stale: Stale) -> Clash:
    """What stands of the circuit beside what was typed, its signers as one text."""
    rows, theirs, mine = both_texts(form, _values(found)), _said(_lines(found)), _said(_typed_lines())
    if theirs != mine:
        rows.append((_("Signataires"), theirs, mine))
    return clash(stale, rows, Event.name == "circuit.saved", Event.facts["circuit"].astext == str(found.id))


def _said(lines: list[dict[str, str]]) -> str:
    names = {str(each.id): each.name for each in _staff()} | {"main": _("l’interlocuteur principal")}
    told = [(line["rank"], line["role"] if line["who"] == OTHER else names.get(line["who"], "")) for line in lines]
    return " ; ".join(f"{rank}. {who}" for rank, who in told if rank)


def _form_page(
    found: Circuit | None,
    form: CircuitForm,
    status: int = 200,
    sentence: str = "",
    *,
    seen: int | None = None,
    clash: Clash | None = None,
) -> Response:
    """`seen`: the revision that was on screen, where what stands since was not shown."""
    _offer(form)
    return page(
        "backoffice/signatures/circuit.html",
        status=status,
        circuit=found,
        revision=seen if seen is not None else found.revision if found else 0,
        clash=clash,
        form=form,
        sentence=sentence,
        staff=_staff(),
        lines=_typed_lines() if request.method == "POST" else _lines(found),
        ranks=range(1, RANKS + 1),
    )


def _offer(form: CircuitForm) -> None:
    reach = signable_folders(scope(Permission.SIGNATURES_ASK))
    form.folder_id.choices = [
        SelectChoice("", _("aucun répertoire : proposé à la demande")),
        *(SelectChoice(str(each.id), f"{each.family.label} / {each.label}") for each in reach if each.signature_side),
    ]


def _staff() -> Sequence[Staff]:
    return may_sign(Permission.SIGNATURES_SIGN.value)


def _lines(found: Circuit | None) -> list[dict[str, str]]:
    """One dict a line of the form: rank, who, role; six in all."""
    made = []
    for step in circuits.steps_of(found) if found else [Step(1, SignerRole.PARTY)]:
        who = str(step.staff_id) if step.role is SignerRole.COMPANY else (OTHER if step.contact_role else MAIN)
        made.append({"rank": str(step.rank), "who": who or "main", "role": step.contact_role})
    return made + [{"rank": "", "who": "main", "role": ""}] * (RANKS - len(made))


def _typed_lines() -> list[dict[str, str]]:
    names = ("rank", "who", "role")
    return [{name: request.form.get(f"{name}-{number}", "") for name in names} for number in range(1, RANKS + 1)]


def _plan(form: CircuitForm) -> Plan:
    return Plan(
        label=form.label.data or "",
        steps=[_step(line) for line in _typed_lines() if line["rank"].isascii() and line["rank"].isdigit()],
        folder_id=identity(form.folder_id.data),
        due_days=form.due_days.data,
        remind_days=form.remind_days.data,
        copies=[each for each in (form.copies.data or "").replace(",", "\n").split("\n") if each.strip()],
    )


def _step(line: dict[str, str]) -> Step:
    rank, who = int(line["rank"]), line["who"]
    if who == "main":
        return Step(rank, SignerRole.PARTY)
    if who == OTHER:
        if not line["role"].strip():
            raise Refused(_("Dites quelle fonction a l’interlocuteur qui signe, comme « Direction »."), field="steps")
        return Step(rank, SignerRole.PARTY, contact_role=line["role"])
    return Step(rank, SignerRole.COMPANY, staff_id=identity(who))
