"""Photographs of a telephone made into one PDF: upright, of a reasonable size, without place, date or camera."""

import io
from collections.abc import Sequence

from shared.documents import sandbox
from shared.documents.inspecting import LIMITS

LONGEST = 2_200  # pixels of a page's long side: an A4 read at 190 dots per inch
SECONDS = 30.0  # a photograph that takes longer is refused


def bind(pictures: Sequence[bytes]) -> bytes:
    """One PDF with one page a photograph, in this order. Raises FileRefused for what is no picture, or too large."""
    import pikepdf  # where it is needed: most of what the web does is not this

    out = pikepdf.new()
    for picture in pictures:
        _facts, sheet = sandbox.ask("sheet", picture, seconds=SECONDS, longest=LONGEST, pixels_max=LIMITS.pixels_max)
        with pikepdf.open(io.BytesIO(sheet)) as page:
            out.pages.extend(page.pages)
    made = io.BytesIO()
    out.save(made)
    return made.getvalue()
