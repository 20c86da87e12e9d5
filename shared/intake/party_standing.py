"""Parties as they stand, by their codes: what an imported line is compared with, in three queries a thousand codes."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from shared.extensions import db
from shared.folding import fold
from shared.people.cards import CELL_FIELDS
from shared.people.changing import FIELDS
from shared.people.models import Contact, EmailCell, Family, Party, Person

AT_ONCE = 1000


@dataclass
class Standing:
    """One party: its fields, cells included, and the names of the people there."""

    id: uuid.UUID
    revision: int
    values: dict[str, Any]
    people: list[str] = field(default_factory=list)

    def knows(self, name: str) -> bool:
        """Whether somebody of that name is there, in whichever order the name is written."""
        return name_key(name) in {name_key(each) for each in self.people}


def standing_by_code(family: Family, codes: Iterable[str]) -> dict[str, Standing]:
    """Folded code → the party of that family."""
    wanted = sorted({fold(code) for code in codes})
    found: dict[str, Standing] = {}
    for at in range(0, len(wanted), AT_ONCE):
        found |= _some(family, wanted[at : at + AT_ONCE])
    return found


def with_details(parties: dict[uuid.UUID, Standing]) -> None:
    """Add cells and people to these parties, in two queries."""
    ids = list(parties)
    cells = select(EmailCell.party_id, EmailCell.slot, EmailCell.address).where(EmailCell.party_id.in_(ids))
    for party_id, slot, address in db.session.execute(cells):
        parties[party_id].values[CELL_FIELDS[slot]] = address
    people = (
        select(Contact.party_id, Person.given_name, Person.family_name)
        .join(Person, Person.id == Contact.person_id)
        .where(Contact.party_id.in_(ids), Contact.is_main.is_(False), Contact.closed_at.is_(None))
        .order_by(Contact.id)
    )
    for party_id, given, name in db.session.execute(people):
        parties[party_id].people.append(f"{given} {name}".strip())


def name_key(name: str) -> tuple[str, ...]:
    """« MARTIN Camille » and « Camille Martin » are one name."""
    return tuple(sorted(fold(name).split()))


def _some(family: Family, codes: Sequence[str]) -> dict[str, Standing]:
    columns = [getattr(Party, name) for name in FIELDS]
    query = select(Party.id, Party.revision, Party.code_folded, *columns)
    rows = db.session.execute(query.where(Party.family_id == family.id, Party.code_folded.in_(codes))).all()
    found = {row[2]: Standing(row[0], row[1], dict(zip(FIELDS, row[3:], strict=True))) for row in rows}
    with_details({each.id: each for each in found.values()})
    return found
