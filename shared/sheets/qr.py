"""QR codes as SVG, for letters and screens."""

import functools
import io

import segno


def qr_svg(text: str, *, border: int = 2) -> str:
    """A QR code of `text` (UTF-8, error correction M), one unit a module, without any fixed size."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", border=border, xmldecl=False, svgns=True, omitsize=True, light="white")
    return out.getvalue().decode()


@functools.lru_cache(maxsize=64)
def qr_bitmap(text: str) -> tuple[int, ...]:
    """The same as the bytes of a PNG of one dot a module: small and quick, for thousands of pages.

    The mask is always the first: choosing the best of eight costs five times as long and changes no reading.
    """
    out = io.BytesIO()
    segno.make(text, error="m", micro=False, mask=0).save(out, kind="png", border=2, scale=1)
    return tuple(out.getvalue())
