"""What a deposited file really is, and whether it may be kept. The table of what is accepted is in `docs/files.md`.

The bytes are never altered. Whatever parses them runs in the sandbox; here stand only the rules that look at the name
and at the first bytes.
"""

import codecs
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from shared.documents import sandbox
from shared.documents.masking import without_nir
from shared.documents.refusals import WARNINGS, FileRefused

Kind = Literal["pdf", "image", "docx", "zip", "other"]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNNAMED = "application/octet-stream"
PLAIN = ("text/plain", "text/csv")

IMAGE_SUFFIXES = {".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp"}
IMAGE_TYPES = {
    "JPEG": ("image/jpeg", {".jpg", ".jpeg", ".jfif"}),
    "PNG": ("image/png", {".png"}),
    "WEBP": ("image/webp", {".webp"}),
    "GIF": ("image/gif", {".gif"}),
    "TIFF": ("image/tiff", {".tif", ".tiff"}),
    "BMP": ("image/bmp", {".bmp"}),
}
PROGRAM_SUFFIXES = {".exe", ".dll", ".com", ".scr", ".msi", ".sys", ".bin", ".elf", ".so", ".run", ".o"}
# Office and book formats are zip archives under another name: they are kept, and listed under none.
ZIP_SUFFIXES = {".xlsx", ".xlsm", ".docm", ".pptx", ".pptm", ".odt", ".ods", ".odp", ".epub", ".jar", ".apk", ".kmz"}


@dataclass(frozen=True)
class Limits:
    """What one file may ask of us: bytes, pages, characters of text, pixels of an image, seconds."""

    bytes_max: int = 100_000_000
    pages_max: int = 10_000
    text_max: int = 3_000_000
    pixels_max: int = 150_000_000
    seconds: float = 60.0


LIMITS = Limits()


@dataclass(frozen=True)
class Inspection:
    """What is known of a file that may be kept.

    `text` never holds a social security number. `warnings` are French sentences for the person who deposits.
    `layers`, `signed`, `certified` (what its author allows since: 1 nothing, 2 forms and signatures, 3 comments) and
    `locked` say what a signature must know. `entries` lists an archive: name and bytes.
    """

    kind: Kind
    mime: str
    size: int
    sha256: str
    pages: int | None = None
    text: str = ""
    title: str | None = None
    embedded: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    layers: bool = False
    signed: bool = False
    certified: int | None = None
    locked: bool = False
    width: int | None = None
    height: int | None = None
    entries: tuple[tuple[str, int], ...] = ()

    @property
    def viewable(self) -> bool:
        """True for what may be shown inside a page; all else is only ever an attachment."""
        return self.kind in ("pdf", "image")


def inspect(source: bytes | Path, filename: str, *, limits: Limits = LIMITS) -> Inspection:
    """Say what the file is. Raises FileRefused (a Refused) with the reason and what to do about it.

    `filename` is what the person calls it: only its suffix is read here.
    """
    size, sha256, head = _measure(source, limits)
    suffix = Path(filename.replace("\\", "/")).suffix.lower()
    kind = _kind(head, suffix)
    if kind == "pdf":
        facts = _inspect_pdf(source, limits)
    elif kind == "image":
        facts = _inspect_image(source, suffix, limits)
    elif kind == "docx":
        facts = _inspect_docx(source, limits)
    elif kind == "zip":
        facts = _inspect_zip(source, limits)
    else:
        facts = _inspect_other(source, suffix, limits)
    return Inspection(kind=kind, size=size, sha256=sha256, **facts)


def _measure(source: bytes | Path, limits: Limits) -> tuple[int, str, bytes]:
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if size == 0:
        raise FileRefused("empty")
    if size > limits.bytes_max:
        raise FileRefused("too_big")
    if not isinstance(source, Path):
        return size, hashlib.sha256(source).hexdigest(), source[:1024]
    with source.open("rb") as file:
        head = file.read(1024)
        file.seek(0)
        return size, hashlib.file_digest(file, "sha256").hexdigest(), head


