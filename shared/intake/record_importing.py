"""An import of records from its file to its end: previewed first, then entered by a job, all its lines or none."""

import uuid
from collections import Counter
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.documents import filing
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.intake.imported_files import Table, checked, kept, read_table
from shared.intake.record_columns import checked_columns, guess
from shared.intake.record_reading import Line, lines_of
from shared.people.scopes import Scope
from shared.queues import ring
from shared.records.kinds import KINDS
from shared.records.models import RecordImport
from shared.transactions import after_commit

LINES_MAX = 10_000
SHOWN_MAX = 200  # lines whose problems are kept for the page


def start_import(*, kind: str, data: bytes, filename: str, scope: Scope, by: str, tell: bool = False) -> RecordImport:
    """Keep the file and judge every line of it; nothing else is written. Raises Refused, `storage.Unavailable`.

    With `tell`, what the file says happened is an event and has its messages; without, it is history brought in.
    """
    name, inspection = checked(data=data, filename=filename)
    try:
        table = read_table(data, name, most=LINES_MAX)
    except Refused as refusal:
        raise Refused(refusal.sentence, "file") from refusal
    filing.keep(data=data, inspection=inspection)
    found = RecordImport(kind=KINDS[kind].key, filename=name, sha256=inspection.sha256, by=by)
    found.columns = _kept(guess(table.heads, KINDS[kind]))
    found.counts = {"tell": int(tell)}
    db.session.add(found)
    _judge(found, table, scope)
    return found


def preview_again(*, found: RecordImport, columns: list[str], tell: bool, scope: Scope) -> list[Line]:
    """Other columns, or the same on records that moved: the lines as they are judged now. Raises Stale."""
    _expect(found)
    table = table_of(found)
    if columns:
        found.columns = _kept(checked_columns(columns, table.heads, KINDS[found.kind]))
    found.counts = {"tell": int(tell)}
    return _judge(found, table, scope)


def table_of(found: RecordImport) -> Table:
    """The file as it was kept. Raises Refused when its bytes are lost."""
    return read_table(kept(found.sha256), found.filename, most=LINES_MAX)


def fields_of(found: RecordImport, table: Table) -> list[str]:
    """The field under each header of the file, "" for none."""
    return [found.columns.get(str(place), "") for place in range(len(table.heads))]


def ask_apply(*, found: RecordImport, by: str) -> None:
    """Have the lines entered by a job. Raises Refused while one is wrong, or when nothing would change."""
    db.session.refresh(found, with_for_update=True)
    if found.state in ("applying", "done"):
        return  # sent twice: the first one is under way
    _expect(found)
    if found.counts.get("wrong"):
        raise Refused(_("Des lignes sont à corriger : rien n’est importé tant qu’il en reste une."))
    if not (found.counts.get("new") or found.counts.get("changed")):
        raise Refused(_("Ce fichier ne change rien : il n’y a rien à importer."))
    found.state, found.by, found.done_rows = "applying", by, 0
    db.session.flush()
    identity = str(found.id)
    after_commit(lambda: ring("slow", "work_on_records", identity))


def give_up(*, found: RecordImport) -> None:
    """Leave a preview without importing it."""
    _expect(found)
    found.state, found.ended_at = "given_up", now()
    db.session.flush()


def imports_wait() -> list[uuid.UUID]:
    """Those whose bell was not heard, or whose worker died."""
    return list(db.session.scalars(select(RecordImport.id).where(RecordImport.state == "applying").limit(20)))


def _judge(found: RecordImport, table: Table, scope: Scope) -> list[Line]:
    fields = fields_of(found, table)
    tell = found.counts.get("tell", 0)
    if "party" not in fields or not {"number", "external_id"} & set(fields):
        found.counts, found.problems = {"tell": tell, "columns": 1}, {}
        db.session.flush()
        return []
    lines = lines_of(KINDS[found.kind], table, fields, scope)
    wrong = [line for line in lines if line.problems]
    found.problems = {str(line.number): line.problems for line in wrong[:SHOWN_MAX]}
    found.counts = {"tell": tell} | dict(Counter(line.verdict for line in lines))
    found.total_rows, found.done_rows = len(lines), 0
    db.session.flush()
    return lines


def _kept(fields: list[str]) -> dict[str, Any]:
    return {str(place): name for place, name in enumerate(fields) if name}


def _expect(found: RecordImport) -> None:
    db.session.refresh(found, with_for_update=True)
    if found.state != "read":
        raise Stale(_("Cet import a déjà avancé : rechargez la page."))
