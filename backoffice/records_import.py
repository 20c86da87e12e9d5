"""Import of records of one kind: a file, a preview that says what is wrong in each cell, then all of it or nothing."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._importing import take_file
from backoffice.csv_answers import csv_answer
from backoffice.reach import scope
from backoffice.record_reach import Reach, kind_for
from backoffice.records_import_form import ImportForm, TellForm
from shared.errors import Refused
from shared.events.actors import names_of
from shared.extensions import db
from shared.intake import record_importing as importing
from shared.intake.imported_files import Table
from shared.intake.record_columns import fields_for
from shared.intake.record_finding import import_in, last_imports
from shared.intake.record_reading import Line, lines_of
from shared.records.models import RecordImport
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

SHOWN = 50  # lines of the preview at once


@backoffice.get("/records/<kind>/import")
@requires(Permission.RECORDS_EDIT)
def records_import(kind: str) -> Response:
    """Choose a file; the last imports."""
    return _start(kind_for(kind, Permission.RECORDS_EDIT), ImportForm(formdata=None))


@backoffice.post("/records/<kind>/import")
@requires(Permission.RECORDS_EDIT)
def records_import_start(kind: str) -> Response:
    """Keep the file and judge its lines; nothing else is written."""
    reach, form = kind_for(kind, Permission.RECORDS_EDIT), ImportForm()
    reached, by = scope(Permission.RECORDS_EDIT), visitors.actor()
    found = take_file(
        form,
        lambda data, name: importing.start_import(
            kind=kind, data=data, filename=name, scope=reached, by=by, tell=bool(form.tell.data)
        ),
        lambda status, sentence: _start(reach, form, status=status, sentence=sentence),
    )
    return found if isinstance(found, Response) else _to(found)


@backoffice.get("/records/import/<uuid:import_id>")
@requires(Permission.RECORDS_EDIT)
def records_import_show(import_id: uuid.UUID) -> Response:
    """The preview, how far it is, what it did."""
    return _show(*_the_import(import_id))


@backoffice.post("/records/import/<uuid:import_id>/columns")
@requires(Permission.RECORDS_EDIT)
def records_import_columns(import_id: uuid.UUID) -> Response:
    """Preview again, with other columns."""
    found, _reach = _the_import(import_id)
    tell, columns = bool(TellForm().tell.data), request.form.getlist("column")
    importing.preview_again(found=found, columns=columns, tell=tell, scope=scope(Permission.RECORDS_EDIT))
    return _to(found)


@backoffice.post("/records/import/<uuid:import_id>/apply")
@requires(Permission.RECORDS_EDIT)
def records_import_apply(import_id: uuid.UUID) -> Response:
    """Enter what was previewed."""
    found, reach = _the_import(import_id)
    try:
        importing.ask_apply(found=found, by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        return _show(found, reach, status=422, sentence=refusal.sentence)
    return _to(found)


@backoffice.post("/records/import/<uuid:import_id>/give-up")
@requires(Permission.RECORDS_EDIT)
def records_import_give_up(import_id: uuid.UUID) -> Response:
    """Leave it: nothing was written."""
    found, reach = _the_import(import_id)
    importing.give_up(found=found)
    flash(_("L’import est abandonné : rien n’a été écrit."), "success")
    return go(url_for("backoffice.records_import", kind=reach.kind.key))


@backoffice.get("/records/import/<uuid:import_id>/errors.csv")
@requires(Permission.RECORDS_EDIT)
def records_import_errors(import_id: uuid.UUID) -> Response:
    """The file and a column that says what to correct: mended, it is imported as it is. Once done, what was refused."""
    found, reach = _the_import(import_id)
    table = importing.table_of(found)
    fields = importing.fields_of(found, table)
    heads, before = dict(zip(fields, table.heads, strict=False)), found.state == "read"
    wrong: dict[str, dict[str, str]] = found.problems
    if before and not found.counts.get("columns"):
        lines = lines_of(reach.kind, table, fields, scope(Permission.RECORDS_EDIT))
        wrong = found.problems | {str(line.number): line.problems for line in lines if line.problems}

    def rows() -> Iterator[list[str]]:
        for number, cells in table.lines:
            told = wrong.get(str(number), {})
            if told or before:
                yield [*cells, " ; ".join(f"{heads.get(name, name)} : {said}" for name, said in told.items())]

    return csv_answer("import-a-corriger", [*table.heads, _("À corriger")], [rows()])


def _the_import(import_id: uuid.UUID) -> tuple[RecordImport, Reach]:
    reached = scope(Permission.RECORDS_EDIT)
    found = import_in(scope=reached, by=visitors.actor(), import_id=import_id) or abort(404)
    return found, kind_for(found.kind, Permission.RECORDS_EDIT)


def _to(found: RecordImport) -> Response:
    return go(url_for("backoffice.records_import_show", import_id=found.id))


def _start(reach: Reach, form: ImportForm, *, status: int = 200, sentence: str = "") -> Response:
    past = last_imports(kind=reach.kind, scope=scope(Permission.RECORDS_EDIT), by=visitors.actor())
    return page(
        "backoffice/records/import.html",
        status=status,
        kind=reach.kind,
        form=form,
        sentence=sentence,
        refused=status != 200,
        columns=fields_for(reach.kind),
        past=past,
        names=names_of(each.by for each in past),
        words=_states(),
    )


def _show(found: RecordImport, reach: Reach, *, status: int = 200, sentence: str = "") -> Response:
    only_wrong = bool(found.problems) and request.args.get("show") != "all"
    table, lost = _table(found)
    after = request.args.get("after", 0, type=int)
    chosen = [line for line in table.lines if line[0] > after and (not only_wrong or str(line[0]) in found.problems)]
    fields = importing.fields_of(found, table)
    return page(
        "backoffice/records/import_show.html",
        blocks=("results",),
        status=status,
        kind=reach.kind,
        found=found,
        sentence=sentence or lost,
        counts={name: int(found.counts.get(name, 0)) for name in ("wrong", "new", "changed", "same")},
        unreadable=bool(found.counts.get("columns")),
        only_wrong=only_wrong,
        heads=table.heads,
        fields=fields,
        used=[place for place, name in enumerate(fields) if name],
        lines=_judged(found, reach, table, fields, chosen[:SHOWN]),
        after=chosen[SHOWN - 1][0] if len(chosen) > SHOWN else None,
        columns=fields_for(reach.kind),
        form=TellForm(formdata=None, data={"tell": bool(found.counts.get("tell"))}),
        words=_states(),
        who=names_of([found.by]).get(found.by, ""),
    )


def _table(found: RecordImport) -> tuple[Table, str]:
    """The file while its preview is shown, or why it is no longer there."""
    if found.state != "read":
        return Table([], []), ""
    try:
        return importing.table_of(found), ""
    except Refused as refusal:
        return Table([], []), refusal.sentence


def _judged(
    found: RecordImport, reach: Reach, table: Table, fields: list[str], chosen: Sequence[tuple[int, list[str]]]
) -> list[tuple[list[str], Line, dict[str, str]]]:
    """The cells of some lines, what each would do now, and what was found wrong with it in the whole file."""
    if not chosen or found.counts.get("columns"):
        return []
    some = lines_of(reach.kind, replace(table, lines=list(chosen)), fields, scope(Permission.RECORDS_EDIT))
    return [
        (cells, line, found.problems.get(str(number), line.problems))
        for (number, cells), line in zip(chosen, some, strict=True)
    ]


def _states() -> dict[str, str]:
    return {
        "read": _("Aperçu prêt, rien n’est écrit"),
        "applying": _("Import en cours"),
        "done": _("Importé"),
        "given_up": _("Abandonné"),
    }
