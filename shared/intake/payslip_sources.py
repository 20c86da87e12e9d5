"""The files of a batch: opened from an archive, checked, kept; then read and cut in the sandbox, never here."""

import hashlib
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from shared.documents import recognising, sandbox
from shared.documents.checking import faithful
from shared.documents.inspecting import Inspection, Limits, inspect
from shared.documents.masking import without_nir
from shared.documents.refusals import FileRefused
from shared.documents.storage import original_key, storage
from shared.documents.storage_folder import FolderStorage
from shared.intake.payslip_reading import Rule

LIMITS = Limits(bytes_max=400_000_000, pages_max=40_000, text_max=1)
SECONDS = 60.0
NAME_MAX = 200
T = TypeVar("T")
R = TypeVar("R")
Range = tuple[int, int]
AHEAD = 3  # pieces asked for before they are wanted
PIECE = 50  # pages read, or payslips cut, by one question to the sandbox
DAMAGED = {"text": "", "boxes": {}, "damaged": True, "blank": False}


def opened(filename: str, data: bytes) -> list[tuple[str, bytes]]:
    """The file itself, or the PDFs of an archive, each under its name. Raises FileRefused for a bomb."""
    name = clean_name(filename)
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return [(name, data)]
    facts, blob = sandbox.ask("slip_archive", data, seconds=SECONDS)
    found, at = [], 0
    for entry, size in zip(facts["names"], facts["sizes"], strict=True):
        found.append((clean_name(entry), blob[at : at + size]))
        at += size
    return found


def checked(filename: str, data: bytes) -> Inspection:
    """What the PDF is, as a whole. Raises FileRefused with the sentence to show."""
    found = inspect(data, filename, limits=LIMITS)
    if found.kind != "pdf":
        raise FileRefused("not_pdf")
    return found


def sha256_of(data: bytes) -> str:
    """The name of these bytes in the storage."""
    return hashlib.sha256(data).hexdigest()


def clean_name(filename: str) -> str:
    """A name fit to be kept: without folders, without what cannot be shown, without social security number."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return without_nir("".join(mark if mark.isprintable() else "?" for mark in last))[:NAME_MAX] or "lot.pdf"


@contextmanager
def on_disk(sha256: str, size: int) -> Iterator[Path]:
    """The original as a file of this machine, once its hash is known to be right."""
    where = storage()
    with faithful(sha256=sha256, size=size) as held:
        if isinstance(where, FolderStorage):
            yield where.path(original_key(sha256))
            return
        with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
            while chunk := held.read(1 << 20):
                copy.write(chunk)
            copy.flush()
            yield Path(copy.name)


def read_pages(
    *, sha256: str, size: int, first: int, last: int, rules: Sequence[Rule]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and facts of the pages `first` (1 is the first) to `last`: their text and the boxes of the rules.

    A page that stops the reader is damaged, and takes no other with it.
    """
    marks = [{"mark": rule.mark, "boxes": rule.boxes} for rule in rules]
    pieces = [(at, min(PIECE, last - at)) for at in range(first - 1, last, PIECE)]
    with on_disk(sha256, size) as source:
        for (at, _size), pages in _ahead(lambda piece: _read(source, *piece, marks), pieces):
            for place, page in enumerate(pages, start=at):
                told = page["text"].strip() or page["damaged"] or page["blank"] or not recognising.is_installed()
                yield place + 1, page if told else _recognised(source, place, rules)


def cut(*, sha256: str, size: int, ranges: Sequence[Range]) -> Iterator[tuple[Range, bytes]]:
    """Each range [first, last] of pages (1 is the first) and its PDF; empty for one that holds a damaged page."""
    pieces = [ranges[at : at + PIECE] for at in range(0, len(ranges), PIECE)]
    with on_disk(sha256, size) as source:
        for piece, found in _ahead(lambda piece: _cut(source, piece), pieces):
            yield from zip(piece, found, strict=True)


def _ahead(ask: Callable[[T], R], pieces: Sequence[T]) -> Iterator[tuple[T, R]]:
    """Each piece with its answer, in order; the sandbox works on the next ones meanwhile."""
    with ThreadPoolExecutor(1) as beside:
        coming: deque[Future[R]] = deque()
        try:
            for place, piece in enumerate(pieces):
                for each in pieces[place + len(coming) : place + AHEAD]:
                    coming.append(beside.submit(ask, each))
                yield piece, coming.popleft().result()
        finally:
            for unwanted in coming:
                unwanted.cancel()


def _cut(source: Path, ranges: Sequence[Range]) -> list[bytes]:
    try:
        facts, blob = sandbox.ask("slip_split", source, seconds=SECONDS, ranges=ranges)
    except FileRefused:
        if len(ranges) == 1:
            return [b""]
        half = len(ranges) // 2
        return _cut(source, ranges[:half]) + _cut(source, ranges[half:])
    found, at = [], 0
    for size in facts["sizes"]:
        found.append(blob[at : at + size])
        at += size
    return found


def _read(source: Path, first: int, count: int, marks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    try:
        facts, _blob = sandbox.ask("slip_pages", source, seconds=SECONDS, first=first, count=count, marks=marks)
    except FileRefused:
        if count == 1:
            return [dict(DAMAGED)]
        half = count // 2
        return _read(source, first, half, marks) + _read(source, first + half, count - half, marks)
    found: list[dict[str, Any]] = facts["pages"]
    return found


def _recognised(source: Path, page: int, rules: Sequence[Rule]) -> dict[str, Any]:
    """The words of a picture, and those whose middle stands inside each box."""
    try:
        runs = recognising.recognise(source, page)
    except FileRefused:
        runs = []
    boxes = {
        str(place): {name: inside(runs, box) for name, box in rule.boxes.items()} for place, rule in enumerate(rules)
    }
    text = "\n".join(run.text for run in runs)
    return {"text": text, "boxes": boxes, "damaged": False, "blank": False, "recognised": True}


def runs_of(source: Path, page: int) -> tuple[list[recognising.Run], float]:
    """The lines of one page (0 is the first), recognised where it has no text; and its height for a width of 1."""
    facts, _blob = sandbox.ask("slip_runs", source, seconds=SECONDS, page=page)
    runs = [recognising.Run(without_nir(each["text"]), tuple(each["box"])) for each in facts["runs"]]
    if not runs and recognising.is_installed():
        runs = recognising.recognise(source, page)
    return runs, facts["ratio"]


def inside(runs: Sequence[recognising.Run], box: Sequence[float]) -> str:
    """The text of the runs whose middle stands inside a box."""
    found = []
    for run in runs:
        across, down = (run.box[0] + run.box[2]) / 2, (run.box[1] + run.box[3]) / 2
        if box[0] <= across <= box[2] and box[1] <= down <= box[3]:
            found.append(run.text)
    return " ".join(found)
