"""« Modifier plusieurs répertoires »: one column, one value, counted before it is written, undone by one click."""

import uuid
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._folder_grid import GRID, revisions_of
from backoffice.folder_words import column_words, options_of, said
from backoffice.folders import check_reach, told
from backoffice.reach import family_for
from shared.documents import configuring, grid
from shared.documents.cells import BadCells, spell
from shared.errors import Refused
from shared.extensions import db
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

COLUMNS = tuple(name for name in GRID if name not in ("path", "label"))  # those that folders may have in common


@backoffice.get("/folders/many")
@requires(Permission.FOLDERS_EDIT)
def folders_many() -> Response:
    """The folders of a family with their value in one column, to tick."""
    return _many_page()


@backoffice.post("/folders/many")
@requires(Permission.FOLDERS_EDIT)
def folders_many_save() -> Response:
    """First how many change, then, confirmed, the change itself: all of them or none."""
    form = request.form
    ids = [found for each in form.getlist("ids") if (found := _id(each))]
    name, value = form.get("column", ""), form.get("value", "")
    folders = check_reach(set(ids))
    if not ids or name not in COLUMNS:
        return _many_page(422, _("Cochez d’abord les répertoires à modifier. Rien n’a changé."))
    if "confirmed" not in form:
        differing = [each for each in folders.values() if spell(getattr(each, name)) != value]
        documents = sum(grid.held([each.id for each in differing]).values())
        return _many_page(200, counting=differing, documents=documents, chosen=ids, value=value)
    try:
        cells = [(folder_id, name, value) for folder_id in ids]
        made = configuring.change(cells=cells, by=visitors.actor(), revisions=revisions_of(form))
    except Refused as refusal:
        db.session.rollback()
        bad = {key[0]: said for key, said in refusal.sentences.items()} if isinstance(refusal, BadCells) else {}
        return _many_page(422, refusal.sentence, chosen=ids, value=value, bad=bad)
    flash(*told(made))
    return go(url_for("backoffice.folders", family=request.args.get("family") or None))


def _many_page(status: int = 200, error: str = "", **more: Any) -> Response:
    family, _reached = family_for(request.args.get("family"), Permission.FOLDERS_EDIT)
    rows = grid.rows_of([family])
    options = options_of(family, [row.folder for row in rows])
    name = request.values.get("column", "")
    words = {key: column_words()[key] for key in COLUMNS if key != "slot" or len(family.slots) > 1}
    words = {key: label for key, label in words.items() if options[key]}
    name = name if name in words else "on_portal"
    return page(
        "backoffice/folders/many.html",
        status=status,
        family=family,
        rows=rows,
        column=name,
        columns=words,
        choices=options[name],
        shown={row.folder.id: said(name, spell(getattr(row.folder, name)), options) for row in rows},
        new_words=said(name, more.get("value") or "", options),
        error=error,
        **{"counting": None, "documents": 0, "chosen": [], "value": None, "bad": {}, **more},
    )


def _id(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written)
    except ValueError:
        return None
