"""Imports of records as staff read them. A file names parties of any family: who reaches some only sees their own."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, true

from shared.extensions import db
from shared.people.scopes import Scope
from shared.records.declaring import Kind
from shared.records.models import RecordImport


def import_in(*, scope: Scope, by: str, import_id: uuid.UUID) -> RecordImport | None:
    """An import in reach, or None as if it did not exist."""
    query = select(RecordImport).where(RecordImport.id == import_id, _in_reach(scope, by))
    return db.session.scalars(query).one_or_none()


def last_imports(*, kind: Kind, scope: Scope, by: str, limit: int = 10) -> Sequence[RecordImport]:
    """The newest imports of this kind that were not given up."""
    query = select(RecordImport).where(RecordImport.kind == kind.key, RecordImport.state != "given_up")
    query = query.where(_in_reach(scope, by)).order_by(RecordImport.at.desc(), RecordImport.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def _in_reach(scope: Scope, by: str) -> ColumnElement[bool]:
    return true() if any(grant.family_id is None for grant in scope.grants) else RecordImport.by == by
