"""What somebody types, as PostgreSQL asks it of the words of documents: all words, the last one perhaps unfinished.

Words between quotation marks stand side by side. The condition goes beside the scope in the same query: of what
somebody may not see, a search finds nothing and counts nothing.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, any_, bindparam, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from shared.documents.indexing import CONFIGURATION, cut
from shared.documents.models import Document
from shared.folding import fold
from shared.people.finding import named
from shared.people.models import Party

TERMS = 12  # of a search; the rest is ignored
LONGEST = 200  # characters
PARTIES = 500  # whose documents one word finds

_QUOTED = re.compile(r'["«“„]([^"«»“”„]*)["»”]?')


@dataclass(frozen=True)
class Term:
    """A word, or the words of a phrase; `unfinished` when the last one may go on."""

    words: tuple[str, ...]
    unfinished: bool = False

    @property
    def query(self) -> str:
        """As `to_tsquery` reads it; the words hold letters and digits only."""
        quoted = [f"'{word}'" for word in self.words]
        return " <-> ".join(quoted) + (":*" if self.unfinished else "")


def terms_of(typed: str) -> list[Term]:
    """« facture "mars 2026" dup » → facture, mars followed by 2026, and what begins with dup."""
    text = typed[:LONGEST]
    found: list[Term] = []
    place = 0
    for quoted in _QUOTED.finditer(text):
        found += [Term((word,)) for word in cut(text[place : quoted.start()])]
        if phrase := cut(quoted.group(1)):
            found.append(Term(tuple(phrase)))
        place = quoted.end()
    rest = cut(text[place:])
    found += [Term((word,)) for word in rest]
    if rest and text[-1:].isalnum():
        found[-1] = Term(found[-1].words, unfinished=True)
    return found[:TERMS]


def matching(typed: str) -> list[ColumnElement[bool]]:
    """Each term is in the document or in whose it is; wants `Document` in the query. Nothing typed, no condition.

    What was typed without a single letter or digit finds nothing.
    """
    if not typed.strip():
        return []
    terms = terms_of(typed)
    return [_of_document_or_party(term) for term in terms] or [Document.id.is_(None)]


def in_words(query: Any) -> ColumnElement[bool]:
    """The words of the document answer this text of a query."""
    # Written out too: PostgreSQL then knows the query, and how common its words are, in the plan that it keeps.
    configuration: ColumnElement[str] = literal_column(f"'{CONFIGURATION}'::regconfig")
    return Document.words.op("@@", is_comparison=True)(func.to_tsquery(configuration, query))


def _of_document_or_party(term: Term) -> ColumnElement[bool]:
    """Shaped for three indexes: the words, the documents of some parties, those that have no words yet."""
    pattern = " ".join(term.words)
    unread = and_(Document.words.is_(None), Document.search_folded.contains(pattern, autoescape=True))
    # Written into the statement, being quoted letters and digits: a plan made for any word serves none.
    query: BindParameter[str] = bindparam(None, term.query, literal_execute=True)
    return or_(in_words(query), unread, Document.party_id == any_(_parties(term)))


def _parties(term: Term) -> Any:
    """The parties with that code, or with a word of their name that begins so: an array, read once.

    Of a beginning that more than `PARTIES` share, only the first ones by their codes.
    """
    text = fold(" ".join(term.words))
    theirs = or_(Party.code_folded == text, named(text))
    found = select(Party.id).where(theirs).order_by(Party.code_sort).limit(PARTIES).correlate(None).scalar_subquery()
    return cast(func.array(found), ARRAY(Uuid))
