"""The columns of a file that is imported: which field each names, by its header or as staff chose."""

from collections.abc import Collection, Mapping, Sequence


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
