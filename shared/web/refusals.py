"""A refused request rolls back, then its security line is written in a short transaction of its own.

At most twenty lines a minute and visitor: the rest are counted, and the next line says how many there were.
"""

import uuid
from datetime import timedelta
from typing import Any

from flask import request
from sqlalchemy import delete, func, select

from shared.access.models import Attempt
from shared.access.throttling import subject_hash, within
from shared.events.recording import record
from shared.extensions import db
from shared.transactions import transaction
from shared.web import visitors
from shared.web.entering import current

LINES, MINUTE = 20, timedelta(minutes=1)
WRITTEN, SILENT = "refusal.line", "refusal.silent"


def refused(
    name: str,
    *,
    party_id: uuid.UUID | None = None,
    document_id: uuid.UUID | None = None,
    access_id: uuid.UUID | None = None,
    account_id: uuid.UUID | None = None,
    **facts: Any,
) -> None:
    """Undo what the request did, and write the security event `name` with its path and address."""
    by, visitor = visitors.actor(), str(current().row_id or visitors.client_ip())
    db.session.rollback()
    with transaction():
        if not within(WRITTEN, visitor, LINES, MINUTE):
            db.session.add(Attempt(action=SILENT, subject=subject_hash(SILENT, visitor)))
            return
        record(
            name,
            by=by,
            party_id=party_id,
            document_id=document_id,
            access_id=access_id,
            account_id=account_id,
            facts={**facts, "path": request.path, "ip": visitors.client_ip()} | _counted(visitor),
        )


def _counted(visitor: str) -> dict[str, int]:
    """How many were left out since the last line, if any."""
    mine = (Attempt.action == SILENT, Attempt.subject == subject_hash(SILENT, visitor))
    left_out = db.session.scalar(select(func.count()).select_from(Attempt).where(*mine)) or 0
    if left_out:
        db.session.execute(delete(Attempt).where(*mine))
    return {"left_out": left_out} if left_out else {}
