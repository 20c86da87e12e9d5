"""Who comes in for several parties: one account opens them all.

So that staff of one party must never set or read its password.
"""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from shared.extensions import db
from shared.people.models import Contact


def comes_elsewhere(person_id: Any, party_id: Any) -> ColumnElement[bool]:
    """Whether this person, an id or a column, is a contact of another party too."""
    other = aliased(Contact)
    return exists().where(other.person_id == person_id, other.party_id != party_id)


def is_elsewhere(contact: Contact) -> bool:
    """The same of one contact."""
    return bool(db.session.scalar(select(comes_elsewhere(contact.person_id, contact.party_id))))


def shared_among(person_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these persons that come in for several parties; one query, none without persons."""
    if not person_ids:
        return set()
    query = select(Contact.person_id).where(Contact.person_id.in_(person_ids)).group_by(Contact.person_id)
    return set(db.session.scalars(query.having(func.count(Contact.party_id.distinct()) > 1)))
