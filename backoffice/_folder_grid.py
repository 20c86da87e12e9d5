"""The grid of folders as a form: one control a cell, named `<field>-<folder id>`, and what stood on screen beside."""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.documents.cells import BOXES, FIELDS, spell
from shared.documents.configuring import Cell

GRID = (
    "path",
    "label",
    "on_portal",
    "signature_side",
    "signature_level",
    "signed_folder_id",
    "notify",
    "slot",
    "link_target",
    "template_id",
    "deposit_allowed",
    "reason_required",
    "document_class",
    "retention_class",
    "activity_id",
)
PATH_FIELDS = ("path", "label")


def cells_of(form: Mapping[str, str]) -> list[Cell]:
    """The cells that differ from what stood on screen; a box that is not sent was unticked, where a whole row is."""
    shown = {folder_id: _shown(form, folder_id) for folder_id in _rows(form)}
    return [
        (folder_id, name, typed) for folder_id, name, typed in _all_cells(form) if typed != shown[folder_id].get(name)
    ]


def revisions_of(form: Mapping[str, str]) -> dict[uuid.UUID, int]:
    """What stood on screen: folder → revision."""
    return {folder_id: _number(form[f"revision-{folder_id}"]) for folder_id in _rows(form)}


def typed_values(form: Mapping[str, str]) -> dict[str, str]:
    """What was changed, to be shown again by a refused page."""
    return {f"{name}-{folder_id}": str(value) for folder_id, name, value in cells_of(form)}


def shown_values(values: Any, fields: Iterable[str]) -> str:
    """What stands on screen of one row, for the form to bring back."""
    return json.dumps({name: spell(getattr(values, name)) for name in fields}, ensure_ascii=False)


def conflicts(form: Mapping[str, str], standing: Mapping[uuid.UUID, Any]) -> dict[str, str]:
    """Cells that both changed: control → what somebody else wrote there meanwhile."""
    both = {}
    for folder_id, name, _typed in cells_of(form):
        row = standing.get(folder_id)
        theirs = spell(getattr(row, name)) if row is not None else None
        if theirs is not None and theirs != _shown(form, folder_id).get(name):
            both[f"{name}-{folder_id}"] = theirs
    return both


def _all_cells(form: Mapping[str, str]) -> Iterator[Cell]:
    names = [name for name in form.get("fields", "").split() if name in FIELDS]
    for folder_id in _rows(form):
        for name in names:
            unticked = name in BOXES and f"shown-{folder_id}" in form
            if unticked or f"{name}-{folder_id}" in form:
                yield folder_id, name, form.get(f"{name}-{folder_id}", "")


def _shown(form: Mapping[str, str], folder_id: uuid.UUID) -> dict[str, str]:
    try:
        found = json.loads(form.get(f"shown-{folder_id}", "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _rows(form: Mapping[str, str]) -> Iterator[uuid.UUID]:
    for name in form:
        kind, _, folder_id = name.partition("-")
        if kind == "revision":
            try:
                yield uuid.UUID(folder_id)
            except ValueError:
                continue


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() else -1
