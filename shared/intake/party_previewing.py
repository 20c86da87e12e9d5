"""What an imported file would do, line by line, before anything is written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert

from shared.errors import Refused
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.intake.imported_files import Table, kept, read_table
from shared.intake.models import ImportState, PartyImport, PartyImportRow, RowVerdict
from shared.intake.party_cells import empty_of, postcode_fault, spelled, value_of
from shared.intake.party_columns import LABELS, guess
from shared.intake.party_standing import Standing, standing_by_code
from shared.people.models import Family

AT_ONCE = 1000
NUMBERS = ("siret", "vat_number")


def preview(found: PartyImport, family: Family) -> None:
    """Read the file and stage its lines; Refused when the file cannot be understood as a whole."""
    table = read_table(kept(found.sha256), found.filename)
    if len(found.columns) != len(table.heads):
        found.columns = guess(table.heads, family)
    found.heads = table.heads
    db.session.execute(delete(PartyImportRow).where(PartyImportRow.import_id == found.id))
    if "code" not in found.columns:
        _needs_columns(found, len(table.lines))
        return
    rows = list(_rows(found, family, table))
    # Without render_nulls, each change between lines with and without a party is a statement of its own.
    adding = insert(PartyImportRow).execution_options(render_nulls=True)
    for at in range(0, len(rows), AT_ONCE):
        db.session.execute(adding, rows[at : at + AT_ONCE])
    found.counts = dict(Counter(row["verdict"].value for row in rows))
    found.state, found.reason, found.total, found.done = ImportState.READY, "", len(rows), 0


def _needs_columns(found: PartyImport, lines: int) -> None:
    found.counts, found.total, found.done = {}, lines, 0
    found.state, found.reason = (
        ImportState.READY,
        _("Dites quelle colonne est le code : c’est par lui qu’un tiers est reconnu."),
    )


def _rows(found: PartyImport, family: Family, table: Table) -> Iterator[dict[str, Any]]:
    at = {field: place for place, field in enumerate(found.columns) if field}
    codes = [cells[at["code"]] for _number, cells in table.lines]
    standing = standing_by_code(family, (code for code in codes if code))
    judge = _Judge(family, at, found.empties_clear)
    for number, cells in table.lines:
        line = judge.line(number, cells, standing.get(fold(cells[at["code"]])))
        yield {"id": uuid7(), "import_id": found.id, "line": number, "cells": cells, **line}


class _Judge:
    """Compares lines with what stands; remembers the codes it has met."""

    def __init__(self, family: Family, at: dict[str, int], empties_clear: bool) -> None:
        self.family, self.at, self.empties_clear = family, at, empties_clear
        self.met: dict[str, int] = {}

    def line(self, number: int, cells: Sequence[str], stands: Standing | None) -> dict[str, Any]:
        """Verdict, changes and errors of one line."""
        changes: dict[str, list[Any]] = {}
        errors: dict[str, str] = {}
        for field, place in self.at.items():
            try:
                self._cell(field, cells[place], stands, changes)
            except Refused as refusal:
                errors[str(place)] = refusal.sentence
        self._whole(number, cells, stands, changes, errors)
        if errors:
            verdict = RowVerdict.WRONG
        elif stands is None:
            verdict = RowVerdict.NEW
        else:
            verdict = RowVerdict.CHANGED if changes else RowVerdict.SAME
        return {
            "verdict": verdict,
            "party_id": stands.id if stands else None,
            "revision": stands.revision if stands else None,
            "errors": errors,
            "changes": {} if errors else changes,
        }

    def _cell(self, field: str, text: str, stands: Standing | None, changes: dict[str, list[Any]]) -> None:
        if field == "contact":
            if text and not (stands and stands.knows(text)):
                changes[field] = ["", value_of(field, text)]
            return
        was = stands.values.get(field, "") if stands else None
        if stands is not None and text == spelled(field, was):
            return  # as it stands, right or wrong: not what this import changes
        if not text:
            if stands is None:
                if field in ("code", "name"):
                    empty_of(field)
                return
            if not self.empties_clear or field.startswith("is_"):
                return
            becomes = empty_of(field)
        else:
            becomes = value_of(field, text)
        if stands is None or becomes != was:
            changes[field] = [was, becomes]

    def _whole(
        self,
        number: int,
        cells: Sequence[str],
        stands: Standing | None,
        changes: dict[str, list[Any]],
        errors: dict[str, str],
    ) -> None:
        """What one cell alone does not show."""

        def blame(field: str, sentence: str) -> None:
            errors.setdefault(str(self.at.get(field, self.at["code"])), sentence)

        code = fold(cells[self.at["code"]])
        if code in self.met:
            blame("code", _("Ce code est déjà à la ligne %(line)s : gardez-en une seule.", line=self.met[code]))
        elif code:
            self.met[code] = number
        if stands is None and "name" not in self.at:
            blame("name", _("Ce code est nouveau : il faut une colonne « %(label)s ».", label=LABELS["name"]))
        for field, sentence in self._at_odds(stands, changes):
            blame(field, sentence)

    def _at_odds(self, stands: Standing | None, changes: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
        """Cells that are right alone and wrong together, with what else the party holds."""

        def after(field: str, otherwise: Any) -> Any:
            return changes[field][1] if field in changes else stands.values.get(field) if stands else otherwise

        if not after("is_business", not self.family.of_people):
            for field in NUMBERS:
                if field in changes and changes[field][1]:
                    yield field, _("Un particulier n’a pas ce numéro : videz la case, ou mettez « oui » à Entreprise.")
        if "postcode" in changes:
            fault = postcode_fault(changes["postcode"][1], after("country", "FR"))
            if fault:
                yield "postcode", fault
