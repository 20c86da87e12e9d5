"""The cells of the folder grid: which fields may be edited, how each is read and spelled."""

import enum
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.documents.models import Folder, LinkTarget, Notify, SignatureSide
from shared.documents.paths import canonical_path
from shared.errors import Refused
from shared.people.models import EmailSlot

LONGEST_LABEL = 80


@dataclass(frozen=True)
class Field:
    """One column; `read` turns what was typed, or what a change kept, into the value."""

    read: Callable[[str], Any]
    label: str


def _choice(kind: type[enum.StrEnum], empty: bool = False) -> Callable[[str], Any]:
    def read(written: str) -> Any:
        if empty and not written:
            return None
        try:
            return kind(written)
        except ValueError:
            raise Refused("Cette valeur n’est pas proposée. Choisissez-en une dans la liste.") from None

    return read


def _label(written: str) -> str:
    text = " ".join(written.split())
    if not text or len(text) > LONGEST_LABEL:
        raise Refused(f"La désignation compte de 1 à {LONGEST_LABEL} caractères.", field="label")
    if not text.isprintable():
        raise Refused("La désignation contient un caractère invisible.", field="label")
    return text


def _box(written: str) -> bool:
    return written in ("1", "true", "on", "y")


FIELDS: dict[str, Field] = {
    "path": Field(str, "Chemin"),
    "label": Field(_label, "Désignation"),
    "on_portal": Field(_box, "Portail"),
    "signature_side": Field(_choice(SignatureSide, empty=True), "Signature"),
    "notify": Field(_choice(Notify), "Notification"),
    "slot": Field(_choice(EmailSlot), "Notifier sur"),
    "link_target": Field(_choice(LinkTarget), "Lien vers"),
}


def read_cell(folder: Folder, name: str, written: Any) -> Any:
    """The value of a cell as it was typed; raises Refused, also for a field that the grid does not edit."""
    field = FIELDS.get(name)
    if field is None:
        raise Refused("Cette colonne ne se modifie pas dans la grille.")
    if name == "path":
        return canonical_path(str(written), folder.family.root)
    return field.read(spell(written))


def spell(value: Any) -> str:
    """A value as a change keeps it: text, empty for nothing, « 1 » or nothing for a box."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    return str(value.value) if isinstance(value, enum.Enum) else str(value)


def folder_ids_of(cells: list[dict[str, Any]]) -> set[uuid.UUID]:
    """The folders that a change touched."""
    return {uuid.UUID(cell["folder_id"]) for cell in cells}
