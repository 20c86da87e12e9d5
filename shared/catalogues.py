"""The texts of pages in other languages than the code's own French: found, compiled and offered.

A language is one file, `shared/translations/<language>/LC_MESSAGES/messages.po`, compiled when the application starts.
"""

import functools
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from shared.config import CHECKOUT

SOURCE = "fr"
FOLDER = CHECKOUT / "shared" / "translations"
FILE = Path("LC_MESSAGES") / "messages.po"


@functools.cache
def languages() -> dict[str, str]:
    """The languages offered, each under its own name: {"fr": "français", "en": "English"}."""
    found = sorted(path.parts[-3] for path in FOLDER.glob(f"*/{FILE}"))
    return {code: Locale.parse(code).get_display_name(code) or code for code in (SOURCE, *found)}


@functools.cache
def texts(code: str) -> Mapping[str, str]:
    """French sentence → the same in that language, for what is written outside of a page; empty for French.

    Reading takes 0.2 s: it is done once by a process, and only where that language is met.
    """
    source = FOLDER / code / FILE
    if code == SOURCE or not source.exists():
        return {}
    with source.open("rb") as file:
        catalogue = read_po(file, locale=code)
    plain = (message for message in catalogue if isinstance(message.id, str) and isinstance(message.string, str))
    return {str(message.id): str(message.string) for message in plain if message.string}


def compile_into(folder: Path) -> None:
    """Write `<folder>/<language>/LC_MESSAGES/messages.mo` where it is missing or older than its source."""
    for code in languages():
        source = FOLDER / (code if code != SOURCE else "en") / FILE
        target = (folder / code / FILE).with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime > source.stat().st_mtime):
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=code)
        _write(_as_written(catalogue) if code == SOURCE else catalogue, target)


def _as_written(catalogue: Catalog) -> Catalog:
    """French from the code's own texts: only its plurals need a catalogue, for zero is singular."""
    french = Catalog(locale=SOURCE)
    for message in catalogue:
        if isinstance(message.id, tuple):
            french.add(message.id, message.id)
    return french


def _write(catalogue: Catalog, target: Path) -> None:
    """Whole or not at all: several processes start at once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        write_mo(file, catalogue)
    os.replace(name, target)
