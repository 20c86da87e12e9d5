"""The columns of a file that is imported: which field each names, by its header or as staff chose."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shared.folding import fold

SIGNS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Column:
    """One of our fields: the header that we export, and the other ways to write it, made plain."""

    field: str
    label: str
    also: tuple[str, ...] = ()


def plain(head: str) -> str:
    """« N° de pièce » as « n de piece »: how headers are compared."""
    return SIGNS.sub(" ", fold(head).replace("n°", "n ")).strip()


def named_by(heads: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """For each header, already made plain, the field it names, "" for none; a field is named once, by its first."""
    taken: set[str] = set()
    found = []
    for head in heads:
        field = known.get(head, "")
        found.append(field if field not in taken else "")
        taken.add(field)
    return found


def chosen_of(columns: Sequence[str], heads: Sequence[str], allowed: Collection[str]) -> list[str]:
    """What staff chose, as long as the file: unknown and repeated fields are none."""
    kept: list[str] = []
    for at in range(len(heads)):
        field = columns[at] if at < len(columns) else ""
        kept.append(field if field in allowed and field not in kept else "")
    return kept
