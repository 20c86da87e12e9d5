"""The lines of the access grid as HTML: each shape of line is drawn once by its template, and filled in for each row.

A shape is what decides which pieces stand in the line: state, ticks, pills, buttons. Where a value goes, the
template is given a mark that no text of the database can hold (U+0000); the values are escaped one by one.
"""

import functools
from dataclasses import replace
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from backoffice.access_rows import Row

TEMPLATE = "backoffice/access/line.html"
MARK = "\0"
ALWAYS = ("id", "code", "name", "identifier", "revision", "sent_to", "sent_at", "last_login")
SOMETIMES = ("email", "cause")  # their absence is another shape
VALUES = (*ALWAYS, *SOMETIMES)

Words = tuple[tuple[str, Any], ...]


class Drawing:
    """Draws the lines of one page; `words` is the `w` of the template."""

    def __init__(self, words: dict[str, Any]) -> None:
        self._nonce = escape(words["nonce"])
        icons = tuple(words["icons"].items())
        self._words: Words = (*(pair for pair in words.items() if pair[0] not in ("nonce", "icons")), ("icons", icons))

    def line(self, row: Row) -> Markup:
        """The `<tr>` of that row."""
        out = _shape(_blank(row), self._words, current_app.jinja_env.get_template(TEMPLATE).module)[:]
        written = {name: escape(getattr(row, name)) for name in VALUES}
        written["nonce"] = self._nonce
        for at in range(1, len(out), 2):
            out[at] = written[out[at]]
        return Markup("".join(out))


def _blank(row: Row) -> Row:
    """The same row with marks for values."""
    marks: dict[str, Any] = {name: f"{MARK}{name}{MARK}" for name in ALWAYS}
    marks |= {name: f"{MARK}{name}{MARK}" for name in SOMETIMES if getattr(row, name)}
    return replace(row, **marks)


@functools.lru_cache(maxsize=512)
def _shape(row: Row, words: Words, template: Any) -> list[str]:
    """Text and names of values in turns."""
    said = dict(words) | {"nonce": f"{MARK}nonce{MARK}", "icons": dict(words[-1][1])}
    return str(template.line(row, said)).split(MARK)
