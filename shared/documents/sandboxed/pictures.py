"""Images: read whole once, and re-encoded for previews."""

import io
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from shared.documents.sandboxed.reject import Reject

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")
FRAMES_MAX = 500
QUALITY = 80
A4_INCHES = 11.69

Image.MAX_IMAGE_PIXELS = None  # our own limit, applied before any pixel is decoded


def examine(data: bytes, *, pixels_max: int) -> tuple[dict[str, Any], bytes]:
    """Format, size in pixels, frames. Raises Reject for what does not decode to its end."""
    with _opened(data, pixels_max) as picture:
        try:
            frames = getattr(picture, "n_frames", 1)
            picture.load()
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            raise Reject("unreadable") from error
        if frames > FRAMES_MAX:
            raise Reject("complex")
        width, height = picture.size
        return {"format": picture.format, "width": width, "height": height, "pages": frames}, b""


def thumbnail(data: bytes, *, width: int, pixels_max: int, image_format: str) -> tuple[dict[str, Any], bytes]:
    """At most `width` pixels wide and three times as tall, upright, without any metadata."""
    with _opened(data, pixels_max) as picture:
        try:
            picture.draft("RGB", (width * 2, width * 6))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((width, width * 3))
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            raise Reject("unreadable") from error
        small = _on_white(upright)
    out = io.BytesIO()
    small.save(out, image_format.upper(), quality=QUALITY)
    return {"width": small.width, "height": small.height}, out.getvalue()


def sheet(data: bytes, *, longest: int, pixels_max: int) -> tuple[dict[str, Any], bytes]:
    """A photograph as one page of PDF: upright, `longest` pixels at most on its long side, an A4 on paper."""
    with _opened(data, pixels_max) as picture:
        try:
            picture.draft("RGB", (longest, longest))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((longest, longest))
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            raise Reject("unreadable") from error
        page = _on_white(upright)
    out = io.BytesIO()
    page.save(out, "PDF", resolution=max(page.size) / A4_INCHES, quality=QUALITY)
    return {"width": page.width, "height": page.height}, out.getvalue()


def _opened(data: bytes, pixels_max: int) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Reject("unreadable") from error
    if picture.width * picture.height > pixels_max:
        raise Reject("complex")
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    """A fresh image holding the pixels alone."""
    seen = picture.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    return paper
