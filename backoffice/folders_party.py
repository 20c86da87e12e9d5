"""« Paramètres » of one party: each folder setting with its origin, and what this party has of its own."""

import uuid
from datetime import datetime
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._folder_grid import cells_of, conflicts, revisions_of, shown_values, typed_values
from backoffice.folder_words import column_words, options_of, said, sides_of
from backoffice.party_tabs import party_tabs
from backoffice.reach import party_for, scope
from shared.documents import excepting, excepting_back, grid
from shared.documents.cells import BadCells, spell
from shared.documents.effective import EXCEPTABLE
from shared.documents.grid import PartyRow
from shared.documents.models import Folder
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.extensions import db
from shared.people.models import Party
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/parties/<uuid:party_id>/folders")
@requires(Permission.FOLDERS_SEE)
def party_folders(party_id: uuid.UUID) -> Response:
    """The folders of the party's family as they hold for it."""
    return _party_page(party_for(party_id, Permission.FOLDERS_SEE))


@backoffice.post("/parties/<uuid:party_id>/folders")
@requires(Permission.FOLDERS_EDIT)
def party_folders_save(party_id: uuid.UUID) -> Response:
    """The cells that differ become this party's own: all of them, or none."""
    party = party_for(party_id, Permission.FOLDERS_EDIT)
    form = request.form
    try:
        made = excepting.differ_in(party=party, cells=cells_of(form), by=visitors.actor(), revisions=revisions_of(form))
    except Refused as refusal:
        db.session.rollback()
        return _refused(party_for(party_id, Permission.FOLDERS_EDIT), refusal)
    if made:
        words = ngettext("%(num)s réglage est", "%(num)s réglages sont", made)
        flash(_("%(count)s désormais propre à « %(party)s ».", count=words, party=party.name), "success")
    else:
        flash(_("Rien n’a changé : tous les réglages étaient déjà ainsi."), "info")
    return go(url_for("backoffice.party_folders", party_id=party.id))


@backoffice.post("/parties/<uuid:party_id>/folders/<uuid:folder_id>/follow")
@requires(Permission.FOLDERS_EDIT)
def party_folders_follow(party_id: uuid.UUID, folder_id: uuid.UUID) -> Response:
    """« Revenir au réglage commun », for the named columns."""
    party = party_for(party_id, Permission.FOLDERS_EDIT)
    folder = db.session.get(Folder, folder_id)
    back = url_for("backoffice.party_folders", party_id=party.id)
    names = set(request.form.getlist("name")) & set(EXCEPTABLE)
    seen = request.form.get("revision", -1, type=int)
    try:
        if folder is None:
            raise Refused(_("Ce répertoire n’existe plus."))
        count = excepting.follow(party=party, folder=folder, names=names, by=visitors.actor(), revision=seen)
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
        return go(back)
    done = ngettext("%(num)s réglage suit de nouveau", "%(num)s réglages suivent de nouveau", count)
    flash(_("%(count)s le répertoire « %(folder)s ».", count=done, folder=folder.label), "success")
    return go(back)


@backoffice.post("/parties/<uuid:party_id>/folders/changes/<uuid:change_id>/undo")
@requires(Permission.FOLDERS_EDIT)
def party_folders_undo(party_id: uuid.UUID, change_id: uuid.UUID) -> Response:
    """Put back all that one save of this party's settings changed."""
    party = party_for(party_id, Permission.FOLDERS_EDIT)
    back = url_for("backoffice.party_folders", party_id=party.id)
    try:
        done = excepting_back.undo(party=party, change=change_id, by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
        return go(back)
    flash(ngettext("%(num)s réglage rétabli.", "%(num)s réglages rétablis.", done), "success")
    return go(back)


def _party_page(party: Party, *, status: int = 200, error: str = "", **more: Any) -> Response:
    rows = grid.party_rows(party)
    options = options_of(party.family, [row.folder for row in rows], of_party=True)
    keys = {name: request.args.get(name, "") for name in ("after", "before")}
    changes, pages = excepting_back.changes_of(party, **keys)
    return page(
        "backoffice/folders/party.html",
        status=status,
        party=party,
        tabs=party_tabs(party),
        rows=rows,
        options=options,
        sides_of=sides_of,
        origins=_origins(rows),
        common=lambda folder, name: said(name, spell(getattr(folder, name)), options),
        texts=grid.texts_used({row.folder.id: row.settings for row in rows}),
        fields=EXCEPTABLE,
        changes=changes,
        pages=pages,
        columns_said=column_words(),
        said=lambda name, value: said(name, value, options),
        shown_values=shown_values,
        error=error,
        may_edit=scope(Permission.FOLDERS_EDIT).reaches_family(party.family_id),
        may_see_templates=bool(scope(Permission.TEMPLATES_SEE).grants),
        **{"typed": {}, "bad": {}, "theirs": {}, **more},
    )


def _refused(party: Party, refusal: Refused) -> Response:
    rows = {row.folder.id: row.settings for row in grid.party_rows(party)}
    bad = refusal.sentences if isinstance(refusal, BadCells) else {}
    return _party_page(
        party,
        status=409 if isinstance(refusal, Stale) else 422,
        error=refusal.sentence,
        typed=typed_values(request.form),
        bad={f"{name}-{folder_id}": sentence for (folder_id, name), sentence in bad.items()},
        theirs=_theirs(party, rows) if isinstance(refusal, Stale) else {},
    )


def _theirs(party: Party, rows: dict[uuid.UUID, Any]) -> dict[str, str]:
    words = options_of(party.family, [row.folder for row in grid.party_rows(party)], of_party=True)
    written = conflicts(request.form, rows)
    return {cell: said(cell.partition("-")[0], value, words) for cell, value in written.items()}


def _origins(rows: list[PartyRow]) -> dict[tuple[uuid.UUID, str], str]:
    """(folder, field) → « propre à ce tiers, par Jeanne Roy le 22 novembre 2026 », for what is the party's own."""
    own = {
        (row.folder.id, name): origin for row in rows if row.exception for name, origin in row.exception.origins.items()
    }
    names = names_of({origin["by"] for origin in own.values()})
    return {
        key: _(
            "propre à ce tiers, par %(who)s le %(date)s",
            who=names.get(origin["by"], _("quelqu’un")),
            date=format_date(datetime.fromisoformat(origin["at"]), "long"),
        )
        for key, origin in own.items()
    }
