"""The pages of each payslip of a batch alone, as a file that holds nothing of the others."""

import io
import re
from typing import Any

import pikepdf

from shared.documents.sandboxed.kept import Kept
from shared.documents.sandboxed.reject import Reject

OF_A_PAGE = {
    *("/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit"),
    *("/Resources", "/Contents", "/Group"),
}
# « /Im1 Do » and « /F2 9.5 Tf », the names alone.
_SHOWN = re.compile(rb"/([^\s()<>\[\]{}/%]+)\s+(?:Do|[-+.\d]+\s+Tf)(?![^\s()<>\[\]{}/%])")

Answer = tuple[dict[str, Any], bytes]

_CUT = Kept(lambda data: pikepdf.open(io.BytesIO(data), suppress_warnings=True), pikepdf.Pdf.close)


def split(data: bytes, *, ranges: list[list[int]]) -> Answer:
    """The pages [first, last] (1 is the first) of each range as a PDF of its own, one after the other.

    `sizes` has 0 for one that holds a page whose content cannot be read whole: `damaged` lists these pages.
    """
    try:
        source = _CUT.of(data)
        made = [_cut(source, first, last) for first, last in ranges]
    except pikepdf.PasswordError as error:
        raise Reject("password") from error
    except pikepdf.PdfError as error:
        raise Reject("unreadable") from error
    damaged = [page for _data, broken in made for page in broken]
    return {"sizes": [len(each) for each, _broken in made], "damaged": damaged}, b"".join(each for each, _ in made)


def _cut(source: pikepdf.Pdf, first: int, last: int) -> tuple[bytes, list[int]]:
    drawings = {number: _drawing(source, number) for number in range(first, last + 1)}
    broken = [number for number, drawing in drawings.items() if drawing is None]
    if broken:
        return b"", broken
    out = pikepdf.new()
    out.pages.extend(source.pages[number - 1] for number in drawings)
    for page in out.pages:
        # A link, a bookmark or a shared drawer of images would carry the pages of others into this one's file.
        for key in set(page.obj.keys()) - OF_A_PAGE:
            del page.obj[key]
    if not all(_draws_all(page, drawing or b"") for page, drawing in zip(out.pages, drawings.values(), strict=True)):
        out.remove_unreferenced_resources()
    written = io.BytesIO()
    # The same pages of the same file give the same bytes.
    out.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue(), []


def _drawing(source: pikepdf.Pdf, number: int) -> bytes | None:
    """The drawing of the page, read to its end; None where it cannot be: half a payslip is not one."""
    try:
        contents = source.pages[number - 1].obj.get("/Contents")
    except IndexError:
        return None
    if contents is None:
        return b""
    before = len(source.get_warnings())
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    if not all(isinstance(stream, pikepdf.Stream) for stream in streams):
        return None
    try:
        drawing = b"\n".join(stream.read_bytes() for stream in streams)
    except pikepdf.PdfError:
        return None
    return drawing if len(source.get_warnings()) == before else None


def _draws_all(page: pikepdf.Page, drawing: bytes) -> bool:
    """Whether it shows every font and picture that it brings, none of which brings others: nothing is to be removed.

    A payslip's page almost always does; looking for what it does not takes as long as all the rest.
    """
    resources = page.obj.get("/Resources")
    if not isinstance(resources, pikepdf.Dictionary):
        return False
    shown = set(_SHOWN.findall(drawing))
    pictures = dict(resources.get("/XObject", {}).items())
    names = {name[1:].encode() for name in (*resources.get("/Font", {}).keys(), *pictures)}
    return names <= shown and all(each.get("/Subtype") == "/Image" for each in pictures.values())
