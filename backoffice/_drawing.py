"""The lines of the access grid as HTML: each shape of line is drawn once by its template, and filled in for each row.

A shape is what decides which pieces stand in the line: state, ticks, pills, buttons. Where a value goes, the
template is given a mark that no text of the database can hold (U+0000); the values are escaped one by one.
"""

import functools
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from markupsafe import escape

from backoffice.access_rows import Row
from shared.web.filters import mail_breaks

TEMPLATE = "backoffice/access/line.html"
MARK = "\0"
KEPT = 1_000  # lines of one store: 2 MB
VALUES = ("id", "code", "name", "email", "identifier", "revision", "cause", "sent_to", "sent_at", "last_login")
SOMETIMES = ("email", "cause")  # their absence is another shape
MAILS = (VALUES.index("email"), VALUES.index("sent_to"))
values_of = operator.attrgetter(*VALUES)
Words = tuple[tuple[str, Any], ...]
Kept = dict[tuple[Any, ...], list[bytes]]  # what a query found, and the pieces of its line


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
        self._nonce = str(escape(words["nonce"])).encode()
        icons = tuple(words["icons"].items())
        self._words: Words = (*(pair for pair in words.items() if pair[0] not in ("nonce", "icons")), ("icons", icons))
        self._template: Any = current_app.jinja_env.get_template(TEMPLATE).module

    def lines(self, found: Iterable[Any], in_words: Callable[[Any], Row]) -> bytes:
        """The `<tr>` of each line of a query, put `in_words` first, in one piece and in UTF-8."""
        kept = _kept(self._words, self._template, in_words)
        return b"\n".join(
            [self._nonce.join(kept.get(tuple(line)) or self._drawn(line, in_words, kept)) for line in found]
        )

    def _drawn(self, line: Any, in_words: Callable[[Any], Row], kept: Kept) -> list[bytes]:
        """The pieces between the nonces; kept, because a line that is the same says the same, except how long ago."""
        row = in_words(line)
        pattern = _pattern(_blank(row), self._words, self._template)
        values = str.split(escape(MARK.join(map(str, values_of(row)))), MARK)
        if len(values) != len(VALUES):
            raise ValueError("a value holds a U+0000")
        for at in MAILS:
            values[at] = mail_breaks(values[at])
        pieces = pattern.fill(values).encode().split(MARK.encode())
        if not row.cause:
            if len(kept) >= KEPT:
                kept.clear()
            kept[tuple(line)] = pieces
        return pieces


def _blank(row: Row) -> Row:
    """The same row with marks for values."""
    marks: dict[str, Any] = {name: f"{MARK}{name}{MARK}" for name in VALUES}
    return row._replace(**{name: mark for name, mark in marks.items() if name not in SOMETIMES or getattr(row, name)})


@functools.lru_cache(maxsize=16)
def _kept(_words: Words, _template: Any, _in_words: Callable[[Any], Row]) -> Kept:
    """The lines drawn lately, one store a language, zone and right."""
    return {}


@functools.lru_cache(maxsize=512)
def _pattern(row: Row, words: Words, template: Any) -> Pattern:
    said = dict(words) | {"nonce": f"{MARK}nonce{MARK}", "icons": dict(words[-1][1])}
    pieces = str(template.line(row, said)).split(MARK)
    places = tuple(VALUES.index(name) if name in VALUES else -1 for name in pieces[1::2])
    return Pattern("%s".join(piece.replace("%", "%%") for piece in pieces[::2]), places)
