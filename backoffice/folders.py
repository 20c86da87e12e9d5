"""« Configuration de la GED »: the grid of folders, saved as one change that one click undoes."""

import uuid
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from backoffice import backoffice
from backoffice._folder_grid import GRID, PATH_FIELDS, cells_of, conflicts, revisions_of, shown_values, typed_values
from backoffice.folder_words import column_words, options_of, said, sides_of
from backoffice.forbidden import forbid
from backoffice.reach import scope
from shared.documents import configuring, grid, relocating
from shared.documents.cells import BadCells, folder_ids_of
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
    return grid_page(request.args.get("family", ""))


@backoffice.post("/folders")
@requires(Permission.FOLDERS_EDIT)
def folders_save() -> Response:
    """All the cells that differ, as one change; a refusal keeps what was typed. Paths are shown before they change."""
    tab, form = request.args.get("family", ""), request.form
    cells = cells_of(form)
    ids = {folder_id for folder_id, _name, _value in cells}
    check_reach(ids)
    revisions = {folder_id: seen for folder_id, seen in revisions_of(form).items() if folder_id in ids}
    try:
        if "confirmed" not in form and any(name == "path" for _id, name, _value in cells):
            moves = relocating.preview(cells=cells, revisions=revisions)
            if moves:
                return paths_page(tab, moves, cells, revisions)
        made = configuring.change(cells=cells, by=visitors.actor(), revisions=revisions)
    except Refused as refusal:
        db.session.rollback()
        return _refused(tab, refusal)
    flash(*told(made))
    return go(url_for("backoffice.folders", family=tab or None))


@backoffice.post("/folders/changes/<uuid:change_id>/undo")
@requires(Permission.FOLDERS_EDIT)
def folders_undo(change_id: uuid.UUID) -> Response:
    """Put all the cells of one change back."""
    found = db.session.get(FolderChange, change_id)
    if found is None:
        abort(404)
    check_reach(folder_ids_of(found.cells))
    back = url_for("backoffice.folders", family=request.args.get("family") or None)
    try:
        configuring.undo(change=found, by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
        return go(back)
    flash(ngettext("%(num)s case rétablie.", "%(num)s cases rétablies.", len(found.cells)), "success")
    return go(back)


def told(made: FolderChange | None) -> tuple[str, str]:
    """What a save did, for `flash`."""
    if made is None:
        return _("Rien n’a changé : toutes les cases étaient déjà ainsi."), "info"
    count = len(made.cells)
    return ngettext("%(num)s case modifiée.", "%(num)s cases modifiées.", count), "success"


def check_reach(ids: set[uuid.UUID]) -> dict[uuid.UUID, Folder]:
    """Every folder named must be of a family in which the asker may configure; else a page lists them."""
    seen, allowed = scope(Permission.FOLDERS_SEE), scope(Permission.FOLDERS_EDIT)
    query = select(Folder).where(Folder.id.in_(ids)).order_by(Folder.path_folded)
    found = {each.id: each for each in db.session.scalars(query) if seen.reaches_family(each.family_id)}
    beyond = [each for each in found.values() if not allowed.reaches_family(each.family_id)]
    if beyond or len(found) != len(ids):
        forbid(
            title=_("Configuration de la GED"),
            back=url_for("backoffice.folders", family=request.args.get("family") or None),
            permission=Permission.FOLDERS_EDIT,
            names=[f"{each.label} ({each.path})" for each in beyond],
            unknown=len(ids) - len(found),
        )
    return found


def grid_page(tab: str, *, status: int = 200, error: str = "", **more: Any) -> Response:
    """The grid of a tab; `more` is what a refused form brings back: typed, bad, theirs."""
    reached = families(scope(Permission.FOLDERS_SEE))
    family = None if tab == PATHS else family_named(tab, reached)
    if family is None and tab != PATHS:
        abort(404)
    rows = grid.rows_of([family] if family else reached)
    allowed = scope(Permission.FOLDERS_EDIT)
    keys = {name: request.args.get(name, "") for name in ("after", "before")}
    changes, pages = grid.last_changes([row.folder.id for row in rows], **keys)
    return page(
        "backoffice/folders/grid.html",
        status=status,
        families=reached,
        family=family,
        tab=tab,
        rows=rows,
        options=options_of(family, [row.folder for row in rows]) if family else {},
        sides_of=sides_of,
        texts=grid.texts_used({row.folder.id: row.folder for row in rows}) if family else {},
        changes=changes,
        pages=pages,
        fields=GRID if family else PATH_FIELDS,
        shown_values=shown_values,
        error=error,
        may_edit={each.id: allowed.reaches_family(each.id) for each in reached},
        may_see_templates=bool(scope(Permission.TEMPLATES_SEE).grants),
        may_explore=bool(scope(Permission.DOCUMENTS_SEE).grants),
        **{"typed": {}, "bad": {}, "theirs": {}, **more},
    )


def _refused(tab: str, refusal: Refused) -> Response:
    """The grid as it stands now, what was typed in its cells, and beside them why not, or what another wrote."""
    bad = refusal.sentences if isinstance(refusal, BadCells) else {}
    return grid_page(
        tab,
        status=409 if isinstance(refusal, Stale) else 422,
        error=refusal.sentence,
        typed=typed_values(request.form),
        bad={f"{name}-{folder_id}": sentence for (folder_id, name), sentence in bad.items()},
        theirs=_theirs(tab) if isinstance(refusal, Stale) else {},
    )


def _theirs(tab: str) -> dict[str, str]:
    ids = {folder_id for folder_id, _name, _value in cells_of(request.form)}
    standing = check_reach(ids)
    written = conflicts(request.form, standing)
    words = options_of(next(iter(standing.values())).family, list(standing.values())) if written else {}
    return {cell: said(cell.partition("-")[0], value, words) for cell, value in written.items()}


def paths_page(tab: str, moves: list[relocating.Move], cells: list[Any], revisions: dict[uuid.UUID, int]) -> Response:
    """What a change of paths would do, before it is done; the form brings every cell back."""
    return page(
        "backoffice/folders/paths.html",
        tab=tab,
        moves=moves,
        documents=sum(move.documents for move in moves),
        cells=cells,
        columns=column_words(),
        revisions=revisions,
    )
