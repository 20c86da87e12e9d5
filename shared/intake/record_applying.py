"""Entering the lines of an imported file, some a transaction: a worker that dies loses none and doubles none."""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

from sqlalchemy import func, select

from shared.clock import now
from shared.errors import Refused
from shared.events.batches import in_batch, untold
from shared.events.recording import record as record_event
from shared.extensions import db
from shared.intake.record_importing import fields_of, table_of
from shared.intake.record_reading import Line, lines_of
from shared.people.models import Grant, Party
from shared.people.scopes import Scope
from shared.records.declaring import Kind
from shared.records.entering import enter
from shared.records.kinds import KINDS
from shared.records.models import RecordImport

AT_ONCE = 200  # records entered in one transaction
DONE = {"new": "created", "changed": "modified"}  # verdict of a line → what it then counts as
EVERYWHERE = Scope((Grant(),))  # who sent the file had their scope applied when it was judged


def carry_out(import_id: uuid.UUID) -> Iterator[None]:
    """Enter the lines, `AT_ONCE` at each step, from where a worker that died had come; twice enters once.

    A line that is refused now (its record moved since the preview) is left out whole and told.
    """
    found = db.session.get(RecordImport, import_id)
    if found is None or found.state != "applying":
        return
    try:
        table = table_of(found)
    except Refused as refusal:  # the bytes are lost: asking for ever would not bring them back
        found.problems, found.counts = {"1": {"number": refusal.sentence}}, {"created": 0, "modified": 0}
        _end(found)
        return
    lines = lines_of(KINDS[found.kind], table, fields_of(found, table), EVERYWHERE)
    while _advance(import_id, lines):
        yield


def _advance(import_id: uuid.UUID, lines: list[Line]) -> bool:
    key = func.hashtextextended(f"records:{import_id}", 0)
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(key))):
        return False  # another worker is at it
    found = db.session.get_one(RecordImport, import_id, populate_existing=True)
    if found.state != "applying":
        return False
    start, tell = found.done_rows, bool(found.counts.get("tell"))
    some = lines[start : start + AT_ONCE]
    with in_batch(str(import_id)), nullcontext() if tell else untold():
        told = {line.number: _apply(KINDS[found.kind], line, found.by, tell) for line in some}
    found.problems = found.problems | {str(number): problems for number, problems in told.items() if problems}
    # What was done, which a line that became wrong since the preview makes less than what the preview counted.
    done = Counter(DONE[line.verdict] for line in some if line.verdict in DONE and not told[line.number])
    found.counts = found.counts | {name: found.counts.get(name, 0) + done[name] for name in DONE.values()}
    found.done_rows = min(start + AT_ONCE, len(lines))
    if found.done_rows == len(lines):
        _end(found)
    db.session.flush()
    return True


def _apply(kind: Kind, line: Line, by: str, tell: bool) -> dict[str, str]:
    """What is wrong with the line now, nothing of which is kept then."""
    if line.problems or line.verdict == "same" or line.party_id is None:
        return line.problems
    try:
        with db.session.begin_nested():
            party = db.session.get_one(Party, line.party_id)
            enter(
                kind=kind.key,
                party=party,
                by=by,
                values=line.values,
                status=line.status,
                source="csv",
                quiet=not tell and line.verdict == "new",
            )
    except Refused as refusal:
        return {refusal.field or "number": refusal.sentence}
    return {}


def _end(found: RecordImport) -> None:
    found.state, found.ended_at = "done", now()
    facts: dict[str, Any] = {"import": str(found.id), "filename": found.filename, "kind": found.kind}
    record_event("records.imported", by=found.by, facts=facts | found.counts | {"refused": len(found.problems)})
