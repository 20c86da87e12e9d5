"""The grid of folders: any number of cells make one change, which one click undoes."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.documents.cells import FIELDS, BadCells, check_signature, folder_ids_of, read_cell, spell
from shared.documents.models import Folder, FolderChange
from shared.documents.reclassing import reclass
from shared.documents.sharing import follow_box
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.events.recording import record
from shared.extensions import db
from shared.folding import fold

Cell = tuple[uuid.UUID, str, Any]


def change(*, cells: Iterable[Cell], by: str, revisions: Mapping[uuid.UUID, int]) -> FolderChange | None:
    """Write (folder, field, value) cells as one audited change; None when every cell already stands so.

    `revisions` says what was on screen: Stale when somebody saved one of these folders in between, and
    Refused for a value that cannot be. Either way nothing at all is changed.
    """
    folders, written = _put(list(cells), revisions)
    return _sealed(written, folders, by) if written else None


def look(*, cells: Iterable[Cell], revisions: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, tuple[Folder, str]]:
    """The folders whose path `change` would change, as they would be, each with its path of now.

    Raises what `change` would. To be rolled back.
    """
    folders, written = _put(list(cells), revisions)
    moved = [cell for cell in written if cell["field"] == "path"]
    return {uuid.UUID(cell["folder_id"]): (folders[uuid.UUID(cell["folder_id"])], cell["before"]) for cell in moved}


def undo(*, change: FolderChange, by: str) -> None:
    """Put every cell of one change back; Refused when one of them was changed again since."""
    db.session.refresh(change, with_for_update=True)
    if change.undone_at is not None:
        raise Refused(_("Cette modification est déjà annulée."))
    folders = _locked(folder_ids_of(change.cells))
    _free_paths({(uuid.UUID(c["folder_id"]), c["field"]): c["before"] for c in change.cells}, folders)
    for cell in change.cells:
        folder = folders.get(uuid.UUID(cell["folder_id"]))
        if folder is None or spell(getattr(folder, cell["field"])) != cell["after"]:
            raise Refused(
                _(
                    "Une de ces cases a été modifiée depuis : l’annulation effacerait ce travail. "
                    "Corrigez la case dans la grille."
                )
            )
        _write(folder, cell["field"], FIELDS[cell["field"]].read(cell["before"] or ""))
    _check(folders.values())
    change.undone_at = now()
    _bump(folders, change.cells, by)
    record("folder.change_undone", by=by, facts={"change": str(change.id), "cells": change.cells})


def _put(
    wanted: list[Cell], revisions: Mapping[uuid.UUID, int]
) -> tuple[dict[uuid.UUID, Folder], list[dict[str, Any]]]:
    folders = _locked({folder_id for folder_id, _, _ in wanted})
    for folder in folders.values():
        if revisions.get(folder.id) != folder.revision:
            raise Stale(_who_was_first(folder))
    values = _read(wanted, folders)
    _free_paths(values, folders)
    written: list[dict[str, Any]] = []
    for (folder_id, name), after in values.items():
        folder, before = folders[folder_id], getattr(folders[folder_id], name)
        if before != after:
            written.append({"folder_id": str(folder_id), "field": name, "before": spell(before), "after": spell(after)})
            _write(folder, name, after)
    _check(folders.values())
    return folders, written


def _locked(ids: set[uuid.UUID]) -> dict[uuid.UUID, Folder]:
    query = select(Folder).where(Folder.id.in_(ids)).order_by(Folder.id).with_for_update(of=Folder)
    found = {folder.id: folder for folder in db.session.scalars(query.execution_options(populate_existing=True))}
    if found.keys() != ids:
        raise Refused(_("Un de ces répertoires n’existe plus. Rechargez la page."))
    return found


def _read(cells: list[Cell], folders: Mapping[uuid.UUID, Folder]) -> dict[tuple[uuid.UUID, str], Any]:
    """The values, or all the cells that cannot be at once."""
    values: dict[tuple[uuid.UUID, str], Any] = {}
    bad: dict[tuple[uuid.UUID, str], str] = {}
    for folder_id, name, typed in cells:
        try:
            values[folder_id, name] = read_cell(folders[folder_id], name, typed)
        except Refused as refused:
            bad[folder_id, name] = refused.sentence
    if bad:
        raise BadCells(bad)
    return values


def _free_paths(values: Mapping[tuple[uuid.UUID, str], Any], folders: Mapping[uuid.UUID, Folder]) -> None:
    """Every path that is about to change is given up first: two folders may exchange theirs."""
    moving = [folders[each] for (each, name), value in values.items() if name == "path" and value != folders[each].path]
    for folder in moving:
        folder.path_folded = f"~{folder.id}"
    db.session.flush()


def _write(folder: Folder, name: str, value: Any) -> None:
    if name == "document_class" and value != folder.document_class:
        reclass(folder, value)
    setattr(folder, name, value)
    if name == "path":
        folder.path_folded = fold(folder.path)


def _check(folders: Iterable[Folder]) -> None:
    """What no folder may be, whatever cell led there."""
    bad: dict[tuple[uuid.UUID, str], str] = {}
    seen: dict[tuple[uuid.UUID, str], str] = {}
    for folder in folders:
        try:
            check_signature(folder, folder.signature_side)
        except Refused as refused:
            bad[folder.id, "signature_side"] = refused.sentence
        place = (folder.family_id, folder.path_folded)
        taken = seen.get(place) or label_at(folder)
        seen[place] = folder.label
        if taken is not None:
            bad[folder.id, "path"] = _(
                "Le chemin %(path)s est déjà celui du répertoire « %(taken)s ».", path=folder.path, taken=taken
            )
    if bad:
        raise BadCells(bad)


def label_at(folder: Folder) -> str | None:
    """Which other folder of the family has this path, however it is spelled."""
    with db.session.no_autoflush:
        return db.session.scalar(
            select(Folder.label).where(
                Folder.family_id == folder.family_id,
                Folder.path_folded == folder.path_folded,
                Folder.id != folder.id,
            )
        )


def _sealed(written: list[dict[str, Any]], folders: Mapping[uuid.UUID, Folder], by: str) -> FolderChange:
    made = FolderChange(by=by, cells=written)
    db.session.add(made)
    db.session.flush()
    _bump(folders, written, by)
    record("folder.changed", by=by, facts={"change": str(made.id), "cells": written})
    return made


def _bump(folders: Mapping[uuid.UUID, Folder], cells: list[dict[str, Any]], by: str) -> None:
    for folder_id in folder_ids_of(cells):
        folders[folder_id].revision += 1
    db.session.flush()
    for folder_id in (uuid.UUID(cell["folder_id"]) for cell in cells if cell["field"] == "on_portal"):
        follow_box(folder=folders[folder_id], by=by)


def _who_was_first(folder: Folder) -> str:
    mine = FolderChange.cells.contains([{"folder_id": str(folder.id)}])
    last = db.session.scalars(select(FolderChange).where(mine).order_by(FolderChange.at.desc()).limit(1)).first()
    who = names_of([last.by]).get(last.by, "quelqu’un") if last else "quelqu’un"
    return str(
        _(
            "%(who)s a modifié le répertoire « %(label)s » entre-temps. Rien n’est enregistré : comparez vos "
            "valeurs avec les siennes, puis enregistrez à nouveau.",
            who=who,
            label=folder.label,
        )
    )
