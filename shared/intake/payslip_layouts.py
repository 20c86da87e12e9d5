"""The rule of a payroll program, made by pointing at a sample page: what was pointed at, what it reads, keeping it."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.documents.masking import MASK, without_nir
from shared.documents.models import Folder
from shared.documents.recognising import Run
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.intake.payslip_fields import EMPLOYER, FIELDS, LABEL_MAX, MATRICULE, NAME, PERIOD, read_field
from shared.intake.payslip_models import PayslipLayout
from shared.intake.payslip_periods import period_in
from shared.intake.payslip_sources import inside

AROUND = 0.006  # of the page, around the words pointed at: a longer name, a line a hair lower
RIGHT = {MATRICULE: 0.03, NAME: 0.12, PERIOD: 0.05, EMPLOYER: 0.1}  # room for longer values
SHORTEST_MARK = 6  # characters, or too many other pages would bear it
Specs = Mapping[str, Mapping[str, Any]]


def save_layout(
    *, folder: Folder, layout: PayslipLayout | None, name: str, mark: str, fields: Specs, runs: Sequence[Run], by: str
) -> PayslipLayout:
    """Keep a rule, new or mended; `runs` are the lines of the sample page, on which it must read all it should.

    Raises Refused with the field that is wrong.
    """
    name, mark = " ".join(name.split()), " ".join(mark.split())
    text = "\n".join(run.text for run in runs)
    _check(name, mark, fields, runs, text)
    _refuse_twin(folder, layout, name)
    kept = {key: _kept(key, spec, runs) for key, spec in fields.items() if key in FIELDS and spec}
    if layout is None:
        layout = PayslipLayout(id=uuid7(), folder_id=folder.id, revision=0)
        db.session.add(layout)
    layout.name, layout.name_folded, layout.mark, layout.fields = name, fold(name), mark, kept
    layout.by, layout.changed_at, layout.revision = by, now(), layout.revision + 1
    db.session.flush()
    record("payslips.rule_saved", by=by, facts={"layout": str(layout.id), "name": name})
    return layout


def remove_layout(*, layout: PayslipLayout, by: str) -> None:
    """Forget a rule; what it read stays."""
    facts = {"layout": str(layout.id), "name": layout.name}
    db.session.delete(layout)
    db.session.flush()
    record("payslips.rule_deleted", by=by, facts=facts)


def pointed_at(runs: Sequence[Run], x: float, y: float) -> int | None:
    """The line under a point of the page (fractions), or the nearest one of the same height; None far from any."""
    best, nearest = None, 0.03
    for place, run in enumerate(runs):
        x0, y0, x1, y1 = run.box
        across = max(x0 - x, 0.0, x - x1)
        down = max(y0 - y, 0.0, y - y1)
        distance = across + 2 * down
        if distance < nearest:
            best, nearest = place, distance
    return best


def spec_at(name: str, runs: Sequence[Run], place: int) -> dict[str, Any]:
    """How to read again what stands there: after its label when it has one, else at its place on the page."""
    run = runs[place]
    label, colon, value = run.text.partition(":")
    if colon and value.strip() and 0 < len(label.strip()) <= LABEL_MAX and not any(map(str.isdigit, label)):
        return {"label": f"{label.strip()} :"}
    x0, y0, x1, y1 = run.box
    box = [x0 - AROUND, y0 - AROUND, x1 + max(AROUND, RIGHT.get(name, AROUND)), y1 + AROUND]
    return {"box": [round(min(max(edge, 0.0), 1.0), 4) for edge in box]}


def read_on(name: str, spec: Mapping[str, Any], runs: Sequence[Run]) -> str:
    """What this reads on the sample page, as it would on any other."""
    text = "\n".join(run.text for run in runs)
    boxes = {name: inside(runs, spec["box"])} if "box" in spec else {}
    return read_field(name, spec, text, boxes)


def layouts_of(folder_ids: Sequence[uuid.UUID]) -> list[PayslipLayout]:
    """The rules of these folders, by name."""
    query = select(PayslipLayout).where(PayslipLayout.folder_id.in_(folder_ids))
    return list(db.session.scalars(query.order_by(PayslipLayout.name_folded).limit(200)))


def _check(name: str, mark: str, fields: Specs, runs: Sequence[Run], text: str) -> None:
    if not 0 < len(name) <= 60:
        raise Refused(_("Donnez un nom à cette règle : celui du logiciel de paie, par exemple."), "name")
    if not SHORTEST_MARK <= len(mark) <= 120 or without_nir(mark) != mark:
        raise Refused(_("Le signe reconnu compte de 6 à 120 caractères, propres à ce logiciel."), "mark")
    if fold(mark) not in fold(text):
        raise Refused(_("« %(mark)s » n’est pas écrit sur cette page.", mark=mark), "mark")
    if not (fields.get(MATRICULE) or fields.get(NAME)):
        raise Refused(_("Montrez le matricule ou le nom : c’est ainsi que le salarié est trouvé."), MATRICULE)
    if not fields.get(PERIOD):
        raise Refused(_("Montrez le mois payé."), PERIOD)
    for key, spec in fields.items():
        value = read_on(key, spec, runs) if spec else ""
        if spec and (not value or MASK in value):
            raise Refused(_("Rien n’est lu là sur cette page : montrez-le de nouveau."), key)
        if key == PERIOD and spec and period_in(value) is None:
            raise Refused(_("« %(read)s » n’est pas un mois : montrez-le de nouveau.", read=value[:60]), PERIOD)


def _kept(key: str, spec: Mapping[str, Any], runs: Sequence[Run]) -> dict[str, Any]:
    kept: dict[str, Any] = {"box": list(spec["box"])} if "box" in spec else {"label": str(spec["label"])[:LABEL_MAX]}
    if key == EMPLOYER:
        kept["value"] = fold(read_on(key, spec, runs))[:80]
    return kept


def _refuse_twin(folder: Folder, layout: PayslipLayout | None, name: str) -> None:
    query = select(PayslipLayout.id).where(
        PayslipLayout.folder_id == folder.id, PayslipLayout.name_folded == fold(name)
    )
    twin = db.session.scalar(query)
    if twin is not None and (layout is None or twin != layout.id):
        raise Refused(_("Une autre règle s’appelle déjà « %(name)s ».", name=name), "name")
