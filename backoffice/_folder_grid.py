"""The grid of folders as a form: one control a cell, named `<field>-<folder id>`."""

import uuid
from collections.abc import Iterator, Mapping

from shared.documents.cells import FIELDS
from shared.documents.configuring import Cell

GRID = ("path", "label", "on_portal", "signature_side", "notify", "slot", "link_target")
PATH_FIELDS = ("path", "label")


def cells_of(form: Mapping[str, str]) -> list[Cell]:
    """Every cell of every row sent; a box that was not ticked is not sent, and means no."""
    names = [name for name in form.get("fields", "").split() if name in FIELDS]
    return [(folder_id, name, form.get(f"{name}-{folder_id}", "")) for folder_id in _rows(form) for name in names]


def revisions_of(form: Mapping[str, str]) -> dict[uuid.UUID, int]:
    """What stood on screen: folder → revision."""
    return {folder_id: _number(form[f"revision-{folder_id}"]) for folder_id in _rows(form)}


def typed_values(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, to be shown again by a refused page."""
    return {f"{name}-{folder_id}": str(value) for folder_id, name, value in cells_of(form)}


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
