"""The list of parties as CSV or XLSX: what the screen shows, in its order, with the fields that an import reads."""

import io
import tempfile
from collections.abc import Iterator
from typing import Any

from flask import Response, request

from backoffice import backoffice
from backoffice.csv_answers import csv_answer
from backoffice.reach import family_for, scope
from shared.intake.party_cells import spelled
from shared.intake.party_columns import fields_for
from shared.people.exporting import cards_of
from shared.people.models import Family
from shared.spreadsheets import FORMULAS
from shared.web.permissions import Permission, requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 256 * 1024
IN_MEMORY = 8_000_000  # bytes; a larger workbook waits in a file


@backoffice.get("/parties/export.csv")
@requires(Permission.PARTIES_SEE)
def parties_export() -> Response:
    """As a French spreadsheet opens it."""
    family, _reached = family_for(request.args.get("family"), Permission.PARTIES_SEE)
    heads = [column.label for column in fields_for(family)]
    return csv_answer(f"tiers-{family.key}", heads, _pages(family))


@backoffice.get("/parties/export.xlsx")
@requires(Permission.PARTIES_SEE)
def parties_export_xlsx() -> Response:
    """The same as a workbook whose cells are all text: no code loses its zeros, nothing is ever a formula."""
    import openpyxl  # a third of a second that only this needs
    from openpyxl.cell import WriteOnlyCell

    family, _reached = family_for(request.args.get("family"), Permission.PARTIES_SEE)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(family.label[:31])
    sheet.freeze_panes = "A2"
    sheet.append([column.label for column in fields_for(family)])
    for page in _pages(family):
        for row in page:
            cells = [WriteOnlyCell(sheet, _legal(text)) for text in row]
            for cell in cells:
                cell.data_type, cell.number_format = "s", "@"
            sheet.append(cells)
    held = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed once it is sent
    book.save(held)
    answer = Response(_chunks(held), mimetype=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="tiers-{family.key}.xlsx"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _pages(family: Family) -> Iterator[list[list[str]]]:
    """Asked for while the request lasts, read while the answer is sent."""
    fields = [column.field for column in fields_for(family)]
    reach, q, sort = scope(Permission.PARTIES_SEE), request.args.get("q", ""), request.args.get("sort", "")
    found = cards_of(family, reach, q=q, sort=sort)
    return ([[spelled(field, row[field]) for field in fields] for row in page] for page in found)


def _legal(text: str) -> str:
    """Text as a workbook may hold it, guarded like the CSV: it may be saved as one."""
    kept = "".join(mark for mark in text if mark.isprintable())
    return f"'{kept}" if kept.startswith(FORMULAS) else kept


def _chunks(held: Any) -> Iterator[bytes]:
    held.seek(0, io.SEEK_SET)
    try:
        while chunk := held.read(CHUNK):
            yield chunk
    finally:
        held.close()
