"""Who refuses information, read for a batch: a party for its cells, a further contact, else a bare address."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, or_, select
from sqlalchemy.orm import Session

from shared.notifications.addresses import matching
from shared.notifications.models import InformationRefusal
from shared.people.models import Contact

Row = Mapping[str, Any] | RowMapping
Reader = Connection | Session


class Subject(NamedTuple):
    """Whose choice it is; exactly one is set."""

    party_id: uuid.UUID | None = None
    contact_id: uuid.UUID | None = None
    address: str | None = None


def refusing(reader: Reader, rows: Sequence[Row]) -> set[uuid.UUID]:
    """The rows whose addressee wants no information, among `rows`. At most two queries."""
    whose = subjects_of(reader, rows)
    refused = refused_among(reader, whose.values())
    return {row_id for row_id, subject in whose.items() if subject in refused}


def subjects_of(reader: Reader, rows: Sequence[Row]) -> dict[uuid.UUID, Subject]:
    """Row id → whose choice decides for it."""
    named = {row["contact_id"] for row in rows if row["contact_id"]}
    main: set[uuid.UUID] = set()
    if named:
        main = set(reader.execute(select(Contact.id).where(Contact.id.in_(named), Contact.is_main)).scalars())
    return {row["id"]: subject for row in rows if (subject := _subject(row, main)) is not None}


def subject_of_contact(contact: Contact) -> Subject:
    """Whose choice a person makes on the portal: the party's where they are its main contact."""
    return Subject(party_id=contact.party_id) if contact.is_main else Subject(contact_id=contact.id)


def refused_among(reader: Reader, subjects: Iterable[Subject]) -> set[Subject]:
    """Those of these subjects that refuse now; one query."""
    wanted = set(subjects)
    if not wanted:
        return set()
    refusal = InformationRefusal
    query = select(refusal.party_id, refusal.contact_id, refusal.address).where(
        refusal.ended_at.is_(None),
        or_(
            refusal.party_id.in_({each.party_id for each in wanted if each.party_id}),
            refusal.contact_id.in_({each.contact_id for each in wanted if each.contact_id}),
            refusal.address.in_({each.address for each in wanted if each.address}),
        ),
    )
    return {Subject(*row) for row in reader.execute(query)}


def _subject(row: Row, main: set[uuid.UUID]) -> Subject | None:
    if row["copy_of_id"] is None:
        if row["contact_id"] and row["contact_id"] not in main:
            return Subject(contact_id=row["contact_id"])
        if row["party_id"]:
            return Subject(party_id=row["party_id"])
    address = row["fixed_address"]
    return Subject(address=matching(address)) if address else None
