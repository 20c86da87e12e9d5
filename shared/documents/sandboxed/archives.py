"""Word documents and zip archives: what they hold, read without unpacking them."""

import io
import zipfile
import zlib
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from shared.documents.sandboxed.reject import Reject

ENTRIES_MAX = 5_000  # shown; more are counted
ENTRIES_REFUSED = 200_000
UNPACKED_MAX = 150_000_000  # bytes of a Word document
PARAGRAPHS_MAX = 20_000
RATIO_MAX = 500
PDFS_MAX = 500  # in one archive of payslips
PDFS_UNPACKED = 300_000_000  # bytes of all of them
BOMB = 1_000_000_000  # bytes below which a high ratio is harmless


def examine_docx(data: bytes, *, text_max: int) -> tuple[dict[str, Any], bytes]:
    """The paragraphs, those of tables included, one a line."""
    with _opened(data) as archive:
        infos = archive.infolist()
        if sum(info.file_size for info in infos) > UNPACKED_MAX or len(infos) > ENTRIES_MAX:
            raise Reject("complex")
        macros = any(info.filename.lower().endswith("vbaproject.bin") for info in infos)
    try:
        document = docx.Document(io.BytesIO(data))
    except (KeyError, ValueError, PackageNotFoundError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise Reject("unreadable") from error
    lines: list[str] = []
    for line in _lines(document):
        lines.append(line)
        if len(lines) >= PARAGRAPHS_MAX:
            break
    text = "\n".join(lines)
    warnings = ["macros"] * macros + ["text_cut"] * (len(text) > text_max)
    title = document.core_properties.title or ""
    return {"title": title[:300] or None, "warnings": warnings}, text[:text_max].encode("utf-8", "replace")


def examine_zip(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Names and sizes of the files inside, as written: they are for display only."""
    with _opened(data) as archive:
        infos = archive.infolist()
    total = sum(info.file_size for info in infos)
    if len(infos) > ENTRIES_REFUSED or (total > BOMB and total > len(data) * RATIO_MAX):
        raise Reject("complex")
    entries = [[_displayable(info.filename), info.file_size] for info in infos[:ENTRIES_MAX] if not info.is_dir()]
    warnings = ["protected_zip"] * any(info.flag_bits & 1 for info in infos) + ["unlisted"] * (len(infos) > ENTRIES_MAX)
    return {"entries": entries, "warnings": warnings}, b""


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Reject("unreadable") from error


def _lines(document: Any) -> Any:
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                yield " | ".join(cell.text.strip().replace("\n", " ") for cell in row.cells)
        else:
            yield block.text


def _displayable(name: str) -> str:
    """Control marks and those that turn the direction of writing are not shown."""
    return "".join(mark if mark.isprintable() else "\ufffd" for mark in name)[:300]


def unpack_pdfs(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The PDFs of an archive, one after the other; what the archive says of its sizes is not believed."""
    names: list[str] = []
    found: list[bytes] = []
    with _opened(data) as archive:
        infos = [info for info in archive.infolist() if info.filename.lower().endswith(".pdf") and not info.is_dir()]
        if len(infos) > PDFS_MAX:
            raise Reject("complex")
        for info in infos:
            if info.flag_bits & 1:
                raise Reject("password")
            left = PDFS_UNPACKED - sum(map(len, found))
            try:
                with archive.open(info) as member:
                    found.append(member.read(left + 1))
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
                raise Reject("unreadable") from error
            if len(found[-1]) > left:
                raise Reject("complex")
            names.append(_displayable(info.filename))
    return {"names": names, "sizes": [len(each) for each in found]}, b"".join(found)
