"""How a previewed line reads: each cell as the file has it, what it would change, what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from shared.intake.models import ImportState, PartyImport, PartyImportRow, RowVerdict
from shared.intake.party_cells import spelled

# The first that has lines is shown first: what is wrong before what is right.
VERDICTS = (RowVerdict.WRONG, RowVerdict.NEW, RowVerdict.CHANGED, RowVerdict.SAME)


@dataclass(frozen=True)
class CellTold:
    """One cell: `was` is what it would replace, `error` what would be right."""

    head: str
    text: str
    was: str | None = None
    error: str = ""


@dataclass(frozen=True)
class LineTold:
    """One line of the file."""

    number: int
    cells: tuple[CellTold, ...]


def preview_lines(found: PartyImport, rows: Iterable[PartyImportRow]) -> list[LineTold]:
    """The lines of a page; columns that are not imported are left out."""
    used = [(at, field) for at, field in enumerate(found.columns) if field]
    return [LineTold(row.line, tuple(_cell(found, row, at, field) for at, field in used)) for row in rows]


def state_words() -> dict[str, str]:
    """Each state of an import."""
    return {
        ImportState.READING.value: _("Lecture en cours"),
        ImportState.READY.value: _("Aperçu prêt, rien n’est écrit"),
        ImportState.APPLYING.value: _("Import en cours"),
        ImportState.APPLIED.value: _("Importé"),
        ImportState.UNDOING.value: _("Annulation en cours"),
        ImportState.UNDONE.value: _("Annulé"),
        ImportState.REFUSED.value: _("Refusé, rien n’est écrit"),
        ImportState.DROPPED.value: _("Abandonné"),
    }


def _cell(found: PartyImport, row: PartyImportRow, at: int, field: str) -> CellTold:
    text = row.cells[at] if at < len(row.cells) else ""
    change = row.changes.get(field) if row.verdict is RowVerdict.CHANGED else None
    return CellTold(
        head=found.heads[at],
        text=text if change is None else spelled(field, change[1]),
        was=None if change is None else spelled(field, change[0]),
        error=row.errors.get(str(at), ""),
    )
