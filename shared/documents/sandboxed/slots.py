"""Where a signature can stand on a page: upright for whoever reads it, in its half, over nothing.

Lengths are points as displayed, from the lower left corner of what is displayed; a box handed back is in the page's
own units, as a PDF wants it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pikepdf
import pypdfium2 as pdfium
from PIL import Image

from shared.documents.sandboxed.reject import Reject

MARGIN = 36.0  # points from the edges of what is displayed
STEP = 12.0
APART = 6.0  # between two signatures
NEAR = 160.0  # points: further from its anchor a signature would seem to belong to something else
LEAST = (60.0, 24.0)  # points: smaller than that nobody reads it
PAPER = 235  # of 255: darker, a page is not a ground to write on
GRAIN = 6  # of 255: what a scanner leaves on white
PIXELS = 4_000_000  # of the largest picture looked at

Box = tuple[float, float, float, float]


@dataclass
class Sheet:
    """One page as displayed: its size, its picture in shades of grey, what stands on it already."""

    number: int
    visible: Box  # in the page's units
    rotation: int
    unit: float
    picture: Image.Image
    taken: list[Box] = field(default_factory=list)

    @property
    def width(self) -> float:
        return self._sides[self.rotation in (90, 270)] * self.unit

    @property
    def height(self) -> float:
        return self._sides[self.rotation not in (90, 270)] * self.unit

    @property
    def _sides(self) -> tuple[float, float]:
        x0, y0, x1, y1 = self.visible
        return x1 - x0, y1 - y0

    def is_free(self, box: Box) -> bool:
        """Whether nothing is drawn there, and no other signature."""
        x0, y0, x1, y1 = box
        if any(x0 < c + APART and a < x1 + APART and y0 < d + APART and b < y1 + APART for a, b, c, d in self.taken):
            return False
        across, down = self.picture.width / self.width, self.picture.height / self.height
        crop = (
            int(x0 * across),
            int((self.height - y1) * down),
            int(x1 * across) + 1,
            int((self.height - y0) * down) + 1,
        )
        darkest, lightest = cast("tuple[int, int]", self.picture.crop(crop).getextrema())
        return bool(darkest >= PAPER and lightest - darkest <= GRAIN)

    def to_page(self, box: Box) -> Box:
        """The box in the page's own coordinates."""
        u0, v0, u1, v1 = (each / self.unit for each in box)
        x0, y0, x1, y1 = self.visible
        return {
            0: (x0 + u0, y0 + v0, x0 + u1, y0 + v1),
            90: (x1 - v1, y0 + u0, x1 - v0, y0 + u1),
            180: (x1 - u1, y1 - v1, x1 - u0, y1 - v0),
            270: (x0 + v0, y1 - u1, x0 + v1, y1 - u0),
        }[self.rotation]

    def from_page(self, box: Box) -> Box:
        """A box of the page as it is displayed."""
        a, b, c, d = box
        x0, y0, x1, y1 = self.visible
        u0, v0, u1, v1 = {
            0: (a - x0, b - y0, c - x0, d - y0),
            90: (b - y0, x1 - c, d - y0, x1 - a),
            180: (x1 - c, y1 - d, x1 - a, y1 - b),
            270: (y1 - d, a - x0, y1 - b, c - x0),
        }[self.rotation]
        return u0 * self.unit, v0 * self.unit, u1 * self.unit, v1 * self.unit


def sheet(pdf: pikepdf.Pdf, rendered: pdfium.PdfDocument, number: int) -> Sheet:
    """The page of that number (0 is the first), looked at."""
    page = pdf.pages[number]
    visible = _visible(page)
    unit = float(page.obj.get("/UserUnit", 1))
    rotation = int(_inherited(page.obj, "/Rotate", 0)) % 360
    if rotation % 90:
        rotation = 0
    wide, high = rendered.get_page_size(number)
    scale = min(1.5, (PIXELS / max(wide * high, 1.0)) ** 0.5)
    picture = rendered[number].render(scale=scale, may_draw_forms=True).to_pil().convert("L")
    found = Sheet(number, visible, rotation, unit if 0 < unit <= 1000 else 1.0, picture)
    for annotation in page.obj.get("/Annots", []):
        if annotation.get("/Subtype") == "/Widget" and "/Rect" in annotation:
            found.taken.append(found.from_page(_corners(annotation["/Rect"])))
    return found


