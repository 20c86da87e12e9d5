"""What is shown of a document without handing over its bytes: images of pages, text, lists. Made in the sandbox.

Every function raises FileRefused (a Refused): too complex when a page takes too long, unknown page, unreadable.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shared.documents import sandbox
from shared.documents.inspecting import LIMITS

ImageFormat = Literal["webp", "png", "jpeg"]

PAGE_WIDTH = 900  # pixels
THUMBNAIL_WIDTH = 480  # pixels
SECONDS = 20.0  # a page that takes longer is not shown


@dataclass(frozen=True)
class Picture:
    """An encoded image and its size in pixels."""

    data: bytes
    mime: str
    width: int
    height: int


def render_page(
    source: bytes | Path, page: int = 0, width: int = PAGE_WIDTH, image_format: ImageFormat = "webp"
) -> Picture:
    """One page of a PDF (0 is the first), upright, `width` pixels wide at most 2,400."""
    facts, data = sandbox.ask("page", source, seconds=SECONDS, page=page, width=width, image_format=image_format)
    return Picture(data, f"image/{image_format}", facts["width"], facts["height"])


def thumbnail(source: bytes | Path, width: int = THUMBNAIL_WIDTH, image_format: ImageFormat = "webp") -> Picture:
    """An image made smaller and upright, without the place, date and camera that the original may tell."""
    facts, data = sandbox.ask(
        "thumbnail",
        source,
        seconds=SECONDS,
        width=width,
        pixels_max=LIMITS.pixels_max,
        image_format=image_format,
    )
    return Picture(data, f"image/{image_format}", facts["width"], facts["height"])


def page_sizes(source: bytes | Path) -> list[tuple[float, float]]:
    """Width and height of each page of a PDF as displayed, in points (1/72 inch)."""
    facts, _ = sandbox.ask("pages", source, seconds=SECONDS)
    return [(width, height) for width, height in facts["sizes"]]


def page_text(source: bytes | Path, page: int = 0) -> str:
    """The text of one page of a PDF (0 is the first), for those who listen to it."""
    _, text = sandbox.ask("page_text", source, seconds=SECONDS, page=page)
    return text.decode()


def zip_entries(source: bytes | Path) -> list[tuple[str, int]]:
    """Name and size in bytes of each file of an archive; the names are for display only."""
    facts, _ = sandbox.ask("zip", source, seconds=SECONDS)
    return [(name, size) for name, size in facts["entries"]]
