"""What the author of a PDF allows after having certified it (DocMDP, ISO 32000-2, 12.8.2.2)."""

from typing import Any

import pikepdf

DEFAULT = 2  # forms and signatures, when the level is not written


def level(pdf: pikepdf.Pdf) -> int | None:
    """1: nothing may change; 2: forms and signatures; 3: comments too; None: the file is not certified."""
    signature = _entry(_entry(pdf.Root, "/Perms"), "/DocMDP")
    references = _entry(signature, "/Reference")
    for reference in references if isinstance(references, pikepdf.Array) else ():
        if _entry(reference, "/TransformMethod") == pikepdf.Name.DocMDP:
            written = _entry(_entry(reference, "/TransformParams"), "/P")
            return int(written) if written in (1, 2, 3) else DEFAULT
    return DEFAULT if signature is not None else None


def _entry(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, pikepdf.Dictionary) else None
