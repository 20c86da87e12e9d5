"""Import of parties: a file, a preview in which each wrong cell says what would be right, then all of it or nothing."""

import uuid
from collections.abc import Iterator

from flask import Response, abort, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._importing import take_file
from backoffice.csv_answers import csv_answer
from backoffice.party_import_form import ColumnsForm, ImportForm
from backoffice.party_import_words import VERDICTS, preview_lines, state_words
from backoffice.reach import family_for, refuse, scope
from shared.errors import Refused
from shared.events.actors import names_of
from shared.extensions import db
from shared.intake.models import ImportState, PartyImport, RowVerdict
from shared.intake.party_columns import fields_for
from shared.intake.party_finding import every_line, import_in, kept_lines, last_imports, lines_of
from shared.intake.party_importing import BUSY, ask_apply, ask_undo, preview_again, start_import
from shared.intake.party_undoing import REGRET, may_undo
from shared.people.models import Family
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/parties/import")
@requires(Permission.PARTIES_EDIT)
def parties_import() -> Response:
    """Choose a family and a file; the last imports."""
    family, reached = family_for(request.args.get("family"), Permission.PARTIES_EDIT)
    return _start_page(ImportForm(formdata=None), family, reached)


@backoffice.post("/parties/import")
@requires(Permission.PARTIES_EDIT)
def parties_import_start() -> Response:
    """Keep the file; a job previews it while the page follows."""
    family, reached = family_for(request.args.get("family"), Permission.PARTIES_EDIT)
    form, by = ImportForm(), visitors.actor()
    found = take_file(
        form,
        lambda data, name: start_import(
            family=family, data=data, filename=name, empties_clear=bool(form.empties_clear.data), by=by
        ),
        lambda status, sentence: _start_page(form, family, reached, status=status, sentence=sentence),
    )
    return found if isinstance(found, Response) else _to(found)


@backoffice.get("/parties/import/<uuid:import_id>")
@requires(Permission.PARTIES_EDIT)
def parties_import_show(import_id: uuid.UUID) -> Response:
    """The preview, how far it is, what it did."""
    found, family = _the_import(import_id)
    return _show(found, family)


@backoffice.post("/parties/import/<uuid:import_id>/columns")
@requires(Permission.PARTIES_EDIT)
def parties_import_columns(import_id: uuid.UUID) -> Response:
    """Preview again, with other columns or on parties that changed."""
    found, family = _the_import(import_id)
    form = ColumnsForm()
    if not form.validate_on_submit():
        return _show(found, family, status=422)
    empties = bool(form.empties_clear.data)
    preview_again(found=found, columns=request.form.getlist("column"), empties_clear=empties, family=family)
    return _to(found)


@backoffice.post("/parties/import/<uuid:import_id>/apply")
@requires(Permission.PARTIES_EDIT)
def parties_import_apply(import_id: uuid.UUID) -> Response:
    """Write what was previewed."""
    found, family = _the_import(import_id)
    try:
        ask_apply(found=found, by=visitors.actor())
    except Refused as refusal:
        return _show(found, family, status=422, sentence=refusal.sentence)
    return _to(found)


@backoffice.post("/parties/import/<uuid:import_id>/undo")
@requires(Permission.PARTIES_EDIT)
def parties_import_undo(import_id: uuid.UUID) -> Response:
    """Take it back, within ten minutes."""
    found, family = _the_import(import_id)
    try:
        ask_undo(found=found, by=visitors.actor())
    except Refused as refusal:
        return _show(found, family, status=422, sentence=refusal.sentence)
    return _to(found)


@backoffice.get("/parties/import/<uuid:import_id>/errors.csv")
@requires(Permission.PARTIES_EDIT)
def parties_import_errors(import_id: uuid.UUID) -> Response:
    """The file as it was read, with a column that says what to correct: mended, it is imported as it is."""
    found, _family = _the_import(import_id)

    def pages() -> Iterator[list[list[str]]]:
        for rows in every_line(found):
            yield [
                [*row.cells, " ; ".join(f"{found.heads[int(at)]} : {said}" for at, said in row.errors.items())]
                for row in rows
            ]

    return csv_answer("import-a-corriger", [*found.heads, _("À corriger")], pages())


def _the_import(import_id: uuid.UUID) -> tuple[PartyImport, Family]:
    found = import_in(scope(Permission.PARTIES_EDIT), import_id)
    if found is not None:
        return found
    if import_in(scope(Permission.PARTIES_SEE), import_id) is None:
        abort(404)
    refuse(Permission.PARTIES_EDIT)


def _to(found: PartyImport) -> Response:
    return go(url_for("backoffice.parties_import_show", import_id=found.id))


def _start_page(
    form: ImportForm, family: Family, reached: list[Family], *, status: int = 200, sentence: str = ""
) -> Response:
    past = last_imports(family)
    return page(
        "backoffice/parties/import.html",
        status=status,
        form=form,
        sentence=sentence,
        refused=status != 200,
        family=family,
        families=reached,
        columns=fields_for(family),
        past=past,
        names=names_of(each.by for each in past),
        words=state_words(),
    )


def _show(found: PartyImport, family: Family, *, status: int = 200, sentence: str = "") -> Response:
    if status != 200:
        db.session.rollback()
    counts = {verdict: int(found.counts.get(verdict, 0)) for verdict in VERDICTS}
    asked = request.args.get("show", "")
    shown = RowVerdict(asked) if asked in counts else next((each for each in VERDICTS if counts[each]), RowVerdict.NEW)
    lines = lines_of(found, shown, request.args.get("after", 0, type=int))
    return page(
        "backoffice/parties/import_show.html",
        blocks=("results",),
        status=status,
        found=found,
        family=family,
        sentence=sentence,
        busy=found.state in BUSY,
        counts=counts,
        shown=shown,
        lines=preview_lines(found, lines.rows),
        after=lines.after,
        kept=kept_lines(found) if found.state is ImportState.UNDONE else [],
        columns=fields_for(family),
        form=ColumnsForm(formdata=None, data={"empties_clear": found.empties_clear}),
        words=state_words(),
        undoable=may_undo(found),
        undo_until=found.applied_at + REGRET if found.applied_at else None,
        who=names_of([found.by]).get(found.by, ""),
    )
