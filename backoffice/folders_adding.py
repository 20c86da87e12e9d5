"""A folder more in « Configuration de la GED », or an empty one less; and other beginnings for many paths."""

import uuid

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from backoffice import backoffice
from backoffice.folder_words import kept_words
from backoffice.folders import PATHS, check_reach, grid_page, paths_page
from backoffice.folders_form import FolderForm
from backoffice.reach import family_for, scope
from shared.documents import adding, relocating
from shared.documents.grid import texts_and_terms
from shared.errors import Refused
from shared.extensions import db
from shared.people.finding import families
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/folders/new")
@requires(Permission.FOLDERS_EDIT)
def folders_new() -> Response:
    """The form, on the root of the family."""
    family, _reached = family_for(request.args.get("family"), Permission.FOLDERS_EDIT)
    return page("backoffice/folders/new.html", family=family, form=_form({"path": f"{family.root}\\"}))


def _form(given: dict[str, str] | None = None) -> FolderForm:
    form = FolderForm(data=given)
    form.retention_class.choices = [SelectChoice(*each) for each in kept_words(texts_and_terms()[1])]
    return form


@backoffice.post("/folders/new")
@requires(Permission.FOLDERS_EDIT)
def folders_create() -> Response:
    """File the folder: off the portal and silent until the grid says otherwise."""
    family, _reached = family_for(request.args.get("family"), Permission.FOLDERS_EDIT)
    form = _form()
    if form.validate():
        try:
            folder = adding.add(
                family=family,
                path=form.path.data or "",
                label=form.label.data or "",
                document_class=form.document_class.data,
                retention_class=form.retention_class.data,
                by=visitors.actor(),
            )
        except Refused as refusal:
            db.session.rollback()
            family, _reached = family_for(request.args.get("family"), Permission.FOLDERS_EDIT)
            form[refusal.field or "path"].errors = [refusal.sentence]
        else:
            flash(
                _("« %(folder)s » est créé, hors portail : réglez-le dans la grille.", folder=folder.label), "success"
            )
            return go(url_for("backoffice.folders", family=family.key))
    return page("backoffice/folders/new.html", status=422, family=family, form=form)


@backoffice.get("/folders/<uuid:folder_id>/remove")
@requires(Permission.FOLDERS_EDIT)
def folders_remove(folder_id: uuid.UUID) -> Response:
    """Asks before an empty folder goes, or says what keeps it."""
    folder = check_reach({folder_id})[folder_id]
    return page("backoffice/folders/remove.html", blocks=("dialog",), folder=folder, why=adding.why_kept(folder))


@backoffice.post("/folders/<uuid:folder_id>/remove")
@requires(Permission.FOLDERS_EDIT)
def folders_delete(folder_id: uuid.UUID) -> Response:
    """The folder goes if it is still empty."""
    folder = check_reach({folder_id})[folder_id]
    back, label = url_for("backoffice.folders", family=folder.family.key), folder.label
    try:
        adding.remove(folder=folder, by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
        return go(back)
    flash(_("« %(folder)s » est supprimé.", folder=label), "success")
    return go(back)


@backoffice.post("/folders/relocate")
@requires(Permission.FOLDERS_EDIT)
def folders_relocate() -> Response:
    """Another beginning for many paths: shown with its numbers before anything changes."""
    typed = {name: request.form.get(name, "") for name in ("start", "becomes")}
    try:
        cells = relocating.below(families=families(scope(Permission.FOLDERS_EDIT)), **typed)
        revisions = {each: folder.revision for each, folder in check_reach({cell[0] for cell in cells}).items()}
        moves = relocating.preview(cells=cells, revisions=revisions)
    except Refused as refusal:
        db.session.rollback()
        return grid_page(PATHS, status=422, error=refusal.sentence, typed=typed)
    if not moves:
        return grid_page(PATHS, status=422, error=_("Ces chemins sont déjà ainsi."), typed=typed)
    return paths_page(PATHS, moves, cells, revisions)