def beside(sheet: Sheet, side: str, size: tuple[float, float]) -> Box | None:
    """The lowest free place in that half of the page; None when there is none."""
    width, height = _fitting(sheet, size)
    if width < LEAST[0] or height < LEAST[1]:
        return None
    left = MARGIN if side == "left" else sheet.width - MARGIN - width
    room = sheet.width / 2 - MARGIN - width  # the place may come nearer to the middle, never across it
    shifts = [0.0, *(STEP * 2 * n for n in range(1, int(max(room, 0) // (STEP * 2)) + 1))]
    for bottom in _levels(sheet, height):
        for shift in shifts:
            at = left + shift if side == "left" else left - shift
            box = (at, bottom, at + width, bottom + height)
            if sheet.is_free(box):
                return box
    return None


def near(sheet: Sheet, anchor: Box, size: tuple[float, float]) -> Box | None:
    """The free place that is nearest to a text, under it or beside it first; None when it would be far."""
    width, height = _fitting(sheet, size)
    best: tuple[float, Box] | None = None
    for bottom in _levels(sheet, height):
        for step in range(int(max(sheet.width - 2 * MARGIN - width, 0) // STEP) + 1):
            left = MARGIN + step * STEP
            box = (left, bottom, left + width, bottom + height)
            far = _distance(anchor, box)
            if far <= NEAR and (best is None or far < best[0]) and sheet.is_free(box):
                best = far, box
    return best[1] if best else None


def anchor_on(rendered: pdfium.PdfDocument, number: int, words: str) -> Box | None:
    """Where a text stands on a page, in the page's own coordinates: the last time it is written."""
    text, found = rendered[number].get_textpage(), None
    search = text.search(words)
    while (hit := search.get_next()) is not None:
        found = hit
    if found is None:
        return None
    start, count = found
    corners = [text.get_charbox(start + each) for each in range(count)]
    return (
        min(each[0] for each in corners),
        min(each[1] for each in corners),
        max(each[2] for each in corners),
        max(each[3] for each in corners),
    )


def _fitting(sheet: Sheet, size: tuple[float, float]) -> tuple[float, float]:
    """The size asked for, or what half of a small page can take of it."""
    share = min(1.0, (sheet.width / 2 - MARGIN - APART) / size[0], (sheet.height - 2 * MARGIN) / size[1])
    return size[0] * share, size[1] * share


def _levels(sheet: Sheet, height: float) -> Iterator[float]:
    steps = int((sheet.height - 2 * MARGIN - height + 0.01) // (STEP / 2))
    yield from (MARGIN + step * STEP / 2 for step in range(steps + 1))


def _distance(anchor: Box, box: Box) -> float:
    across = max(anchor[0] - box[2], box[0] - anchor[2], 0.0)
    along = max(anchor[1] - box[3], box[1] - anchor[3], 0.0)
    above = 40.0 if box[1] >= anchor[3] else 0.0  # people sign under the words
    return float((across**2 + along**2) ** 0.5 + above + abs(anchor[0] - box[0]) / 100)


def _visible(page: pikepdf.Page) -> Box:
    media = _corners(_inherited(page.obj, "/MediaBox", [0, 0, 612, 792]))
    crop = _corners(_inherited(page.obj, "/CropBox", media))
    seen = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
    box = seen if seen[0] < seen[2] and seen[1] < seen[3] else media
    if box[2] - box[0] < 1 or box[3] - box[1] < 1:
        raise Reject("unreadable")
    return box


def _inherited(node: Any, name: str, default: Any) -> Any:
    for _level in range(64):
        if name in node:
            return node[name]
        if "/Parent" not in node:
            break
        node = node["/Parent"]
    return default


def _corners(box: Any) -> Box:
    a, b, c, d = (float(each) for each in list(box)[:4])
    return min(a, c), min(b, d), max(a, c), max(b, d)
