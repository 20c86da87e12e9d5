"""Many originals kept at once: the same as `filing.keep`, in two questions to the database."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from shared.documents.models import StoredObject
from shared.documents.storage import original_key, storage
from shared.documents.sweeping import number_of
from shared.extensions import db

PUT_AT_ONCE = 8  # a storage answers each in milliseconds, ten thousand one after the other in minutes


def keep_all(*, originals: Sequence[tuple[str, bytes]], mime: str) -> None:
    """Put these bytes in the storage, each under its SHA-256, and say so in the database. Raises Unavailable."""
    data = dict(originals)
    # In one order for everybody, so that two who keep the same bytes never wait for each other.
    numbers = sorted(number_of(sha256) for sha256 in data)
    db.session.execute(select(func.pg_advisory_xact_lock(func.unnest(numbers))))
    where = storage()
    with ThreadPoolExecutor(PUT_AT_ONCE) as beside:
        list(beside.map(lambda sha256: where.put(original_key(sha256), data[sha256], mime), data))
    rows = [{"sha256": sha256, "size": len(each), "mime": mime} for sha256, each in data.items()]
    mended = {"unused_since": None, "damaged_at": None}
    query = insert(StoredObject).values(rows)
    db.session.execute(query.on_conflict_do_update(index_elements=[StoredObject.sha256], set_=mended))
