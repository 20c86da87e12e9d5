"""What surrounds the words that a search found in a text, for the list of its results.

Not `ts_headline`: it would look for folded words in a text that has its accents, and find none of them.
"""

import re
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from shared.documents.models import Version
from shared.documents.searching import Term, terms_of
from shared.extensions import db
from shared.folding import fold

READ = 20_000  # characters of each text that are looked through
AROUND = 70  # characters shown on either side
_WORD = re.compile(r"[^\W_]+")


class Excerpt(NamedTuple):
    """A piece of text on one line: to be escaped like any other."""

    before: str
    found: str
    after: str


def excerpts(*, document_ids: Sequence[uuid.UUID], typed: str) -> dict[uuid.UUID, Excerpt]:
    """Document → the first place of its text where a term stands; only for documents that were read with their scope.

    A document found by its title, or further on in a long text, has none. One query.
    """
    terms = terms_of(typed)
    if not terms or not document_ids:
        return {}
    newest = (
        select(Version.document_id, func.left(Version.text, READ))
        .where(Version.document_id.in_(document_ids))
        .ext(distinct_on(Version.document_id))
        .order_by(Version.document_id, Version.number.desc())
    )
    found = {document_id: _excerpt(text, terms) for document_id, text in db.session.execute(newest)}
    return {document_id: excerpt for document_id, excerpt in found.items() if excerpt is not None}


def _excerpt(text: str, terms: Sequence[Term]) -> Excerpt | None:
    text = unicodedata.normalize("NFC", text)
    for start, end in _places(text, terms):
        before = text[max(0, start - AROUND) : start]
        after = text[end : end + AROUND]
        left = "…" if start > AROUND else ""
        right = "…" if end + AROUND < len(text) else ""
        return Excerpt(left + _line(before), _line(text[start:end]), _line(after) + right)
    return None


def _places(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Where a term begins and ends, in the order of the text."""
    longest = max(len(term.words) for term in terms)
    last: list[tuple[str, int, int]] = []
    for match in _WORD.finditer(text):
        word = match.group()
        last.append((word.lower() if word.isascii() else fold(word), match.start(), match.end()))
        del last[:-longest]
        for term in terms:
            stood = last[-len(term.words) :]
            if len(stood) == len(term.words) and all(map(_is, stood, term.words, _ends(term))):
                yield stood[0][1], stood[-1][2]


def _is(stood: tuple[str, int, int], word: str, unfinished: bool) -> bool:
    return stood[0].startswith(word) if unfinished else stood[0] == word


def _ends(term: Term) -> list[bool]:
    return [False] * (len(term.words) - 1) + [term.unfinished]


def _line(text: str) -> str:
    """White space as one blank each, and nothing that is not to be read."""
    return re.sub(r"\s+", " ", "".join(mark if mark.isprintable() or mark.isspace() else "" for mark in text))
