"""Pages as images and as text."""

import io
import re
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from shared.documents.sandboxed.reject import Reject

WIDTH_MAX = 2400  # pixels
LONGEST_SIDE = 8_000  # pixels; WebP stops at 16,383
PIXELS_MAX = 12_000_000
SIDE_MAX = 14_400.0  # points: the largest page that the format allows
QUALITY = 80

# pdfium puts U+FFFE where a word is broken at the end of a line, and keeps control marks that no font draws.
_NOISE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def whole_text(data: bytes, text_max: int) -> tuple[str, bool]:
    """All the text, page after page, and whether it was cut at `text_max` characters."""
    parts: list[str] = []
    left = text_max
    document = _opened(data)
    try:
        for number in range(len(document)):
            text = _text(document, number)[:left]
            parts.append(text)
            left -= len(text)
            if left <= 0:
                return "\f".join(parts), True
    finally:
        document.close()
    return "\f".join(parts), False


def text_of_page(data: bytes, *, page: int) -> tuple[dict[str, Any], bytes]:
    """The text of one page (0 is the first)."""
    document = _opened(data)
    try:
        _check(document, page)
        return {}, _text(document, page).encode("utf-8", "replace")
    finally:
        document.close()


def sizes(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Width and height of each page as displayed, in points."""
    document = _opened(data)
    try:
        return {"sizes": [_displayed(document, number) for number in range(len(document))]}, b""
    finally:
        document.close()


def render(data: bytes, *, page: int, width: int, image_format: str) -> tuple[dict[str, Any], bytes]:
    """One page (0 is the first) as an image of `width` pixels, less when it would be too tall."""
    document = _opened(data)
    try:
        _check(document, page)
        wide, high = _displayed(document, page)
        # A hair less than asked for, because pdfium rounds up.
        scale = min((min(width, WIDTH_MAX) - 0.01) / wide, LONGEST_SIDE / high, (PIXELS_MAX / (wide * high)) ** 0.5)
        # JavaScript is not even compiled into these wheels; form fields are drawn with their values.
        document.init_forms()
        picture = document[page].render(scale=scale, may_draw_forms=True).to_pil()
    except pdfium.PdfiumError as error:
        raise Reject("unreadable") from error
    finally:
        document.close()
    out = io.BytesIO()
    picture.convert("RGB").save(out, image_format.upper(), quality=QUALITY, method=2)
    return {"width": picture.width, "height": picture.height}, out.getvalue()


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise Reject("password" if getattr(error, "err_code", 0) == raw.FPDF_ERR_PASSWORD else "unreadable") from error


def _check(document: pdfium.PdfDocument, page: int) -> None:
    if not 0 <= page < len(document):
        raise Reject("unknown_page")


def _text(document: pdfium.PdfDocument, number: int) -> str:
    try:
        page = document[number]
        text_page = page.get_textpage()
        text = _NOISE.sub("", str(text_page.get_text_bounded()).replace("\r\n", "\n"))
        text_page.close()
        page.close()
    except pdfium.PdfiumError as error:
        raise Reject("unreadable") from error
    return text


def _displayed(document: pdfium.PdfDocument, number: int) -> tuple[float, float]:
    try:
        width, height = document.get_page_size(number)
    except pdfium.PdfiumError as error:
        raise Reject("unreadable") from error
    return min(max(width, 1.0), SIDE_MAX), min(max(height, 1.0), SIDE_MAX)
