"""What is seen of a signature: a small page made with Typst, laid in the field upright, whatever the page's rotation.

It claims no more than « signé électroniquement »: the seal proves, not the drawing (Cass. com. 13 March 2024).
"""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from PIL import Image, UnidentifiedImageError
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStampStyle

from shared.errors import Refused
from shared.sheets.making import make_sheet

WIDTH, HEIGHT = 190.0, 68.0  # points, as displayed, where the page is large enough
LINES = 4
LONGEST = 160  # characters of a line
PICTURE = 600  # pixels of the longest side: 200 to the inch on paper
PICTURE_BYTES = 2_000_000
PIXELS = 20_000_000

# A form is turned by its matrix, and the viewer fits what it covers to the field (ISO 32000-2, 12.5.5).
MATRICES = {90: (0, 1, -1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, -1, 1, 0, 0, 0)}


@dataclass(frozen=True)
class Stamp:
    """The words, four lines at most, and the drawn, typed or imported mark as a PNG."""

    lines: list[str]
    picture: bytes | None = None


def words(name: str, at: datetime, organisation: str | None = None, time_zone: str = "Europe/Paris") -> list[str]:
    """« Signé électroniquement par … le … », in the order in which the stamp shows it."""
    local = at.astimezone(ZoneInfo(time_zone))
    who = f"{name}, {organisation}" if organisation else name
    return [
        _("Signé électroniquement par"),
        who,
        _("le %(day)s à %(hour)s (%(zone)s)", day=f"{local:%d/%m/%Y}", hour=f"{local:%H:%M:%S}", zone=f"{local:%Z}"),
    ]


def clean_picture(data: bytes) -> bytes:
    """The mark drawn again as a small PNG: nothing hidden in the file comes through. Raises Refused."""
    if len(data) > PICTURE_BYTES:
        raise Refused(_("Cette image dépasse 2 Mo : recadrez-la sur la signature."), "picture")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > PIXELS:
                raise Refused(_("Cette image est trop grande : recadrez-la sur la signature."), "picture")
            drawn = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Refused(_("Cette image ne peut pas être lue : choisissez un PNG ou un JPEG."), "picture") from error
    box = drawn.getbbox()
    drawn = drawn.crop(box) if box else drawn
    drawn.thumbnail((PICTURE, PICTURE))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


@dataclass(frozen=True)
class StampStyle(BaseStampStyle):
    """How pyHanko is told: the drawing, and by how much the page is turned."""

    stamp: Stamp = Stamp([])
    rotation: int = 0
    unit: float = 1.0  # points in one unit of the page

    def create_stamp(self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, str]) -> "Laid":  # type: ignore[override]
        """The stamp for a field of that size."""
        del text_params
        wide, high = (box.height, box.width) if self.rotation in (90, 270) else (box.width, box.height)
        return Laid(writer, drawn(self.stamp, wide * self.unit, high * self.unit), self.rotation)


class Laid:
    """One drawing in one field."""

    def __init__(self, writer: BasePdfFileWriter, page: bytes, rotation: int) -> None:
        self.writer, self.page, self.rotation = writer, page, rotation

    def apply_appearance(self, annotation: generic.DictionaryObject) -> None:
        """Make it what the field shows."""
        form = self.writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self.page)))
        if self.rotation in MATRICES:
            numbers: Any = generic.NumberObject
            turned = generic.ArrayObject(numbers(each) for each in MATRICES[self.rotation])
            form.get_object()[pdf_name("/Matrix")] = turned
        looks: Any = generic.DictionaryObject
        annotation[pdf_name("/AP")] = looks({pdf_name("/N"): form})


def drawn(stamp: Stamp, width: float, height: float) -> bytes:
    """The stamp as a page of its own, `width` by `height` points."""
    lines = [" ".join(line.split())[:LONGEST] for line in stamp.lines if line.strip()][:LINES]
    picture = list(clean_picture(stamp.picture)) if stamp.picture else None
    told = {"width": round(width, 2), "height": round(height, 2), "lines": lines, "picture": picture}
    return make_sheet("stamp", told, standard=None)
