"""Where a document stands on the portal against what is wanted: available, missing, different…"""

import enum

from sqlalchemy import ColumnElement, case, false, func, or_, select
from sqlalchemy.orm import aliased

from shared.documents import effective
from shared.documents.consents import CONSENT_HOLDS
from shared.documents.models import Document, Publication, StoredObject, Version

STAFF = "staff"


class Standing(enum.StrEnum):
    """`missing`, `extra` and `different` are to be repaired; the others are as they should be."""

    AVAILABLE = "available"
    MISSING = "missing"  # wanted, and nobody can open it
    EXTRA = "extra"  # its publication goes on though its folder is not shared
    DIFFERENT = "different"  # its object is lost, or has other bytes
    HELD = "held"  # waits for the party's agreement
    OFF = "off"  # nobody wants it there


WRONG = (Standing.MISSING, Standing.EXTRA, Standing.DIFFERENT)


def standing() -> ColumnElement[str]:
    """The column; wants what `finding.joined` joins."""
    shared = effective.shared()
    return case(
        (or_(StoredObject.damaged_at.is_not(None), StoredObject.size != Version.size), Standing.DIFFERENT.value),
        (Publication.live_at.is_not(None) & shared, Standing.AVAILABLE.value),
        (Publication.id.is_not(None) & ~shared, Standing.EXTRA.value),
        (func.coalesce(Publication.held_because.in_(CONSENT_HOLDS), false()), Standing.HELD.value),
        (Publication.id.is_not(None), Standing.MISSING.value),
        (shared & _last_end().is_distinct_from(STAFF), Standing.MISSING.value),
        else_=Standing.OFF.value,
    )


def _last_end() -> ColumnElement[str | None]:
    """Why its last publication was withdrawn; NULL when it never had any, or when its row is gone."""
    earlier = aliased(Publication)
    query = select(earlier.withdrawn_because).where(earlier.document_id == Document.id)
    query = query.order_by(earlier.wanted_at.desc(), earlier.id.desc()).limit(1)
    return query.correlate(Document).scalar_subquery()
