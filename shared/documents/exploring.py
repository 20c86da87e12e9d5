"""The explorer's list: where each document in reach stands, the last filed first, by key and never by offset."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    tuple_,
)

from shared.documents import searching
from shared.documents.explored import COLUMNS, Line
from shared.documents.finding import joined
from shared.documents.models import Document, Folder, Publication
from shared.extensions import db
from shared.people.models import Party
from shared.people.scopes import Scope

PAGE = 50
COUNTED = 100  # results of a search that are counted; beyond, « plus de 100 »
# PostgreSQL believes that the beginning of a word is in 2 % of all documents, and when few results are wanted walks
# through them by date rather than ask the index of words; so more are, and only some of them are shown.
LOOKED_AT = 500

LIVE, WAITING, HELD, OFF = "live", "waiting", "held", "off"


@dataclass(frozen=True)
class Shown:
    """What the explorer was narrowed to."""

    family_id: uuid.UUID
    folder_id: uuid.UUID | None = None
    party_id: uuid.UUID | None = None
    search: str = ""
    state: str = ""
    folder_ids: tuple[uuid.UUID, ...] = ()  # of the family, where it is known which are in reach


class Page(NamedTuple):
    """Some rows, and the key after which the next ones come; None at the end."""

    lines: Sequence[Line]
    after: str | None
    found: int | None = None  # by a search, on its first page; `COUNTED` + 1 is more than that


def lines(*, scope: Scope, shown: Shown, after: str = "", limit: int = PAGE) -> Page:
    """The documents in reach, the last filed first. `after` is the key that the former page gave.

    What is out of reach is neither found nor counted.
    """
    key, counts = _key(after), bool(shown.search.strip()) and not after
    query = _chosen(scope, shown)
    if key is not None:
        query = query.where(tuple_(Document.filed_at, Document.id) < key)
    found = _latest(query, _looked_at(shown.search) if shown.search.strip() else limit + 1)
    # First which ones, by index; then all that their lines show.
    listed = select(found.c.id).order_by(found.c.filed_at.desc(), found.c.id.desc()).limit(limit + 1).cte("listed")
    total = select(func.count()).select_from(found).scalar_subquery() if counts else null()
    full = joined(*COLUMNS, total).join(listed, listed.c.id == Document.id)
    rows = db.session.execute(full.order_by(Document.filed_at.desc(), Document.id.desc())).all()
    lines = [Line._make(row[:-1]) for row in rows[:limit]]
    following = f"{lines[-1].filed_at.isoformat()}~{lines[-1].id}" if len(rows) > limit else None
    return Page(lines, following, (min(rows[0][-1], COUNTED + 1) if rows else 0) if counts else None)


def few(*, scope: Scope, search: str, limit: int) -> Sequence[Row[uuid.UUID, str, str, str]]:
    """The latest documents in reach that hold these words, of every family: id, title, number, name of the party."""
    query = select(Document.id, Document.filed_at).join(Folder, Folder.id == Document.folder_id)
    found = _latest(query.where(scope.documents(), *searching.matching(search)), _looked_at(search))
    full = (
        select(Document.id, Document.title, Document.number, Party.name)
        .join(found, found.c.id == Document.id)
        .join(Party, Party.id == Document.party_id)
    )
    return db.session.execute(full.order_by(found.c.filed_at.desc(), found.c.id.desc()).limit(limit)).all()


STATES: dict[str, ColumnElement[bool]] = {
    LIVE: Publication.live_at.is_not(None),
    WAITING: and_(
        Publication.id.is_not(None),
        Publication.live_at.is_(None),
        Publication.withdrawn_at.is_(None),
        # Written out: PostgreSQL then knows that the index of what waits holds them.
        or_(Publication.held_because.is_(None), Publication.held_because == literal_column("'synchronisation'")),
    ),
    HELD: Publication.held_because.in_(("consent_requested", "consent_refused")),
    OFF: Publication.id.is_(None),
}


def _looked_at(search: str) -> int:
    return LOOKED_AT if any(term.unfinished for term in searching.terms_of(search)) else COUNTED + 1


def _latest(query: Select[uuid.UUID, datetime], limit: int) -> CTE:
    """The limit is written out, so that one plan serves; on its own, whatever fewer rows are wanted of it."""
    query = query.order_by(Document.filed_at.desc(), Document.id.desc()).limit(literal_column(str(limit)))
    return query.cte("found").prefix_with("MATERIALIZED")


def _chosen(scope: Scope, shown: Shown) -> Select[uuid.UUID, datetime]:
    query = select(Document.id, Document.filed_at).join(Folder, Folder.id == Document.folder_id)
    query = query.where(Folder.family_id == shown.family_id, scope.documents(), *searching.matching(shown.search))
    if shown.folder_id is not None:
        query = query.where(Document.folder_id == shown.folder_id)
    elif shown.folder_ids:
        # Written into the statement: PostgreSQL then knows whether these folders hold much or little.
        ids: BindParameter[Any] = bindparam(None, shown.folder_ids, expanding=True, literal_execute=True)
        query = query.where(Document.folder_id.in_(ids))
    if shown.party_id is not None:
        query = query.where(Document.party_id == shown.party_id)
    standing = and_(Publication.document_id == Document.id, Publication.withdrawn_at.is_(None))
    if shown.state == OFF:
        query = query.where(~exists().where(standing))
    elif shown.state in STATES:
        query = query.join(Publication, standing).where(STATES[shown.state])
    return query


def _key(after: str) -> tuple[datetime, uuid.UUID] | None:
    moment, _, document_id = after.partition("~")
    try:
        return datetime.fromisoformat(moment), uuid.UUID(document_id)
    except ValueError:
        return None
