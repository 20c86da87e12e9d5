"""A file that is imported, as a table of text: CSV as French Excel and ERPs write it, or XLSX."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from flask_babel import gettext as _

from shared.documents.inspecting import Inspection, inspect
from shared.documents.storage import Altered, Missing, original_key, read, storage
from shared.errors import Refused

BYTES_MAX = 20_000_000
UNZIPPED_MAX = 200_000_000  # bytes of an XLSX once unpacked: a bomb says more
LINES_MAX = 50_000
COLUMNS_MAX = 60
CELL_MAX = 1000  # characters kept of a cell
SEPARATORS = ";,\t|"
GUARD = ("'=", "'+", "'-", "'@", "'\t", "'\r")  # what our own exports write before what a spreadsheet would run


@dataclass(frozen=True)
class Table:
    """The headers, and each line that is not empty with the number that a spreadsheet gives it."""

    heads: list[str]
    lines: list[tuple[int, list[str]]]


def checked(*, data: bytes, filename: str) -> tuple[str, Inspection]:
    """Its name as it is kept, and what it is. Raises Refused (`file`) for what is too big, or no table."""
    if len(data) > BYTES_MAX:
        raise Refused(_too_big(), "file")
    name = "".join(mark if mark.isprintable() else "?" for mark in filename.replace("\\", "/").rpartition("/")[2])[:200]
    if not name.lower().endswith((".csv", ".txt", ".xlsx")):
        raise Refused(_("Choisissez un fichier CSV ou XLSX."), "file")
    try:
        return name, inspect(data, name)
    except Refused as refusal:
        raise Refused(refusal.sentence, "file") from refusal


def kept(sha256: str) -> bytes:
    """The bytes of one that was kept. Raises Refused when they are lost."""
    try:
        return read(storage(), original_key(sha256))
    except (Missing, Altered):
        raise Refused(_("Le fichier conservé n’est plus intact : envoyez-le de nouveau.")) from None


def read_table(data: bytes, filename: str, *, most: int = LINES_MAX) -> Table:
    """Read the file; Refused with the reason when it is no table that we understand, or has more lines than `most`."""
    if len(data) > BYTES_MAX:
        raise Refused(_too_big())
    rows = _xlsx(data) if data.startswith(b"PK\x03\x04") else _csv(data, filename)
    lines = list(islice(_numbered(rows), most + 2))
    if len(lines) > most + 1:
        raise Refused(_("Ce fichier compte plus de %(most)s lignes : importez-le en plusieurs fois.", most=most))
    if len(lines) < 2:
        raise Refused(_("Ce fichier est vide : il faut une ligne de titres, puis au moins une ligne."))
    heads = [head or _("Colonne %(number)s", number=at + 1) for at, head in enumerate(lines[0][1])]
    while heads and all(len(cells) < len(heads) or not cells[len(heads) - 1] for _number, cells in lines):
        heads.pop()
    return Table(heads, [(number, (cells + [""] * len(heads))[: len(heads)]) for number, cells in lines[1:]])


def _too_big() -> str:
    return str(_("Ce fichier dépasse %(most)s Mo : importez-le en plusieurs fois.", most=BYTES_MAX // 1_000_000))


def _numbered(rows: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows, 1):
        cells = [_clean(cell) for cell in row[:COLUMNS_MAX]]
        if any(cells):
            yield number, cells


def _clean(cell: str) -> str:
    text = " ".join(cell[:CELL_MAX].replace("\xa0", " ").replace("\u202f", " ").split())
    return text[1:] if text.startswith(GUARD) else text


def _csv(data: bytes, filename: str) -> Iterator[list[str]]:
    text = _decoded(data)
    if "\0" in text:
        raise Refused(
            _("« %(name)s » n’est ni un CSV ni un XLSX : enregistrez-le dans l’un de ces formats.", name=filename)
        )
    first, _newline, rest = text.partition("\n")
    separator = ""
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # what Excel writes for itself
        separator, text = first.strip()[4], rest
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or _separator(text))
    if separator:
        yield []
    try:
        yield from reader
    except csv.Error as error:
        raise Refused(_("Ce CSV est abîmé près de la ligne %(line)s.", line=reader.line_num + 1)) from error


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else cp1252 as Excel writes it in France."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _separator(text: str) -> str:
    """The sign that cuts the first line into the most columns, quoted texts left whole."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def columns(sign: str) -> int:
        return len(next(csv.reader([first], delimiter=sign), []))

    return max(SEPARATORS, key=columns)


def _xlsx(data: bytes) -> Iterator[list[str]]:
    """The first sheet with something on it, read line by line."""
    import openpyxl  # a third of a second that only imports and exports need

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNZIPPED_MAX:
                raise Refused(_("Ce classeur est trop volumineux une fois ouvert : importez-le en plusieurs fois."))
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except Refused:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise Refused(_("Ce classeur ne s’ouvre pas : enregistrez-le de nouveau en XLSX ou en CSV.")) from error
    try:
        yield from _sheet(book)
    except Refused:
        raise
    except Exception as error:
        raise Refused(_("Ce classeur est abîmé : enregistrez-le de nouveau en XLSX ou en CSV.")) from error
    finally:
        book.close()


def _sheet(book: Any) -> Iterator[list[str]]:
    for sheet in book.worksheets:
        # Some programs write a wrong size; without it the lines are counted as they come.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        first = next(rows, None)
        if first is not None:
            yield [_spelled(cell) for cell in first[:COLUMNS_MAX]]
            for row in rows:
                yield [_spelled(cell) for cell in row[:COLUMNS_MAX]]
            return


def _spelled(cell: Any) -> str:
    """A cell as a person reads it: « 4 » and not « 4.0 »."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else str(cell).replace(".", ",")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute or cell.second) else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
