"""The folder of the ERP is looked at: what has not moved between two looks is received once, then put away there.

A row per remote file. It is committed as « taken » with the document, before the file is moved: whatever stops us in
between, the next look only moves it. What is refused stays on the server, with its reason on the page.
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePosixPath

from sqlalchemy import Select, delete, select

from shared.clock import now
from shared.documents.inspecting import LIMITS
from shared.documents.storage import Unavailable
from shared.engines.checking import report
from shared.engines.models import EngineState
from shared.events.actors import SYSTEM
from shared.extensions import db
from shared.intake.models import Arrival, RemoteFile, RemoteState, Verdict
from shared.intake.receiving import receive
from shared.intake.transfer import Entry, Remote, Transfer, TransferError, connect, joined, standing
from shared.words import N_

APART = timedelta(seconds=5)  # a file is stable when two looks so far apart see it alike
MOST = 500  # files taken in one round: the next one goes on
NAME_MAX = 255  # bytes
SOURCE = "transfer"
ENGINE = "transfer"


class Round:
    """One round on the server: `look()` first, then `take()` for each of `ready`, a transaction each."""

    def __init__(self, where: Transfer) -> None:
        self.where = where
        self.remote: Remote = connect(where)
        self.ready: list[str] = []
        self.listed: dict[str, Entry] = {}

    def look(self) -> int:
        """Note what lies there; how many files may be taken now."""
        found = [each for each in self.remote.entries(self.where.folder) if not _is_hidden(each.name)]
        self.listed = {_readable(each.name): each for each in found}
        rows = {row.name: row for row in db.session.scalars(_open_rows(self.where))}
        for name, row in rows.items():
            if name not in self.listed:
                _gone(row)
        self.ready = [name for name, entry in self.listed.items() if self._is_ready(name, entry, rows.get(name))]
        self.ready = sorted(self.ready)[:MOST]
        db.session.flush()
        return len(self.ready)

    def take(self, name: str) -> None:
        """Receive one file, if it still is as it was listed. Raises TransferError, Unavailable: nothing is kept."""
        row = self._row(name)
        entry = self.listed[name]
        if row is None or row.state is not RemoteState.SEEN:
            return
        path = joined(self.where.folder, name)
        data = self.remote.read(path, LIMITS.bytes_max)
        if len(data) != entry.size or self.remote.stat(path) != entry:
            row.seen_at = now()  # it is being written again: the next looks will tell
            return
        arrival = receive(data=data, filename=name, by=SYSTEM, source=SOURCE)
        row.sha256, row.arrival_id, row.changed_at = hashlib.sha256(data).hexdigest(), arrival.id, now()
        row.state = RemoteState.LEFT if arrival.verdict is Verdict.REFUSED else RemoteState.TAKEN
        row.error = arrival.reason if arrival.verdict is Verdict.REFUSED else ""
        db.session.flush()

    def put_away(self, name: str) -> None:
        """Move a file that was received; one that the ERP has replaced since is a new file."""
        row = self._row(name)
        if row is None or row.state is not RemoteState.TAKEN:
            return
        path = joined(self.where.folder, name)
        seen = self.remote.stat(path)
        if seen is not None and (seen.size, seen.modified) == (row.size, row.modified):
            target = self._free(row)
            self.remote.move(path, target)
            row.moved_to = target
        row.state, row.changed_at, row.error = RemoteState.MOVED, now(), ""
        db.session.flush()

    def failed(self, name: str, sentence: str) -> None:
        """Say on the page why this file waits; it is tried again at the next round."""
        row = self._row(name)
        if row is not None and row.error != sentence:
            row.error, row.changed_at = sentence, now()
            db.session.flush()

    def close(self) -> None:
        """End the session on the server."""
        self.remote.close()

    def _is_ready(self, name: str, entry: Entry, row: RemoteFile | None) -> bool:
        if row is None:
            row = RemoteFile(place=self.where.place, name=name, size=entry.size)
            row.modified, row.state, row.seen_at = entry.modified, RemoteState.SEEN, now()
            db.session.add(row)
            _judge(row, entry)
            return False
        if row.state is RemoteState.TAKEN:
            return True
        if (row.size, row.modified) != (entry.size, entry.modified):
            row.size, row.modified, row.state = entry.size, entry.modified, RemoteState.SEEN
            row.seen_at = row.changed_at = now()
            row.error = ""
            _judge(row, entry)
            return False
        return row.state is RemoteState.SEEN and row.seen_at <= now() - APART

    def _row(self, name: str) -> RemoteFile | None:
        query = _open_rows(self.where).where(RemoteFile.name == name).with_for_update()
        return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()

    def _free(self, row: RemoteFile) -> str:
        """Its own name in the temporary folder; with its date and a mark when that is taken."""
        target = joined(self.where.temporary, row.name)
        if self.remote.stat(target) is None:
            return target
        name = PurePosixPath(row.name)
        return joined(self.where.temporary, f"{name.stem}-{now():%Y%m%d-%H%M%S}-{row.id.hex[-6:]}{name.suffix}")


def is_watched() -> bool:
    """Whether there is a server to look at."""
    return standing().is_set


def recorded(sentence: str | None) -> None:
    """Write the state of the link for the pages: up, or down with its reason."""
    report(ENGINE, sentence)


def link_state() -> EngineState | None:
    """Up or down, since when, and when it was last looked at; None before the first look."""
    return db.session.get(EngineState, ENGINE)


def forget_link() -> None:
    """There is no server any more: nothing is down."""
    db.session.execute(delete(EngineState).where(EngineState.name == ENGINE))


def latest(limit: int = 30) -> Iterator[tuple[RemoteFile, Arrival | None]]:
    """The files that last changed, with what became of them."""
    query = select(RemoteFile, Arrival).outerjoin(Arrival, Arrival.id == RemoteFile.arrival_id)
    rows = db.session.execute(query.order_by(RemoteFile.changed_at.desc(), RemoteFile.id.desc()).limit(limit))
    return ((row[0], row[1]) for row in rows)


def sentence_of(error: TransferError | Unavailable) -> str:
    """What the page says of an error, whole."""
    if isinstance(error, Unavailable):
        return N_("Le stockage des documents ne répond pas : le fichier reste sur le serveur et sera repris.")
    told = error.sentence
    return told if told[:1].isupper() else f"La liaison a échoué : {told}"


def _open_rows(where: Transfer) -> Select[RemoteFile]:
    return select(RemoteFile).where(RemoteFile.place == where.place, RemoteFile.state != RemoteState.MOVED)


def _judge(row: RemoteFile, entry: Entry) -> None:
    """What will never be read: it stays where it is, and the page says why."""
    reason = ""
    if not _is_plain(entry.name):
        reason = N_("Le nom de ce fichier contient un chemin ou un caractère interdit : renommez-le sur le serveur.")
    elif entry.size > LIMITS.bytes_max:
        reason = f"Ce fichier dépasse {LIMITS.bytes_max // 1_000_000} Mo : il n’est pas repris."
    if reason:
        row.state, row.error, row.changed_at = RemoteState.LEFT, reason, now()


def _readable(name: str) -> str:
    """Fit for a row and a page; a name that had to be changed for it is never asked of the server."""
    return "".join(mark if mark.isprintable() else "?" for mark in name)


def _is_hidden(name: str) -> bool:
    """What programs write beside their work; « ../x » is no such file, and is told."""
    return name.startswith(".") and not name.startswith("..")


def _is_plain(name: str) -> bool:
    """A name, never a way to another folder."""
    return (
        name.isprintable()
        and not {"/", "\\"} & set(name)
        and name not in ("", ".", "..")
        and len(name.encode()) <= NAME_MAX
    )


def _gone(row: RemoteFile) -> None:
    """No longer listed: received and moved before we could write it down, or taken back by the ERP."""
    if row.state is RemoteState.TAKEN:
        row.state, row.changed_at, row.error = RemoteState.MOVED, now(), ""
    else:
        db.session.delete(row)
