"""The rule of a payroll program, made by pointing at one of its pages; it works without JavaScript and by keyboard."""

import json
import uuid
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._payslip_words import field_words, month_words, the_batch, the_folders
from backoffice._reaching import storage_away, unknown
from shared.documents.models import Folder, StoredObject
from shared.documents.recognising import Run
from shared.documents.refusals import FileRefused
from shared.documents.storage import StorageError
from shared.errors import Refused
from shared.extensions import db
from shared.intake import payslip_batching, payslip_layouts
from shared.intake import payslip_finding as finding
from shared.intake.payslip_fields import FIELDS, LABEL_MAX
from shared.intake.payslip_models import BatchState, PayslipBatch, PayslipLayout, PayslipPage
from shared.intake.payslip_sources import on_disk, runs_of
from shared.intake.payslip_states import has_filed
from shared.web import visitors
from shared.web.errors import explain
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

WIDTH = 640  # pixels of the picture that is pointed at
MARK = "mark"


@backoffice.route("/payslips/<uuid:batch_id>/rule/<uuid:page_id>", methods=["GET", "POST"])
@requires(Permission.PAYSLIPS)
def payslips_rule(batch_id: uuid.UUID, page_id: uuid.UUID) -> Response:
    """Point at what is to be read, see what it reads, save. `?layout=` mends a rule that stands."""
    batch, folder = the_batch(batch_id)
    try:
        sample, runs, ratio = _sample(batch, page_id)
    except StorageError:
        return storage_away()
    except FileRefused:
        return explain(503)
    layout = _layout(folder)
    draft = _draft(layout)
    if request.method == "GET":
        return _page(batch, sample, runs, layout, draft)
    if request.form.get("action") != "save":
        _point(draft, runs, ratio)
        return _page(batch, sample, runs, layout, draft)
    try:
        payslip_layouts.save_layout(
            folder=folder,
            layout=layout,
            name=draft["name"],
            mark=draft[MARK],
            fields=draft["fields"],
            runs=runs,
            by=visitors.actor(),
        )
    except Refused as refusal:
        db.session.rollback()
        batch, folder = the_batch(batch_id)
        return _page(batch, _sample(batch, page_id)[0], runs, _layout(folder), draft, refusal)
    return _saved(batch)


@backoffice.post("/payslips/rules/<uuid:layout_id>/delete")
@requires(Permission.PAYSLIPS)
def payslips_rule_delete(layout_id: uuid.UUID) -> Response:
    """Forget a rule; what it read stays."""
    reached = payslip_layouts.layouts_of([folder.id for folder in the_folders()])
    layout = next((each for each in reached if each.id == layout_id), None) or unknown()
    payslip_layouts.remove_layout(layout=layout, by=visitors.actor())
    flash(_("La règle « %(name)s » est supprimée.", name=layout.name), "success")
    return go(url_for("backoffice.payslips"))


def _saved(batch: PayslipBatch) -> Response:
    if batch.state is BatchState.READY and not has_filed(batch):
        payslip_batching.read_again(batch=batch, by=visitors.actor())
        flash(_("La règle est enregistrée : le lot est relu avec elle."), "success")
    else:
        flash(_("La règle est enregistrée : elle servira au prochain lot."), "success")
    return go(url_for("backoffice.payslips_batch", batch_id=batch.id))


def _sample(batch: PayslipBatch, page_id: uuid.UUID) -> tuple[PayslipPage, list[Run], float]:
    found = finding.page_in(batch, page_id)
    if found is None or found[1].sha256 is None:
        abort(404)
    stored = db.session.get_one(StoredObject, found[1].sha256)
    with on_disk(stored.sha256, stored.size) as source:
        runs, ratio = runs_of(source, found[0].number - 1)
    return found[0], runs, ratio


def _layout(folder: Folder) -> PayslipLayout | None:
    wanted = request.values.get("layout", type=uuid.UUID)
    if wanted is None:
        return None
    reached = payslip_layouts.layouts_of([folder.id])
    return next((each for each in reached if each.id == wanted), None) or unknown()


def _draft(layout: PayslipLayout | None) -> dict[str, Any]:
    """What the form holds so far; at first what the rule says already."""
    if request.method == "GET":
        fields = {name: dict(spec) for name, spec in layout.fields.items()} if layout is not None else {}
        return {
            "name": layout.name if layout else "",
            MARK: layout.mark if layout else "",
            "fields": fields,
            "showing": FIELDS[0],
        }
    fields = {name: spec for name in FIELDS if (spec := _spec(name)) is not None}
    showing = request.form.get("showing", FIELDS[0])
    return {
        "name": request.form.get("name", ""),
        MARK: request.form.get(MARK, ""),
        "fields": fields,
        "showing": showing,
    }


def _spec(name: str) -> dict[str, Any] | None:
    """A label that was typed, else the box that was pointed at."""
    label = " ".join(request.form.get(f"label-{name}", "").split())[:LABEL_MAX]
    if label:
        return {"label": label}
    try:
        box = json.loads(request.form.get(f"box-{name}", "") or "null")
    except ValueError:
        return None
    sound = isinstance(box, list) and len(box) == 4 and all(isinstance(edge, int | float) for edge in box)
    return {"box": [min(max(float(edge), 0.0), 1.0) for edge in box]} if sound else None


def _point(draft: dict[str, Any], runs: list[Run], ratio: float) -> None:
    """A click on the picture, a line chosen in the list, or a field to forget; then the next field is to be shown."""
    forget = request.form.get("forget", "")
    if forget:
        draft["fields"].pop(forget, None)
        draft["showing"] = forget if forget in FIELDS else draft["showing"]
        return
    place = _place(runs, ratio)
    if place is None:
        return
    name = draft["showing"]
    if name == MARK:
        draft[MARK] = runs[place].text[:120]
    elif name in FIELDS:
        draft["fields"][name] = payslip_layouts.spec_at(name, runs, place)
    missing = [each for each in (*FIELDS[:3], MARK) if not (draft[MARK] if each == MARK else each in draft["fields"])]
    draft["showing"] = missing[0] if missing else name


def _place(runs: list[Run], ratio: float) -> int | None:
    chosen = request.form.get("run", type=int)
    if chosen is not None:
        return chosen if 0 <= chosen < len(runs) else None
    x, y = request.form.get("at.x", type=int), request.form.get("at.y", type=int)
    if x is None or y is None:
        return None
    return payslip_layouts.pointed_at(runs, x / WIDTH, y / (WIDTH * ratio))


def _page(
    batch: PayslipBatch,
    sample: PayslipPage,
    runs: list[Run],
    layout: PayslipLayout | None,
    draft: dict[str, Any],
    refusal: Refused | None = None,
) -> Response:
    read = {name: payslip_layouts.read_on(name, spec, runs) for name, spec in draft["fields"].items()}
    return page(
        "backoffice/payslips/rule.html",
        status=422 if refusal else 200,
        batch=batch,
        sample=sample,
        runs=runs,
        layout=layout,
        draft=draft,
        read=read,
        refusal=refusal,
        fields=FIELDS,
        words=field_words(),
        month_words=month_words,
        width=WIDTH,
    )
