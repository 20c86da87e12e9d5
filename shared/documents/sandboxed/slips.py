"""Batches of payslips: the words of many pages at once, and where they stand."""

import ctypes
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from shared.documents.sandboxed import pages
from shared.documents.sandboxed.kept import Kept
from shared.documents.sandboxed.reject import Reject
from shared.folding import fold

GRAIN = 10_000  # steps of a page in each direction: places are told as fractions
RUNS_MAX = 2_000
TEXT_MAX = 60_000  # characters of one page

Answer = tuple[dict[str, Any], bytes]
Box = list[float]

_READ = Kept(pages._opened, pdfium.PdfDocument.close)


def read(data: bytes, *, first: int, count: int, marks: list[dict[str, Any]]) -> Answer:
    """Text of `count` pages from `first` (0 is the first); `marks` are {mark, boxes: {field: box}}.

    Of a page that bears a mark, the text inside the boxes of that mark comes too, by the mark's place in the list.
    """
    document = _READ.of(data)
    if not 0 <= first < len(document):
        raise Reject("unknown_page")
    last = min(first + count, len(document))
    return {"pages": [_read_page(document, number, marks) for number in range(first, last)]}, b""


def runs(data: bytes, *, page: int) -> Answer:
    """The runs of text of one page, each with its box as displayed: [x0, y0, x1, y1], fractions from the upper left."""
    document = pages._opened(data)
    try:
        pages._check(document, page)
        sheet = document[page]
        text_page = sheet.get_textpage()
        found = []
        for place in range(min(text_page.count_rects(), RUNS_MAX)):
            left, bottom, right, top = text_page.get_rect(place)
            text = pages._NOISE.sub("", str(text_page.get_text_bounded(left, bottom, right, top))).strip()
            if text:
                found.append({"text": text, "box": _displayed(sheet, left, bottom, right, top)})
        wide, high = pages._displayed(document, page)
        return {"runs": found, "ratio": high / wide}, b""
    except pdfium.PdfiumError as error:
        raise Reject("unreadable") from error
    finally:
        document.close()


def _read_page(document: pdfium.PdfDocument, number: int, marks: list[dict[str, Any]]) -> dict[str, Any]:
    try:
        sheet = document[number]
        text_page = sheet.get_textpage()
        text = pages._NOISE.sub("", str(text_page.get_text_bounded()).replace("\r\n", "\n"))[:TEXT_MAX]
        boxes: dict[str, dict[str, str]] = {}
        folded = fold(text) if marks else ""
        for place, mark in enumerate(marks):
            if mark["boxes"] and mark["mark"] in folded:
                boxes[str(place)] = {name: _inside(sheet, text_page, box) for name, box in mark["boxes"].items()}
        blank = not text.strip() and raw.FPDFPage_CountObjects(sheet.raw) == 0
        text_page.close()
        sheet.close()
    except pdfium.PdfiumError:
        return {"text": "", "boxes": {}, "damaged": True, "blank": False}
    return {"text": text, "boxes": boxes, "damaged": False, "blank": blank}


def _inside(sheet: pdfium.PdfPage, text_page: pdfium.PdfTextPage, box: Box) -> str:
    x0, y0 = _on_page(sheet, box[0], box[1])
    x1, y1 = _on_page(sheet, box[2], box[3])
    bounds = {"left": min(x0, x1), "bottom": min(y0, y1), "right": max(x0, x1), "top": max(y0, y1)}
    return pages._NOISE.sub("", str(text_page.get_text_bounded(**bounds)).replace("\r\n", "\n")).strip()


def _on_page(sheet: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
    """Where a place as displayed stands in the page's own measures: turned and cropped pages included."""
    across, up = ctypes.c_double(), ctypes.c_double()
    place = (round(x * GRAIN), round(y * GRAIN))
    raw.FPDF_DeviceToPage(sheet.raw, 0, 0, GRAIN, GRAIN, 0, *place, ctypes.byref(across), ctypes.byref(up))
    return across.value, up.value


def _displayed(sheet: pdfium.PdfPage, left: float, bottom: float, right: float, top: float) -> Box:
    corners = [_on_display(sheet, left, top), _on_display(sheet, right, bottom)]
    across, down = [x for x, _y in corners], [y for _x, y in corners]
    return [min(across), min(down), max(across), max(down)]


def _on_display(sheet: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(sheet.raw, 0, 0, GRAIN, GRAIN, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return across.value / GRAIN, down.value / GRAIN
