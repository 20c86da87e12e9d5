"""PDFs from Typst templates: `templates/sheets/<name>.typ` and a dictionary.

Data travels as JSON beside the template, so no text is ever markup. The root is the folder of the templates, no
package is fetched, and the fonts are those of the wheels, for names of every script: the same input gives the same
bytes on every machine.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from shared import clock

if TYPE_CHECKING:
    import typst

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "sheets"
ALONE_TIMEOUT = 30  # seconds

Standard = Literal["a-3a", "ua-1"]
# Archived documents are made accessible at the same time.
STANDARDS: dict[Standard | None, list[Standard]] = {"a-3a": ["a-3a", "ua-1"], "ua-1": ["ua-1"], None: []}

_NAME = re.compile(r"[a-z]+")


class SheetError(Exception):
    """The template and its data do not fit together: our own fault, never the reader's."""


@dataclass(frozen=True)
class Attachment:
    """A text file carried inside the PDF, such as the XML of an invoice."""

    name: str
    content: str
    mime: str = "text/xml"
    description: str = ""
    relationship: Literal["source", "data", "alternative", "supplement"] = "alternative"


def make_sheet(
    template: str,
    data: Mapping[str, Any],
    *,
    standard: Standard | None = "a-3a",
    attachments: Sequence[Attachment] = (),
    made_at: datetime | None = None,
) -> bytes:
    """The PDF of that template; `data` is what JSON can say. Raises SheetError.

    `made_at` (aware, the present instant by default) is written in the file: the same instant, the same bytes.
    """
    if not _NAME.fullmatch(template) or not (FOLDER / f"{template}.typ").is_file():
        raise SheetError(f"no template called {template!r}")
    told = json.dumps({**data, "attachments": [vars(one) for one in attachments]}, ensure_ascii=False)
    instant = int((made_at or clock.now()).timestamp())
    if _press.pid not in (None, os.getpid()):
        return _made_alone(template, told, standard, instant)
    return _press.print(template, told, standard, instant)


class _Press:
    """The kept compiler: it serves one thread at a time, and its own threads do not survive a fork."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pid: int | None = None
        self.compiler: typst.Compiler | None = None

    def print(self, template: str, told: str, standard: Standard | None, instant: int) -> bytes:
        import typst  # with the first sheet: a process that makes none does not carry it

        with self.lock:
            if self.compiler is None:
                self.pid = os.getpid()
                found = typst.Fonts(include_system_fonts=False, font_paths=_fonts())
                self.compiler = typst.Compiler(root=str(FOLDER), font_paths=found, ignore_system_fonts=True)
            try:
                made = self.compiler.compile(
                    FOLDER / f"{template}.typ",
                    format="pdf",
                    sys_inputs={"data": told},
                    pdf_standards=[*STANDARDS[standard]],
                    timestamp=instant,
                )
            except typst.TypstError as error:
                raise SheetError(f"{template}: {error.message} {' '.join(error.hints)}".strip()) from error
        if not isinstance(made, bytes):
            raise SheetError(f"{template}: nothing was made")
        return made


def _fonts() -> list[str]:
    import manimgx_fonts
    import manimgx_fonts_cjk

    return [str(folder) for fonts in (manimgx_fonts, manimgx_fonts_cjk) for folder in fonts.__path__]


_press = _Press()


def _forget() -> None:
    _press.lock = threading.Lock()


os.register_at_fork(after_in_child=_forget)


def _made_alone(template: str, told: str, standard: Standard | None, instant: int) -> bytes:
    """In a process forked after the first sheet the compiler would wait for ever for its lost threads."""
    command = [sys.executable, "-m", "shared.sheets.making", template, standard or "", str(instant)]
    try:
        done = subprocess.run(
            command, input=told.encode(), capture_output=True, timeout=ALONE_TIMEOUT, cwd=FOLDER.parents[1], check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise SheetError(f"{template}: the lone press failed") from error
    return done.stdout


if __name__ == "__main__":
    _, name, chosen, at = sys.argv
    wanted: Any = chosen or None
    sys.stdout.buffer.write(_Press().print(name, sys.stdin.buffer.read().decode(), wanted, int(at)))
