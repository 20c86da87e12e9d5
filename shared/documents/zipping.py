"""Many documents as one zip: chosen with the reader's rights, made while it is sent, never whole in memory or on disk.

An index goes first, with the SHA-256 of each file: years later one can still show that nothing was altered.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid
from zipstream import ZipStream

from shared.documents.checking import faithful
from shared.documents.finding import newest_version
from shared.documents.models import Document, Download, Folder, ReadingKind, Version
from shared.documents.paths import FORBIDDEN, SEPARATORS
from shared.documents.reading import Reader
from shared.documents.storage import CHUNK, Altered, Missing
from shared.documents.visible import visible_to
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.spreadsheets import MARK, csv_lines

MOST = 5_000  # documents in one archive
LONGEST_NAME = 120  # characters of one file's name, without its suffix
INDEX = "index.csv"


class Stranger(Exception):
    """A document that was named is not this reader's: the whole archive is refused."""


class Item(NamedTuple):
    """One document of the archive, with the version that is read now; `size` in bytes."""

    id: uuid.UUID
    party_id: uuid.UUID
    version_id: uuid.UUID
    sha256: str
    size: int
    filename: str
    title: str
    number: str
    day: date | None
    folder_label: str
    document_class: str

    @property
    def period(self) -> str:
        """The month of a payslip, the day of anything else."""
        if self.day is None:
            return ""
        return f"{self.day:%Y-%m}" if self.document_class == "payslip" else self.day.isoformat()


def choose(
    *,
    reader: Reader,
    ids: Sequence[uuid.UUID] | None = None,
    folder_id: uuid.UUID | None = None,
    document_class: str = "",
) -> list[Item]:
    """What a seat takes away, by folder then the newest first: these `ids`, one folder, one class, or everything.

    Raises Stranger when one of `ids` cannot be read by it, Refused for nothing or above 5,000 documents.
    """
    assert reader.seat is not None
    query = visible_to(reader.seat).join(Version, newest_version())
    if ids is not None:
        query = query.where(Document.id == any_(literal(list(ids), ARRAY(Uuid))))
    if folder_id is not None:
        query = query.where(Folder.id == folder_id)
    if document_class:
        query = query.where(Folder.document_class == document_class)
    query = query.order_by(Folder.position, Folder.id, Document.issued_on.desc().nulls_last(), Document.id.desc())
    rows = db.session.execute(query.with_only_columns(*_COLUMNS, maintain_column_froms=True).limit(MOST + 1)).all()
    if ids is not None and len(rows) != len(set(ids)):
        raise Stranger
    if not rows:
        raise Refused(_("Il n’y a aucun document à télécharger ici."))
    if len(rows) > MOST:
        raise Refused(_("Une archive compte 5 000 documents au plus : téléchargez répertoire par répertoire."))
    return [Item._make(row) for row in rows]


def belonging(*, party_id: uuid.UUID) -> list[Item]:
    """Every document of a party, on the portal or not, with its newest version: for whoever may see them all."""
    query = (
        select(*_COLUMNS)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Version, newest_version())
        .where(Document.party_id == party_id)
        .order_by(Folder.position, Folder.id, Document.filed_at, Document.id)
    )
    return [Item._make(row) for row in db.session.execute(query)]


def take_away(*, items: Sequence[Item], reader: Reader) -> None:
    """Each document of the archive was downloaded: a reading a document, as if they were taken one by one."""
    if reader.seat is None or reader.seat.is_borrowed:
        return  # staff who look as the customer have read nothing in their name
    archive = str(uuid7())
    rows = [
        Download(
            document_id=item.id,
            version_id=item.version_id,
            kind=ReadingKind.DOWNLOADED,
            seat_id=reader.seat.id,
            ip=reader.ip,
            user_agent=reader.agent[:400],
        )
        for item in items
    ]
    db.session.add_all(rows)
    for item in items:
        facts = {"sha256": item.sha256, "archive": archive}
        record("document.downloaded", by=reader.by, party_id=item.party_id, document_id=item.id, facts=facts)


def archive(items: Sequence[Item], *, on_damage: Callable[[Item], None]) -> ZipStream:
    """The zip, not yet made: iterate over it to send it, its `len` is known beforehand.

    A file that is no longer the right one breaks the archive off after `on_damage`: none of its bytes leaves, and the
    reader's browser says that the download failed.
    """
    zipped = ZipStream(sized=True)
    names = _names(items)
    heads = [_("Période"), _("Document"), _("Numéro"), _("Fichier"), "SHA-256"]
    lines = [(item.period, item.title, item.number, name, item.sha256) for item, name in zip(items, names, strict=True)]
    zipped.add((MARK + csv_lines([heads, *lines])).encode(), INDEX)
    for item, name in zip(items, names, strict=True):
        zipped.add(_bytes(item, on_damage), name, size=item.size)
    return zipped


_COLUMNS: tuple[Any, ...] = (
    Document.id,
    Document.party_id,
    Version.id,
    Version.sha256,
    Version.size,
    Version.filename,
    Document.title,
    Document.number,
    Document.issued_on,
    Folder.label,
    Folder.document_class,
)


def _bytes(item: Item, on_damage: Callable[[Item], None]) -> Iterator[bytes]:
    try:
        file = faithful(sha256=item.sha256, size=item.size)
    except (Missing, Altered):
        on_damage(item)
        raise
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _names(items: Sequence[Item]) -> list[str]:
    """« Bulletins/2026-03 Bulletin de mars.pdf »: relative, two levels, each one once whatever the machine."""
    taken: set[str] = {INDEX}
    names = []
    for item in items:
        suffix = PurePosixPath(item.filename).suffix[:10]
        start = f"{_clean(item.folder_label)}/{_clean(f'{item.period} {item.title}'.strip())}"
        name, again = f"{start}{suffix}", 1
        while name.casefold() in taken:
            again += 1
            name = f"{start} ({again}){suffix}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _clean(written: str) -> str:
    plain = "".join(mark if mark.isprintable() else " " for mark in SEPARATORS.sub(" ", written))
    return FORBIDDEN.sub("-", plain)[:LONGEST_NAME].strip(" .") or "document"
