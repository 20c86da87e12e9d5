"""What a PDF must be to be kept: see the table in `docs/files.md`."""

import io
import re
from typing import Any

import pikepdf
from pikepdf import settings

from shared.documents.sandboxed import activity, certified, inflation, pages
from shared.documents.sandboxed.reject import Reject

SPACE = b"\0\t\n\x0c\r "
OBJECTS_MAX = 500_000
GLANCE = 60  # pixels

_MARKUP = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|svg|iframe|\?php)", re.IGNORECASE)
_ZIP_END = b"PK\x05\x06"

settings.set_qpdf_limits(
    doc_max_warnings=20_000,
    flate_max_memory=inflation.STREAM_MAX,
    run_length_max_memory=inflation.STREAM_MAX,
    png_max_memory=inflation.STREAM_MAX,
    tiff_max_memory=inflation.STREAM_MAX,
    max_stream_filters=8,
)


def examine(data: bytes, *, pages_max: int, text_max: int, pixels_max: int) -> tuple[dict[str, Any], bytes]:
    """Pages, title, embedded names, warnings; the text comes beside. Raises Reject."""
    check_frame(data)
    limits_hit = settings.qpdf_limit_errors()
    try:
        with _opened(data) as pdf:
            facts = _facts(pdf, pages_max, pixels_max)
    except pikepdf.PdfError as error:
        hit = settings.qpdf_limit_errors() > limits_hit or "Too many warnings" in str(error)
        raise Reject("complex" if hit else "unreadable") from error
    if settings.qpdf_limit_errors() > limits_hit:
        raise Reject("complex")
    text, cut = pages.whole_text(data, text_max)
    pages.render(data, page=0, width=GLANCE, image_format="jpeg")  # what cannot be shown is not published
    if cut:
        facts["warnings"].append("text_cut")
    return facts, text.encode("utf-8", "replace")


def check_frame(data: bytes) -> None:
    """Nothing before `%PDF-`, nothing but white space after the last `%%EOF`, no second nature."""
    if not data.startswith(b"%PDF-"):
        raise Reject("not_pdf")
    _, marker, tail = data.rpartition(b"%%EOF")
    if not marker:
        raise Reject("truncated")
    if tail.strip(SPACE):
        # The first part of a linearised file ends with a marker too: a cut one goes on with objects.
        raise Reject("truncated" if b" obj" in tail[:4096] else "junk")
    if _MARKUP.search(data[:1024]) or _is_zip(data):
        raise Reject("html_in_pdf")


def _is_zip(data: bytes) -> bool:
    """True when an archive's end record, with its comment, reaches exactly the end of the file."""
    at = data.rfind(_ZIP_END, max(0, len(data) - 65_557))
    return at >= 0 and at + 22 <= len(data) and int.from_bytes(data[at + 20 : at + 22], "little") == len(data) - at - 22


def _opened(data: bytes) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise Reject("password") from error


def _facts(pdf: pikepdf.Pdf, pages_max: int, pixels_max: int) -> dict[str, Any]:
    count = len(pdf.pages)
    if count == 0:
        raise Reject("no_page")
    if count > pages_max or len(pdf.objects) > OBJECTS_MAX:
        raise Reject("complex")
    warnings = []
    if pdf.is_encrypted:
        warnings.append("locked")
    found = activity.walk(pdf, inflation.Meter(pixels_max))
    if pdf.get_warnings():
        warnings.append("repaired")
    return {
        "pages": count,
        "title": _title(pdf),
        "embedded": found.embedded,
        "layers": "layers" in found.notes,
        "signed": "signed" in found.notes,
        "certified": certified.level(pdf) if "signed" in found.notes else None,
        "warnings": warnings + sorted(found.notes),
    }


def _title(pdf: pikepdf.Pdf) -> str | None:
    try:
        title = str(pdf.docinfo.get("/Title", "")).strip()
    except (TypeError, ValueError, AttributeError):
        return None
    return "".join(mark for mark in title if mark.isprintable())[:300] or None
