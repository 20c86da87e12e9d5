"""The daily round: what nothing points to goes after 24 h, and a sample of the rest is hashed again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update

from shared.clock import now
from shared.documents.models import StoredObject
from shared.documents.storage import Entry, Storage, Unavailable, original_key, storage
from shared.documents.verifying import verify
from shared.extensions import Model, db
from shared.people.models import Activity

REST = timedelta(hours=24)
AT_ONCE = 500  # objects removed by one round: the next one takes the others


def sweep(*, sample: int = 50) -> None:
    """One round; may run twice. A silent storage ends it without harm, and the next round goes on."""
    try:
        remove_unused(limit=AT_ONCE)
        remove_orphans(limit=AT_ONCE)
        check_sample(count=sample)
    except Unavailable:
        return


def hold(sha256: str) -> None:
    """Until the end of the transaction, neither remove these bytes nor file them elsewhere at the same moment."""
    db.session.execute(select(func.pg_advisory_xact_lock(number_of(sha256))))


def remove_unused(*, limit: int) -> int:
    """Delete the objects, and their rows, that no row has pointed to for 24 h; returns how many."""
    moment = now()
    used = _is_used()
    db.session.execute(
        update(StoredObject).where(StoredObject.unused_since.is_not(None), used).values(unused_since=None)
    )
    db.session.execute(
        update(StoredObject).where(StoredObject.unused_since.is_(None), ~used).values(unused_since=moment)
    )
    rested = StoredObject.unused_since < moment - REST
    found = db.session.scalars(
        select(StoredObject.sha256).where(rested).order_by(StoredObject.sha256).limit(limit)
    ).all()
    removed = 0
    for sha256 in found:
        # The lock first: somebody may be filing the same bytes at this very moment.
        if not _held_now(sha256):
            continue
        gone = delete(StoredObject).where(StoredObject.sha256 == sha256, rested, ~used).returning(StoredObject.sha256)
        if db.session.execute(gone.execution_options(synchronize_session=False)).first() is not None:
            _erase(sha256)
            removed += 1
    return removed


def remove_orphans(*, limit: int) -> int:
    """Delete the objects older than 24 h that have no row: their transaction never ended. Returns how many."""
    where, limit_date = storage(), now() - REST
    removed = 0
    old = _old(where, limit_date)
    while batch := list(islice(old, 500)):  # itertools.batched came with Python 3.12
        names = {_sha256_of(entry.key) for entry in batch}
        for sha256 in sorted(names - _known(names)):
            if _held_now(sha256) and not _known({sha256}):
                _erase(sha256)
                removed += 1
                if removed >= limit:
                    return removed
    return removed


def check_sample(*, count: int) -> int:
    """Hash the objects that were checked the longest ago; returns how many are lost or altered."""
    oldest = select(StoredObject).order_by(StoredObject.checked_at.nulls_first(), StoredObject.sha256).limit(count)
    bad = 0
    for stored in db.session.scalars(oldest.with_for_update(skip_locked=True)).all():
        bad += not verify(stored)
    return bad


def _is_used() -> ColumnElement[bool]:
    """Whether any column that names a stored object names this one; new tables are found by their foreign key."""
    target = StoredObject.__table__.c.sha256
    uses: list[ColumnElement[bool]] = [
        exists().where(key.parent == StoredObject.sha256).correlate(StoredObject)
        for table in Model.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column is target
    ]
    uses.append(exists().where(Activity.logo_sha256 == StoredObject.sha256).correlate(StoredObject))
    return or_(*uses)


def _known(names: set[str]) -> set[str]:
    rows = select(StoredObject.sha256).where(StoredObject.sha256.in_(names))
    logos = select(Activity.logo_sha256).where(Activity.logo_sha256.in_(names))
    return {name for name in db.session.scalars(rows.union(logos)) if name}


def _old(where: Storage, limit_date: datetime) -> Iterator[Entry]:
    for prefix in ("originals/", "derived/"):
        yield from (entry for entry in where.entries(prefix) if entry.modified < limit_date)


def _sha256_of(key: str) -> str:
    """`originals/<aa>/<sha256>` and `derived/<sha256>/<kind>`."""
    parts = key.split("/")
    return parts[2] if parts[0] == "originals" else parts[1]


def _held_now(sha256: str) -> bool:
    return bool(db.session.scalar(select(func.pg_try_advisory_xact_lock(number_of(sha256)))))


def _erase(sha256: str) -> None:
    where = storage()
    where.delete(original_key(sha256))
    for key in list(where.keys(f"derived/{sha256}/")):
        where.delete(key)


def number_of(sha256: str) -> int:
    """The advisory lock of these bytes."""
    return int.from_bytes(bytes.fromhex(sha256[:16]), "big", signed=True)
