"""What a folder does for one party alone, and the way back to what it does for all."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from shared.clock import now
from shared.documents.cells import BadCells, check_signature, read_cell, spell
from shared.documents.effective import EXCEPTABLE, settings_of
from shared.documents.models import Folder, FolderException
from shared.documents.sharing import follow_box
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import Party

Cell = dict[str, Any]  # field, before, after
Typed = tuple[uuid.UUID, str, Any]
CHANGED = "folder.exception_changed"


def differ(
    *,
    party: Party,
    folder: Folder,
    values: Mapping[str, Any],
    by: str,
    revision: int,
    change: uuid.UUID | None = None,
) -> list[Cell]:
    """Write the settings that differ from what holds for the party now; which cells, empty when none does.

    `change` names what is undone together (`excepting_back`), `revision` what was on screen, 0 for no exception: Stale
    when somebody was faster. Raises BadCells for the values that cannot be, Refused for a field that belongs to the
    folder or a folder of another family.
    """
    exception = locked(party, folder, revision)
    current = settings_of(folder, exception)
    cells: list[Cell] = []
    bad: dict[tuple[uuid.UUID, str], str] = {}
    for name, typed in values.items():
        if name not in EXCEPTABLE:
            raise Refused(_("Cette colonne est la même pour tous les tiers."))
        before = getattr(current, name)
        try:
            after = before if spell(before) == spell(typed) else _read(folder, name, typed)
        except Refused as refused:
            bad[folder.id, name] = refused.sentence
            continue
        if before != after:
            cells.append({"field": name, "before": spell(before), "after": spell(after)})
    if bad:
        raise BadCells(bad)
    if not cells:
        return []
    own = {cell["field"]: cell["after"] for cell in cells}
    put(exception, party=party, folder=folder, own=own, cells=cells, by=by, change=change or uuid7())
    return cells


def differ_in(*, party: Party, cells: Iterable[Typed], by: str, revisions: Mapping[uuid.UUID, int]) -> int:
    """Several folders at once, all or nothing; returns how many values are the party's own since.

    Raises BadCells with every cell that cannot be, and what `differ` raises.
    """
    rows: dict[uuid.UUID, dict[str, Any]] = {}
    for folder_id, name, typed in cells:
        rows.setdefault(folder_id, {})[name] = typed
    made, change = 0, uuid7()
    bad: dict[tuple[uuid.UUID, str], str] = {}
    for folder_id, values in rows.items():
        folder = db.session.get(Folder, folder_id)
        if folder is None:
            raise Refused(_("Un de ces répertoires n’existe plus. Rechargez la page."))
        try:
            seen = revisions.get(folder_id, -1)
            changed = differ(party=party, folder=folder, values=values, by=by, revision=seen, change=change)
        except BadCells as found:
            bad |= found.sentences
            continue
        made += len(changed)
    if bad:
        raise BadCells(bad)
    return made


def follow(*, party: Party, folder: Folder, names: set[str], by: str, revision: int) -> int:
    """« Revenir au réglage commun » for these fields; returns how many were the party's own. Stale as `differ`."""
    exception = locked(party, folder, revision)
    own = sorted(names & exception.values.keys())
    if not own:
        return 0
    before = exception.values
    cells = [{"field": name, "before": before[name], "after": spell(getattr(folder, name))} for name in own]
    put(exception, party=party, folder=folder, own=dict.fromkeys(own), cells=cells, by=by, change=uuid7())
    return len(own)


def put(
    exception: FolderException,
    *,
    party: Party,
    folder: Folder,
    own: Mapping[str, str | None],
    cells: list[Cell],
    by: str,
    change: uuid.UUID,
    undoes: str = "",
) -> None:
    """Write what is the party's own from now on, None to follow the folder; the event says what was, for an undo."""
    had = {name: exception.values[name] for name in own if name in exception.values}
    has = {name: value for name, value in own.items() if value is not None}
    kept = {name: value for name, value in exception.values.items() if name not in own}
    origins = {name: origin for name, origin in exception.origins.items() if name not in own}
    exception.values = kept | has
    exception.origins = origins | {name: {"by": by, "at": now().isoformat()} for name in has}
    exception.revision += 1
    db.session.flush()
    facts = {"folder": str(folder.id), "label": folder.label, "cells": cells, "had": had, "has": has}
    facts |= {"change": str(change)} | ({"undoes": undoes} if undoes else {})
    record(CHANGED, by=by, party_id=party.id, facts=facts)
    if any(cell["field"] == "on_portal" for cell in cells):
        follow_box(folder=folder, by=by, party_id=party.id)


def locked(party: Party, folder: Folder, revision: int | None = None) -> FolderException:
    """The row of this party and folder, made where there is none: two clerks at once wait for each other.

    Stale where `revision` is not the one that stands.
    """
    if folder.family_id != party.family_id:
        raise Refused(_("Ce répertoire appartient à une autre famille de tiers."))
    fresh = {"party_id": party.id, "folder_id": folder.id, "values": {}, "origins": {}, "revision": 0}
    db.session.execute(insert(FolderException).values(**fresh).on_conflict_do_nothing())
    query = select(FolderException).where(FolderException.party_id == party.id, FolderException.folder_id == folder.id)
    found = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
    if revision is not None and found.revision != revision:
        raise Stale(_who_was_first(found, folder))
    return found


def _read(folder: Folder, name: str, typed: Any) -> Any:
    value = read_cell(folder, name, typed)
    if name == "signature_side":
        check_signature(folder, value)
    return value


def _who_was_first(exception: FolderException, folder: Folder) -> str:
    last = max(exception.origins.values(), key=lambda origin: str(origin["at"]), default=None)
    who = names_of([last["by"]]).get(last["by"], "quelqu’un") if last else "quelqu’un"
    return str(
        _(
            "%(who)s a modifié les réglages de ce tiers pour « %(label)s » entre-temps. Rien n’est enregistré : "
            "comparez vos valeurs avec les siennes, puis enregistrez à nouveau.",
            who=who,
            label=folder.label,
        )
    )