def _kind(head: bytes, suffix: str) -> Kind:
    if head.startswith(b"%PDF-"):
        if suffix not in (".pdf", ""):
            raise FileRefused("mismatch")
        return "pdf"
    if suffix == ".pdf":
        raise FileRefused("not_pdf")
    if head.startswith((b"MZ", b"\x7fELF")) and suffix not in PROGRAM_SUFFIXES:
        raise FileRefused("program")
    if _is_image(head):
        if suffix not in IMAGE_SUFFIXES and suffix:
            raise FileRefused("mismatch")
        return "image"
    if suffix in IMAGE_SUFFIXES:
        raise FileRefused("mismatch")
    return _kind_of_archive(head, suffix)


def _kind_of_archive(head: bytes, suffix: str) -> Kind:
    zipped = head.startswith((b"PK\x03\x04", b"PK\x05\x06"))
    if suffix == ".docx" or suffix == ".zip" or (zipped and not suffix):
        if not zipped:
            raise FileRefused("mismatch")
        return "docx" if suffix == ".docx" else "zip"
    if zipped and suffix not in ZIP_SUFFIXES:
        raise FileRefused("mismatch")
    return "other"


def _is_image(head: bytes) -> bool:
    starts = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
    bitmap = head.startswith(b"BM") and head[6:10] == b"\0\0\0\0"
    return head.startswith(starts) or bitmap or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")


def _inspect_pdf(source: bytes | Path, limits: Limits) -> dict[str, Any]:
    facts, text = sandbox.ask(
        "pdf",
        source,
        seconds=limits.seconds,
        pages_max=limits.pages_max,
        text_max=limits.text_max,
        pixels_max=limits.pixels_max,
    )
    return {
        "mime": "application/pdf",
        "pages": facts["pages"],
        "text": without_nir(text.decode()),
        "title": without_nir(facts["title"]) if facts["title"] else None,
        "embedded": tuple(dict.fromkeys(facts["embedded"])),
        "warnings": _sentences(facts["warnings"]),
        "layers": facts["layers"],
        "signed": facts["signed"],
        "certified": facts["certified"],
        "locked": "locked" in facts["warnings"],
    }


def _inspect_image(source: bytes | Path, suffix: str, limits: Limits) -> dict[str, Any]:
    facts, _ = sandbox.ask("image", source, seconds=limits.seconds, pixels_max=limits.pixels_max)
    mime, suffixes = IMAGE_TYPES[facts["format"]]
    return {
        "mime": mime,
        "pages": facts["pages"],
        "width": facts["width"],
        "height": facts["height"],
        "warnings": _sentences(["image_name"] if suffix and suffix not in suffixes else []),
    }


def _inspect_docx(source: bytes | Path, limits: Limits) -> dict[str, Any]:
    facts, text = sandbox.ask("docx", source, seconds=limits.seconds, text_max=limits.text_max)
    return {
        "mime": DOCX,
        "text": without_nir(text.decode()),
        "title": without_nir(facts["title"]) if facts["title"] else None,
        "warnings": _sentences(facts["warnings"]),
    }


def _inspect_zip(source: bytes | Path, limits: Limits) -> dict[str, Any]:
    facts, _ = sandbox.ask("zip", source, seconds=limits.seconds)
    return {
        "mime": "application/zip",
        "entries": tuple((name, size) for name, size in facts["entries"]),
        "warnings": _sentences(facts["warnings"]),
    }


def _inspect_other(source: bytes | Path, suffix: str, limits: Limits) -> dict[str, Any]:
    """Only plain text is read, and no parser meets it: UTF-8, else what Windows writes in France."""
    mime = _other_type(suffix)
    if mime not in PLAIN:
        return {"mime": mime}
    if isinstance(source, Path):
        with source.open("rb") as file:
            data = file.read(limits.text_max)
    else:
        data = source[: limits.text_max]
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data)  # a mark cut at the limit is no error
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return {"mime": mime, "text": without_nir(text)}


def _other_type(suffix: str) -> str:
    """The type to announce: none that a browser would run or display."""
    guessed = mimetypes.guess_type(f"x{suffix}")[0] or UNNAMED
    if guessed == "text/csv" or guessed.startswith(("application/vnd.", "audio/", "video/")):
        return guessed
    return "text/plain" if guessed == "text/plain" else UNNAMED


def _sentences(names: list[str]) -> tuple[str, ...]:
    return tuple(WARNINGS[name] for name in dict.fromkeys(names))
