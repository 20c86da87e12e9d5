"""What is not a PDF: a photograph, a Word document, an archive. The same words give the same file."""

import io
import random
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import docx
from PIL import Image, ImageDraw, ImageFilter

SIZE = (1280, 960)
EPOCH = (2025, 1, 6, 9, 0, 0)  # of the names inside an archive


@dataclass(frozen=True)
class Bundle:
    """A file to make: its kind, its title, and the paragraphs that it holds."""

    kind: Literal["jpg", "docx", "zip"]
    title: str
    paragraphs: tuple[str, ...] = ()


def make_bundle(bundle: Bundle) -> bytes:
    """The bytes of that file."""
    if bundle.kind == "jpg":
        return _photograph(bundle)
    return _document(bundle) if bundle.kind == "docx" else _archive(bundle)


def _photograph(bundle: Bundle) -> bytes:
    """Lamps in the dark, none twice the same."""
    draw = random.Random(bundle.title)
    picture = Image.new("RGB", SIZE, (24, 30, 38))
    brush = ImageDraw.Draw(picture)
    for _lamp in range(draw.randint(4, 7)):
        x, y, size = draw.randint(120, 1160), draw.randint(160, 620), draw.randint(40, 110)
        warm = (255, draw.randint(190, 225), draw.randint(110, 160))
        brush.line((x, 0, x, y), fill=(70, 76, 84), width=4)
        brush.ellipse((x - size, y - size, x + size, y + size), fill=warm)
    picture = picture.filter(ImageFilter.GaussianBlur(9))
    ImageDraw.Draw(picture).text((40, 890), bundle.title, fill=(235, 235, 235), font_size=34)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def _document(bundle: Bundle) -> bytes:
    document = docx.Document()
    document.core_properties.title = bundle.title
    document.core_properties.author = "Atelier Lumen"
    document.core_properties.created = document.core_properties.modified = datetime(*EPOCH)  # noqa: DTZ001  as Word keeps it
    document.add_heading(bundle.title, level=1)
    for paragraph in bundle.paragraphs:
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _archive(bundle: Bundle) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for rank, paragraph in enumerate(bundle.paragraphs, start=1):
            photograph = _photograph(Bundle("jpg", f"{bundle.title}, vue {rank}"))
            archive.writestr(zipfile.ZipInfo(f"vue-{rank}.jpg", EPOCH), photograph)
            archive.writestr(zipfile.ZipInfo(f"vue-{rank}.txt", EPOCH), paragraph)
    return out.getvalue()
