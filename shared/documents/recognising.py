"""Reading pages that are pictures, by Tesseract where Debian's `tesseract-ocr` and `tesseract-ocr-fra` are there.

A page is first drawn by the sandbox: the program only ever meets an image that we made.
"""

import csv
import functools
import io
import logging
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Select, func, select

from shared.clock import now
from shared.documents import indexing, previewing
from shared.documents.checking import faithful
from shared.documents.masking import without_nir
from shared.documents.models import Document, Version
from shared.documents.refusals import FileRefused
from shared.documents.storage import StorageError, Unavailable
from shared.extensions import db

PROGRAM, LANGUAGE = "tesseract", "fra"
PACKAGES = "tesseract-ocr tesseract-ocr-fra"
WIDTH = 1_900  # pixels: about 230 points per inch on A4
SECONDS = 60.0  # for one page
PAGES_MAX = 50  # of one document, for the search
AT_ONCE = 5  # documents a transaction
KINDS = ("pdf", "image")
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TESSDATA_PREFIX")

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """Words of one line, and their box: fractions of the page from its upper left corner."""

    text: str
    box: tuple[float, float, float, float]


def is_installed() -> bool:
    """Whether pages without text can be read on this machine, in French."""
    program = shutil.which(PROGRAM)
    return program is not None and LANGUAGE in _languages(program)


def recognise(source: bytes | Path, page: int, kind: str = "pdf") -> list[Run]:
    """The lines of a page (0 is the first) of a PDF or of an image, without any social security number.

    Raises FileRefused for what cannot be drawn or takes too long.
    """
    picture = (
        previewing.render_page(source, page, WIDTH, "png")
        if kind == "pdf"
        else previewing.thumbnail(source, WIDTH, "png")
    )
    return _lines(_read(picture.data), picture.width, picture.height)


def recognise_batch(*, limit: int = AT_ONCE) -> int:
    """Read the text of scanned documents and make it searchable; returns how many, 0 when none is left.

    May run twice at once: each document is taken by one run. What cannot be read is not tried again.
    """
    if not is_installed():
        return 0
    waiting = _unread().order_by(Version.id).limit(limit).with_for_update(of=Version, skip_locked=True)
    rows = db.session.execute(waiting).all()
    for version, document in rows:
        version.recognised_at = now()
        try:
            text = _text_of(version)
        except Unavailable:
            version.recognised_at = None
            raise
        except (FileRefused, StorageError) as error:
            LOG.warning("the pages of version %s were not recognised: %s", version.id, type(error).__name__)
            continue
        version.text = text
        if _is_newest(version):
            indexing.index(document=document, text=text)
        db.session.flush()
    return len(rows)


def is_due() -> bool:
    """Whether `recognise_batch` would find something; asked by the tick."""
    return is_installed() and bool(db.session.scalar(select(_unread().with_only_columns(Version.id).exists())))


def _unread() -> Select[Version, Document]:
    return (
        select(Version, Document)
        .join(Document, Document.id == Version.document_id)
        .where(Version.recognised_at.is_(None), Version.text == "", Version.kind.in_(KINDS))
    )


def _text_of(version: Version) -> str:
    with faithful(sha256=version.sha256, size=version.size) as file:
        data = file.read()
    pages = min(version.pages or 1, PAGES_MAX) if version.kind == "pdf" else 1
    return "\f".join("\n".join(run.text for run in recognise(data, page, version.kind)) for page in range(pages))


def _is_newest(version: Version) -> bool:
    newest = select(func.max(Version.number)).where(Version.document_id == version.document_id)
    return db.session.scalar(newest) == version.number


def _read(image: bytes) -> str:
    command = [PROGRAM, "stdin", "stdout", "-l", LANGUAGE, "--psm", "3", "tsv"]
    environ = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(command, input=image, capture_output=True, timeout=SECONDS, env=environ, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        raise FileRefused("complex") from error
    return done.stdout.decode("utf-8", "replace")


def _lines(told: str, width: int, height: int) -> list[Run]:
    """Tesseract's table of words, gathered by line."""
    lines: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(told), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == "5" and row["text"].strip():
            lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(row)
    return [_run(words, width, height) for words in lines.values()]


def _run(words: list[dict[str, str]], width: int, height: int) -> Run:
    left = min(int(word["left"]) for word in words)
    top = min(int(word["top"]) for word in words)
    right = max(int(word["left"]) + int(word["width"]) for word in words)
    bottom = max(int(word["top"]) + int(word["height"]) for word in words)
    text = without_nir(" ".join(word["text"] for word in words)).replace("\0", "")
    return Run(text, (left / width, top / height, right / width, bottom / height))


@functools.lru_cache(maxsize=4)
def _languages(program: str) -> frozenset[str]:
    try:
        done = subprocess.run([program, "--list-langs"], capture_output=True, timeout=10, check=True)
    except (subprocess.SubprocessError, OSError):
        return frozenset()
    return frozenset(done.stdout.decode("utf-8", "replace").split())
