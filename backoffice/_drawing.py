"""The lines of the access grid as HTML: each shape of line is drawn once by its template, and filled in for each row.

A shape is what decides which pieces stand in the line: state, ticks, pills, buttons. Where a value goes, the
template is given a mark that no text of the database can hold (U+0000); the values are escaped one by one.
"""

import functools
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from backoffice.access_rows import Row

TEMPLATE = "backoffice/access/line.html"
MARK = "\0"
KEPT = 1_000  # lines of one store: 2 MB
VALUES = ("id", "code", "name", "email", "identifier", "revision", "cause", "sent_to", "sent_at", "last_login")
SOMETIMES = ("email", "cause")  # their absence is another shape
values_of = operator.attrgetter(*VALUES)
Words = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A line with `%s` where values go, and which value goes where; -1 is the nonce."""

    text: str
    places: tuple[int, ...]

    def fill(self, values: list[str]) -> str:
        """`values` are escaped, in the order of VALUES; a mark stands for the nonce."""
        return self.text % tuple([MARK if place < 0 else values[place] for place in self.places])


class Drawing:
    """Draws the lines of one page; `words` is the `w` of the template."""

    def __init__(self, words: dict[str, Any]) -> None:
        self._nonce = str(escape(words["nonce"]))
        icons = tuple(words["icons"].items())
        self._words: Words = (*(pair for pair in words.items() if pair[0] not in ("nonce", "icons")), ("icons", icons))
        self._template: Any = current_app.jinja_env.get_template(TEMPLATE).module
        self._kept = _kept(self._words, self._template)

    def lines(self, rows: Iterable[Row]) -> Markup:
        """The `<tr>` of each row, in one piece: asked for one by one, Jinja would take as long as they do."""
        return Markup("\n".join([self._nonce.join(self._pieces(row)) for row in rows]))

    def _pieces(self, row: Row) -> list[str]:
        """A row that says the same as before is not drawn again."""
        pieces = self._kept.get(row)
        if pieces is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            pieces = self._kept[row] = self._drawn(row)
        return pieces

    def _drawn(self, row: Row) -> list[str]:
        pattern = _pattern(_blank(row), self._words, self._template)
        values = str.split(escape(MARK.join(map(str, values_of(row)))), MARK)
        if len(values) != len(VALUES):
            raise ValueError("a value holds a U+0000")
        return pattern.fill(values).split(MARK)


def _blank(row: Row) -> Row:
    """The same row with marks for values."""
    marks: dict[str, Any] = {name: f"{MARK}{name}{MARK}" for name in VALUES}
    return row._replace(**{name: mark for name, mark in marks.items() if name not in SOMETIMES or getattr(row, name)})


@functools.lru_cache(maxsize=16)
def _kept(_words: Words, _template: Any) -> dict[Row, list[str]]:
    """The lines drawn lately, one store a language and right."""
    return {}


@functools.lru_cache(maxsize=512)
def _pattern(row: Row, words: Words, template: Any) -> Pattern:
    said = dict(words) | {"nonce": f"{MARK}nonce{MARK}", "icons": dict(words[-1][1])}
    pieces = str(template.line(row, said)).split(MARK)
    places = tuple(VALUES.index(name) if name in VALUES else -1 for name in pieces[1::2])
    return Pattern("%s".join(piece.replace("%", "%%") for piece in pieces[::2]), places)
