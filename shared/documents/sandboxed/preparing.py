"""A file made ready to be signed: opened, rewritten once while nobody has signed it, a place for each signature.

What somebody else signed is left byte for byte: what it lacks is refused instead of mended.
"""

import base64
import io
from typing import Any

import pikepdf
import pypdfium2 as pdfium

from shared.documents.sandboxed import activity, certified, inflation, pdfs, slots
from shared.documents.sandboxed.reject import Reject


def prepare(
    data: bytes, *, places: list[dict[str, Any]], size: list[float], page: str, pixels_max: int
) -> tuple[dict[str, Any], bytes]:
    """The file to add fields to, and the box of each place: page (0 is the first), corners in its own units.

    `page` is a PDF in base64 whose first page is added when there is no room. Raises Reject.
    """
    pdfs.check_frame(data)
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            found = activity.walk(pdf, inflation.Meter(pixels_max))
            if "layers" in found.notes:
                raise Reject("layers")
            signed = "signed" in found.notes
            if signed and certified.level(pdf) == 1:
                raise Reject("certified")
            base = data if signed else _rewritten(pdf)
            boxes, number = _boxes(base, places, (size[0], size[1]))
            added = False
            if any(box is None for box in boxes):
                if signed:
                    raise Reject("no_room")
                base, boxes, number = _with_pages(base, places, boxes, (size[0], size[1]), base64.b64decode(page))
                added = True
    except pikepdf.PasswordError as error:
        raise Reject("password") from error
    except (pikepdf.PdfError, pdfium.PdfiumError) as error:
        raise Reject("unreadable") from error
    return {"signed": signed, "boxes": boxes, "pages": number, "added": added}, base


def _rewritten(pdf: pikepdf.Pdf) -> bytes:
    """Without password, form nor usage rights: what was filled in is drawn on the page, and stays as it looks."""
    root = pdf.Root
    if "/Perms" in root:
        del root["/Perms"]
    if "/AcroForm" in root:
        if "/XFA" in root.AcroForm:
            del root.AcroForm["/XFA"]
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("all")
        if "/AcroForm" in root:
            del root["/AcroForm"]
    out = io.BytesIO()
    pdf.save(out, encryption=False, object_stream_mode=pikepdf.ObjectStreamMode.preserve, deterministic_id=True)
    return out.getvalue()


def _boxes(
    data: bytes, places: list[dict[str, Any]], size: tuple[float, float], first: int | None = None
) -> tuple[list[list[Any] | None], int]:
    rendered = pdfium.PdfDocument(data)
    rendered.init_forms()
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            last = len(pdf.pages) - 1 if first is None else first
            sheets: dict[int, slots.Sheet] = {}
            boxes = [_box(pdf, rendered, sheets, place, size, last) for place in places]
            return boxes, len(pdf.pages)
    finally:
        rendered.close()


def _box(
    pdf: pikepdf.Pdf,
    rendered: pdfium.PdfDocument,
    sheets: dict[int, slots.Sheet],
    place: dict[str, Any],
    size: tuple[float, float],
    last: int,
) -> list[Any] | None:
    def sheet(number: int) -> slots.Sheet:
        if number not in sheets:
            sheets[number] = slots.sheet(pdf, rendered, number)
        return sheets[number]

    for number in reversed(range(len(pdf.pages))) if place["anchor"] else ():
        anchor = slots.anchor_on(rendered, number, place["anchor"])
        if anchor is not None:
            on = sheet(number)
            box = slots.near(on, on.from_page(anchor), size)
            if box is not None:
                place["anchored"] = True
                return _noted(on, box)
            break
    on = sheet(last)
    box = slots.beside(on, place["side"], size)
    return _noted(on, box) if box is not None else None


def _noted(sheet: slots.Sheet, box: slots.Box) -> list[Any]:
    sheet.taken.append(box)
    return [sheet.number, *(round(each, 2) for each in sheet.to_page(box))]


def _with_pages(
    data: bytes,
    places: list[dict[str, Any]],
    boxes: list[list[Any] | None],
    size: tuple[float, float],
    page: bytes,
) -> tuple[bytes, list[list[Any] | None], int]:
    """Pages added at the end for all who would have stood on the last one, so that they stay together."""
    kept = [
        box if box is not None and place.get("anchored") else None for place, box in zip(places, boxes, strict=True)
    ]
    number = 0
    while any(box is None for box in kept):
        data = _with_page(data, page)
        waiting = [rank for rank, box in enumerate(kept) if box is None]
        found, number = _boxes(data, [{**places[rank], "anchor": ""} for rank in waiting], size)
        if all(box is None for box in found):
            raise Reject("no_room")
        for rank, box in zip(waiting, found, strict=True):
            kept[rank] = box
    return data, kept, number


def _with_page(data: bytes, page: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf, pikepdf.open(io.BytesIO(page)) as added:
        pdf.pages.append(added.pages[0])
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.preserve, deterministic_id=True)
    return out.getvalue()
