"""Pages of every sort, to be signed: turned, cropped, tiny, full, written by hand with pikepdf."""

import io
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw

A4 = (0.0, 0.0, 595.0, 842.0)
RED, BLUE = (220, 0, 0), (0, 0, 220)


@dataclass(frozen=True)
class Paper:
    """One way of being a page; `ink` is drawn as rectangles in the page's own units."""

    name: str
    media: tuple[float, float, float, float] = A4
    crop: tuple[float, float, float, float] | None = None
    rotation: int = 0
    unit: float = 1.0
    inherited: bool = False
    ink: tuple[tuple[float, float, float, float], ...] = ()
    pages: int = 1


FOOT = ((30.0, 20.0, 535.0, 60.0),)
WHOLE = ((-500.0, -500.0, 3000.0, 3000.0),)
LANDSCAPE = (0.0, 0.0, 842.0, 595.0)
UPRIGHT = [Paper("a4", ink=FOOT), Paper("landscape", media=LANDSCAPE), Paper("letter", media=(0, 0, 612, 792))]
TURNED = [replace(paper, name=f"{paper.name}-{turn}", rotation=turn) for paper in UPRIGHT for turn in (90, 180, 270)]
CROPPED = [Paper(f"cropped-{turn}", crop=(100, 150, 500, 700), rotation=turn, ink=FOOT) for turn in (0, 90, 180, 270)]
OTHERS = [
    Paper("inherited", rotation=90, inherited=True),
    Paper("inherited-270", rotation=270, inherited=True, media=LANDSCAPE),
    Paper("negative", media=(-300, -400, 295, 442)),
    Paper("negative-90", media=(-300, -400, 295, 442), rotation=90),
    Paper("crop-outside", crop=(-50, -50, 400, 600)),
    Paper("minus-90", rotation=-90),
    Paper("unit-2", media=(0, 0, 300, 420), unit=2.0),
    Paper("unit-2-90", media=(0, 0, 300, 420), unit=2.0, rotation=90),
    Paper("tiny", media=(0, 0, 150, 100)),
    Paper("a5-180", media=(0, 0, 420, 595), rotation=180),
    Paper("a2", media=(0, 0, 1191, 1684)),
    Paper("full", ink=WHOLE),
    Paper("full-90", ink=WHOLE, rotation=90),
    Paper("half-full", ink=((0, 0, 595, 600),)),
]
LAYOUTS = [*UPRIGHT, *TURNED, *CROPPED, *OTHERS]


def made(paper: Paper) -> bytes:
    """The PDF of such pages, all alike."""
    pdf = pikepdf.new()
    for _number in range(paper.pages):
        page = pdf.add_blank_page(page_size=(595, 842)).obj
        page.MediaBox = pikepdf.Array(paper.media)
        if paper.crop:
            page.CropBox = pikepdf.Array(paper.crop)
        if paper.unit != 1:
            page.UserUnit = paper.unit
        if paper.rotation and not paper.inherited:
            page.Rotate = paper.rotation
        drawn = "".join(f"{a} {b} {c - a} {d - b} re f " for a, b, c, d in paper.ink)
        page.Contents = pdf.make_stream(f"0.1 0.3 0.2 rg {drawn}".encode())
    if paper.inherited:
        pdf.Root.Pages.Rotate = paper.rotation
    return written(pdf)


def plain(pages: int = 1, text: str = "Devis") -> bytes:
    """So many A4 pages with a line of text at the top, another at the foot."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for _number in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842)).obj
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        words = (
            f"BT /F1 14 Tf 60 760 Td ({text}) Tj 0 -716 Td (Conditions au verso de ce devis, page a conserver) Tj ET"
        )
        page.Contents = pdf.make_stream(words.encode("cp1252"))
    return written(pdf)


def written(pdf: pikepdf.Pdf) -> bytes:
    """Its bytes."""
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def flag() -> bytes:
    """A mark that shows how it is held: red at the left, blue at the right."""
    picture = Image.new("RGBA", (300, 60), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 140, 60), fill=(*RED, 255))
    draw.rectangle((160, 0, 300, 60), fill=(*BLUE, 255))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def pdfsig(data: bytes, at: Path) -> str:
    """What the checker of poppler-utils says of a file, which is written at `at`."""
    at.write_bytes(data)
    program = shutil.which("pdfsig")
    assert program, "No pdfsig: run the tests by « make test », which fetches one."
    done = subprocess.run([program, "-nocert", str(at)], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout
