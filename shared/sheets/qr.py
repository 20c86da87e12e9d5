"""QR codes as SVG, for letters and screens."""

import io

import segno


def qr_svg(text: str, *, border: int = 2) -> str:
    """A QR code of `text` (UTF-8, error correction M), one unit a module, without any fixed size."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", border=border, xmldecl=False, svgns=True, omitsize=True, light="white")
    return out.getvalue().decode()
