"""« Configuration de la GED »: the grid of folders, saved as one change that one click undoes."""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice._folder_grid import GRID, PATH_FIELDS, cells_of, revisions_of, typed_values
from backoffice.reach import refuse, scope
from shared.documents import configuring, grid
from shared.documents.cells import folder_ids_of
from shared.documents.models import Folder, FolderChange
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.people.finding import families, family_named
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

PATHS = "paths"  # the tab « Chemins »


@backoffice.get("/folders")
@requires(Permission.FOLDERS_SEE)
def folders() -> Response:
    """One tab a family, and « Chemins » for all of them."""
    return _grid_page(request.args.get("family", ""))


@backoffice.post("/folders")
@requires(Permission.FOLDERS_EDIT)
def folders_save() -> Response:
    """All the cells that differ, as one change; a refusal keeps what was typed."""
    tab = request.args.get("family", "")
    cells = cells_of(request.form)
    _check_reach({folder_id for folder_id, _name, _value in cells})
    try:
        made = configuring.change(cells=cells, by=visitors.actor(), revisions=revisions_of(request.form))
    except Refused as refusal:
        db.session.rollback()
        status = 409 if isinstance(refusal, Stale) else 422
        return _grid_page(tab, status=status, error=refusal.sentence, typed=typed_values(request.form))
    if made is None:
        flash(_("Rien n’a changé : toutes les cases étaient déjà ainsi."), "info")
    else:
        count = len(made.cells)
        flash(ngettext("%(num)s case modifiée.", "%(num)s cases modifiées.", count), "success")
    return go(url_for("backoffice.folders", family=tab or None))


@backoffice.post("/folders/changes/<uuid:change_id>/undo")
@requires(Permission.FOLDERS_EDIT)
def folders_undo(change_id: uuid.UUID) -> Response:
    """Put all the cells of one change back."""
    found = db.session.get(FolderChange, change_id)
    if found is None:
        abort(404)
    _check_reach(folder_ids_of(found.cells))
    back = url_for("backoffice.folders", family=request.args.get("family") or None)
    try:
        configuring.undo(change=found, by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
        return go(back)
    flash(ngettext("%(num)s case rétablie.", "%(num)s cases rétablies.", len(found.cells)), "success")
    return go(back)


def _grid_page(tab: str, *, status: int = 200, error: str = "", typed: dict[str, str] | None = None) -> Response:
    reached = families(scope(Permission.FOLDERS_SEE))
    family = None if tab == PATHS else family_named(tab, reached)
    if family is None and tab != PATHS:
        abort(404)
    rows = grid.rows_of([family] if family else reached)
    allowed = scope(Permission.FOLDERS_EDIT)
    return page(
        "backoffice/folders/grid.html",
        status=status,
        families=reached,
        family=family,
        tab=tab,
        rows=rows,
        targets=grid.targets_of(rows),
        changes=grid.last_changes([row.folder.id for row in rows]),
        fields=GRID if family else PATH_FIELDS,
        typed=typed or {},
        error=error,
        may_edit={each.id: allowed.reaches_family(each.id) for each in reached},
        may_see_templates=bool(scope(Permission.TEMPLATES_SEE).grants),
        may_explore=bool(scope(Permission.DOCUMENTS_SEE).grants),
    )


def _check_reach(ids: set[uuid.UUID]) -> None:
    """Every folder named must be of a family in which the asker may configure."""
    seen, allowed = scope(Permission.FOLDERS_SEE), scope(Permission.FOLDERS_EDIT)
    for folder_id in ids:
        folder = db.session.get(Folder, folder_id)
        if folder is None or not seen.reaches_family(folder.family_id):
            abort(404)
        if not allowed.reaches_family(folder.family_id):
            refuse(Permission.FOLDERS_EDIT)
