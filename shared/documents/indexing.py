"""The words by which a document is found: its title, number, file name and text, folded, without punctuation.

PostgreSQL's parser would make « FA-2026/12 » or an address one word, and needs an extension to forget accents:
the words are cut here, the same way for what is filed and for what is searched, and weighed before they are kept.
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from shared.documents.models import Document, Version
from shared.extensions import db
from shared.folding import fold

CONFIGURATION = "simple"  # neither stems nor stop words: what is typed is what is found
READ_MAX = 1_500_000  # characters of text that are cut into words
WEIGHT_MAX = 900_000  # bytes: PostgreSQL refuses a vector above 1 MB
WORD_MAX = 200  # characters; PostgreSQL drops a word above 2 KB
POSITIONS_MAX = 256  # of one word that PostgreSQL keeps
BATCH = 200

_WORD = re.compile(r"[^\W_]+")


def cut(text: str) -> list[str]:
    """The folded words of a text, in their order: « l’Été FA-12 » gives « l », « ete », « fa », « 12 »."""
    return [word[:WORD_MAX] for word in _WORD.findall(fold(text))]


def index(*, document: Document, text: str) -> None:
    """Write the words of a document whose newest version holds `text`; whoever adds a version calls it again."""
    filename = document.versions[-1].filename if document.versions else ""
    document.words = _vector(_words(document.title, document.number, filename, text))


def index_batch(*, limit: int = BATCH) -> int:
    """Write the words of documents that have none yet, filed before there was a search; returns how many.

    May run twice at once: each row is taken by one run.
    """
    without = select(Document.id, Document.title, Document.number).where(Document.words.is_(None))
    rows = db.session.execute(without.order_by(Document.id).limit(limit).with_for_update(skip_locked=True)).all()
    newest = _newest([row.id for row in rows])
    for document_id, title, number in rows:
        filename, text = newest.get(document_id, ("", ""))
        words = _vector(_words(title, number, filename, text))
        db.session.execute(update(Document).where(Document.id == document_id).values(words=words))
    return len(rows)


def is_due() -> bool:
    """Whether `index_batch` would find something; asked by the tick."""
    return bool(db.session.scalar(select(select(Document.id).where(Document.words.is_(None)).exists())))


def _newest(ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Document → file name and text of its newest version."""
    query = (
        select(Version.document_id, Version.filename, func.left(Version.text, READ_MAX))
        .where(Version.document_id.in_(ids))
        .ext(distinct_on(Version.document_id))
        .order_by(Version.document_id, Version.number.desc())
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def _words(title: str, number: str, filename: str, text: str) -> str:
    """Everything a search should find, the name before the text; a number also without its dashes."""
    parts = [*cut(title), *cut(number), "".join(cut(number)), *cut(filename), *cut(text[:READ_MAX])]
    return _bounded(part for part in parts if part)


def _bounded(words: Iterable[str]) -> str:
    """As many words as make a vector that PostgreSQL takes: each once with its length, and its places."""
    kept: list[str] = []
    places: Counter[str] = Counter()
    weight = 0
    for word in words:
        if word not in places:
            weight += len(word.encode()) + 8  # its entry, its alignment and the number of its places
        places[word] += 1
        weight += 2 if places[word] <= POSITIONS_MAX else 0
        if weight > WEIGHT_MAX:
            break
        kept.append(word)
    return " ".join(kept)


def _vector(words: str) -> ColumnElement[str]:
    return func.to_tsvector(CONFIGURATION, words)
