"""Loading the record that an address names, and the kinds that a person may open."""

import uuid
from typing import NamedTuple

from flask import abort

from backoffice.reach import refuse, scope
from shared.people.finding import families
from shared.people.models import Family
from shared.records import finding
from shared.records.declaring import Kind
from shared.records.kinds import KINDS
from shared.records.models import Record
from shared.records.reaching import kinds_in, reaches, takes
from shared.web.permissions import Permission


class Reach(NamedTuple):
    """One kind, all those in reach, the families in which it may be, and whether this person may write."""

    kind: Kind
    kinds: list[Kind]
    families: list[Family]
    may_edit: bool


def kind_for(key: str | None, permission: Permission = Permission.RECORDS_SEE) -> Reach:
    """The kind of an address, or the first: 404 for none of theirs, 403 where they may look and no more."""
    seen = scope(Permission.RECORDS_SEE)
    reached = families(seen)
    kinds = kinds_in(seen, reached)
    kind = next((each for each in kinds if key in (None, each.key)), None)
    if kind is None:
        abort(404)
    may_edit = kind in kinds_in(scope(Permission.RECORDS_EDIT), reached)
    if permission is Permission.RECORDS_EDIT and not may_edit:
        refuse(permission)
    return Reach(kind, kinds, [family for family in reached if takes(kind, family)], may_edit)


def record_for(record_id: uuid.UUID, permission: Permission) -> tuple[Record, Kind]:
    """The record of an address: 404 out of sight, 403 where it may be seen and no more."""
    found = finding.record_in(scope(Permission.RECORDS_SEE), record_id, whole=False)
    if found is None or found.kind not in KINDS:
        abort(404)
    if not may(permission, found):
        refuse(permission)
    return found, KINDS[found.kind]


def may(permission: Permission, record: Record) -> bool:
    """Whether this person holds the permission for this very record."""
    return reaches(scope(permission), record)
