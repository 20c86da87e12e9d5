"""What the page of a document shows of it. Images and lists are made once for each original and kept beside it.

A derived object without bytes says that nothing can be shown: a file that was too complex once is not tried again.
"""

import json
import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import select

from shared.documents import previewing
from shared.documents.checking import faithful
from shared.documents.models import Version
from shared.documents.refusals import FileRefused
from shared.documents.storage import Missing, Unavailable, derived_key, original_key, storage
from shared.documents.storage_folder import FolderStorage
from shared.extensions import db

MIME = "image/webp"
WIDTHS = (720, 1280)  # pixels: a phone, then a larger or denser screen
TEXT_SHOWN = 30_000  # characters
PARAGRAPHS_SHOWN = 500
NAMES_SHOWN = 500

LOG = logging.getLogger(__name__)


class Shown(Protocol):
    """What is needed of a document's current version, as `reading.Sheet` holds it."""

    @property
    def version_id(self) -> uuid.UUID: ...
    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def pages(self) -> int | None: ...


@dataclass(frozen=True)
class Glance:
    """`pages` images, or paragraphs, or the names and sizes of an archive; `text` is for those who listen."""

    pages: int = 0
    text: str = ""
    paragraphs: tuple[str, ...] = ()
    entries: tuple[tuple[str, int], ...] = ()
    cut: bool = False


def glance(*, sheet: Shown, page: int) -> Glance:
    """What the document's page shows, without touching its bytes except for the list of an archive."""
    text = _whole_text(sheet) if sheet.kind in ("pdf", "docx") else ""
    names = _entries(sheet) if sheet.kind == "zip" else []
    return glance_of(kind=sheet.kind, pages=sheet.pages, text=text, names=names, page=page)


def glance_of(*, kind: str, pages: int | None, text: str, names: Sequence[tuple[str, int]], page: int) -> Glance:
    """The same of what is known already: `text` has a form feed between its pages, `names` are an archive's."""
    if kind == "pdf":
        return Glance(pages=pages or 1, text=_text_of(text, page))
    if kind == "image":
        return Glance(pages=1)
    if kind == "docx":
        lines = [line for line in text.split("\n") if line.strip()]
        return Glance(paragraphs=tuple(lines[:PARAGRAPHS_SHOWN]), cut=len(lines) > PARAGRAPHS_SHOWN)
    if kind == "zip":
        return Glance(entries=tuple(names[:NAMES_SHOWN]), cut=len(names) > NAMES_SHOWN)
    return Glance()


def page_image(*, sheet: Shown, page: int, width: int) -> bytes | None:
    """One page (1 is the first) as WebP, `width` being one of WIDTHS; None when there is no such image.

    Raises Missing or Altered when the original is lost, Unavailable, and FileRefused for what cannot be shown.
    """
    pages = {"pdf": sheet.pages or 1, "image": 1}.get(sheet.kind, 0)
    if not 1 <= page <= pages or width not in WIDTHS:
        return None

    def make(source: bytes | Path) -> bytes:
        if sheet.kind == "image":
            return previewing.thumbnail(source, width).data
        return previewing.render_page(source, page - 1, width).data

    return kept(sheet, f"page-{page}-{width}", make, MIME)


def kept(sheet: Shown, kind: str, make: Callable[[bytes | Path], bytes], mime: str) -> bytes:
    """The derived object of that kind, made at the first call; raises as `page_image` does."""
    key, where = derived_key(sheet.sha256, kind), storage()
    try:
        data = b"".join(where.open(key).chunks)
    except Missing:
        try:
            data = make(_source(sheet))
        except FileRefused:
            data = b""
        try:
            where.put(key, data, mime)
        except Unavailable as error:  # shown now, made again the next time
            LOG.warning("a preview was not kept: %s", error)
    if not data:
        raise FileRefused("complex")
    return data


def _entries(sheet: Shown) -> list[tuple[str, int]]:
    def make(source: bytes | Path) -> bytes:
        return json.dumps(previewing.zip_entries(source)).encode()

    try:
        return [(name, size) for name, size in json.loads(kept(sheet, "entries.json", make, "application/json"))]
    except (FileRefused, Missing, Unavailable):
        return []


def _source(sheet: Shown) -> bytes | Path:
    """The original for the sandbox: its file where there is one, once its hash is known to be right."""
    where = storage()
    with faithful(sha256=sheet.sha256, size=sheet.size) as file:
        return where.path(original_key(sheet.sha256)) if isinstance(where, FolderStorage) else file.read()


def _text_of(text: str, page: int) -> str:
    pages = text.split("\f")
    return pages[page - 1].strip()[:TEXT_SHOWN] if page <= len(pages) else ""


def _whole_text(sheet: Shown) -> str:
    return db.session.scalar(select(Version.text).where(Version.id == sheet.version_id)) or ""
