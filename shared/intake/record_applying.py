"""Entering the lines of an imported file: every line or none, in one transaction.

What stands in the way (a record that moved since the preview, a status to which no move leads) is written beside its
line, and the import is a preview again. A worker that dies leaves nothing; the tick has the whole done by another.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from shared.clock import now
from shared.documents.storage import Unavailable
from shared.errors import Refused
from shared.events.batches import in_batch, untold
from shared.events.recording import record as record_event
from shared.extensions import db
from shared.intake.record_importing import SHOWN_MAX, fields_of, table_of
from shared.intake.record_reading import Line, lines_of
from shared.intake.telling_progress import tell_progress
from shared.people.models import Grant, Party
from shared.people.scopes import Scope
from shared.records.entering import enter
from shared.records.holding import names_by_their_keys
from shared.records.kinds import KINDS
from shared.records.models import RecordImport
from shared.transactions import transaction

AT_ONCE = 200  # lines between two words about how far it is
DONE = {"new": "created", "changed": "modified"}  # verdict of a line → what it then counts as
EVERYWHERE = Scope((Grant(),))  # who sent the file had their scope applied when it was judged
Told = dict[int, dict[str, str]]  # number of a line → field → sentence


class _Stuck(Exception):
    """Lines that cannot be entered: nothing of the file is."""

    def __init__(self, lines: list[Line], told: Told) -> None:
        self.lines, self.told = lines, told


def carry_out(*, import_id: uuid.UUID) -> None:
    """Enter the whole file, or show again its preview with what is wrong; twice enters once."""
    try:
        with transaction():
            _advance(import_id)
    except Unavailable:
        return  # the storage is away: the tick will ask again
    except _Stuck as stuck:
        with transaction():
            _show_again(import_id, stuck)


def _advance(import_id: uuid.UUID) -> None:
    key = func.hashtextextended(f"records:{import_id}", 0)
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(key))):
        return  # another worker is at it
    found = db.session.get(RecordImport, import_id, populate_existing=True)
    if found is None or found.state != "applying":
        return
    try:
        table = table_of(found)
    except Refused as refusal:  # the bytes are lost: asking for ever would not bring them back
        found.problems, found.counts = {"1": {"number": refusal.sentence}}, {"created": 0, "modified": 0}
        _end(found)
        return
    lines = lines_of(KINDS[found.kind], table, fields_of(found, table), EVERYWHERE)
    told = {line.number: line.problems for line in lines if line.problems} or _enter_all(found, lines)
    if told:
        raise _Stuck(lines, told)
    done = Counter(DONE[line.verdict] for line in lines if line.verdict in DONE)
    found.counts = found.counts | {name: done[name] for name in DONE.values()}
    found.problems, found.done_rows = {}, len(lines)
    _end(found)
    db.session.flush()


def _enter_all(found: RecordImport, lines: list[Line]) -> Told:
    """What is wrong with the lines, every one of them tried; nothing, when they are all entered."""
    tell, told = bool(found.counts.get("tell")), Told()
    with in_batch(str(found.id)), nullcontext() if tell else untold(), names_by_their_keys():
        for start in range(0, len(lines), AT_ONCE):
            told |= _enter_some(found, lines[start : start + AT_ONCE], tell)
            tell_progress("record_import", "done_rows", found.id, min(start + AT_ONCE, len(lines)))
    return told


def _enter_some(found: RecordImport, some: Sequence[Line], tell: bool) -> Told:
    """Together; where one is refused, one by one, so that each is told what is wrong with it."""
    told = Told()
    try:
        with db.session.begin_nested():
            for line in some:
                _enter(found, line, tell)
    except (Refused, IntegrityError):
        for line in some:
            try:
                with db.session.begin_nested():
                    _enter(found, line, tell)
            except Refused as refusal:
                told[line.number] = {refusal.field or "number": refusal.sentence}
            except IntegrityError:
                told[line.number] = {"number": _("Cette pièce vient d’être enregistrée par ailleurs.")}
    return told


def _enter(found: RecordImport, line: Line, tell: bool) -> None:
    if line.verdict not in DONE or line.party_id is None:
        return
    enter(
        kind=found.kind,
        party=db.session.get_one(Party, line.party_id),
        by=found.by,
        values=line.values,
        status=line.status,
        source="csv",
        quiet=not tell and line.verdict == "new",
    )
    db.session.flush()


def _show_again(import_id: uuid.UUID, stuck: _Stuck) -> None:
    """A preview, whose lines to correct are those that were refused."""
    found = db.session.get_one(RecordImport, import_id, populate_existing=True, with_for_update=True)
    if found.state != "applying":
        return
    verdicts = Counter("wrong" if line.number in stuck.told else line.verdict for line in stuck.lines)
    found.counts = {"tell": int(found.counts.get("tell", 0))} | dict(verdicts)
    found.problems = {str(number): stuck.told[number] for number in sorted(stuck.told)[:SHOWN_MAX]}
    found.state, found.done_rows = "read", 0


def _end(found: RecordImport) -> None:
    found.state, found.ended_at = "done", now()
    facts: dict[str, Any] = {"import": str(found.id), "filename": found.filename, "kind": found.kind}
    record_event("records.imported", by=found.by, facts=facts | found.counts | {"refused": len(found.problems)})
