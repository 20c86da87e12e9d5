"""Applying a previewed import: every line or none, on the very parties that were previewed."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from shared.clock import now
from shared.errors import Stale
from shared.events.batches import in_batch
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.intake.models import ImportState, PartyImport, PartyImportRow, RowVerdict
from shared.people.cards import CELL_FIELDS, Card
from shared.people.changing import FIELDS, change_cells
from shared.people.codes import sort_key
from shared.people.contacting import ContactCard, add_contact
from shared.people.models import Contact, EmailCell, Family, Party, Person
from shared.people.registering import supposed, write

AT_ONCE = 200
SLOTS = {name: slot for slot, name in CELL_FIELDS.items()}


def apply_import(found: PartyImport, family: Family, tell: Callable[[int], None]) -> None:
    """Write every staged line in the caller's transaction. Raises Stale when one party moved since the preview."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"parties:{family.id}", 0))))
    by, done = found.applied_by or found.by, 0
    with in_batch(str(found.id)):
        for rows in batches(found.id, RowVerdict.NEW):
            _refuse_taken(family, rows)
            _create(rows, family, by)
            done += len(rows)
            tell(done)
        for rows in batches(found.id, RowVerdict.CHANGED):
            parties = held([row.party_id for row in rows if row.party_id])
            _refuse_moved(parties, rows)
            for row in rows:
                assert row.party_id is not None
                party = parties[row.party_id]
                write_values(party, {field: becomes for field, (_was, becomes) in row.changes.items()}, by=by)
                row.revision = party.revision
            db.session.flush()
            done += len(rows)
            tell(done)
    found.state, found.applied_at, found.done = ImportState.APPLIED, now(), done
    record("parties.imported", by=by, facts={"import": str(found.id), "filename": found.filename, **found.counts})


def batches(import_id: uuid.UUID, verdict: RowVerdict) -> Iterator[list[PartyImportRow]]:
    """The lines of one verdict, some at a time, in the order of the file."""
    last = 0
    while True:
        query = select(PartyImportRow).where(
            PartyImportRow.import_id == import_id, PartyImportRow.verdict == verdict, PartyImportRow.line > last
        )
        rows = list(db.session.scalars(query.order_by(PartyImportRow.line).limit(AT_ONCE)))
        if not rows:
            return
        last = rows[-1].line
        yield rows


def held(ids: list[uuid.UUID]) -> dict[uuid.UUID, Party]:
    """These parties with their cells, theirs alone until the end of the transaction."""
    query = select(Party).where(Party.id.in_(ids)).options(selectinload(Party.cells)).order_by(Party.id)
    found = db.session.scalars(query.with_for_update(of=Party).execution_options(populate_existing=True))
    return {party.id: party for party in found}


def write_values(party: Party, values: Mapping[str, Any], *, by: str) -> None:
    """Put checked values on a standing party, with the events that say so."""
    before = {name: getattr(party, name) for name in FIELDS}
    for name in FIELDS:
        if name in values:
            setattr(party, name, values[name])
    if not party.is_business:
        party.siret = party.vat_number = None
    party.code_folded, party.code_sort = fold(party.code), sort_key(party.code)
    party.name_folded = fold(party.name)
    addresses = {cell.slot: cell.address for cell in party.cells}
    moved = change_cells(party, addresses | {SLOTS[name]: values[name] for name in values if name in SLOTS})
    fields = {name: [was, getattr(party, name)] for name, was in before.items() if was != getattr(party, name)}
    if fields or moved:
        party.revision += 1
        db.session.flush()
    if fields:
        record("party.changed", by=by, party_id=party.id, facts={"fields": fields})
    for slot, (was, becomes) in moved.items():
        facts = {"slot": slot.value, "before": was, "after": becomes}
        record("party.address_changed", by=by, party_id=party.id, facts=facts)
    if values.get("contact"):
        add_contact(party=party, card=contact_card(values["contact"]), by=by)


def contact_card(name: str) -> ContactCard:
    """« Camille Martin » or « MARTIN Camille »: words in capitals are the family name, else the last one is."""
    words = name.split()
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    if not capitals or len(capitals) == len(words):
        capitals = words[-1:]
    given = [word for word in words if word not in capitals]
    return ContactCard(family_name=" ".join(capitals), given_name=" ".join(given))


def _create(rows: list[PartyImportRow], family: Family, by: str) -> None:
    """New parties, each kind of row sent at once."""
    made = [_new_party(row, family) for row in rows]
    db.session.add_all(made)
    db.session.flush()
    people: list[Contact] = []
    for party, row in zip(made, rows, strict=True):
        row.party_id, row.revision = party.id, party.revision
        if party.is_business and family.default_consent:
            db.session.add_all(supposed(party, family, by=by))
        if "contact" in row.changes:
            people.append(_new_contact(party, row.changes["contact"][1]))
    db.session.add_all(people)
    db.session.flush()
    for party in made:
        record("party.created", by=by, party_id=party.id)
    for contact in people:
        facts = {"contact": str(contact.id), "name": contact.person.full_name}
        record("contact.created", by=by, party_id=contact.party_id, facts=facts)
    db.session.flush()


def _new_party(row: PartyImportRow, family: Family) -> Party:
    values = {field: becomes for field, (_was, becomes) in row.changes.items()}
    card = Card(**{"is_business": not family.of_people, **{name: values[name] for name in FIELDS if name in values}})
    party = Party(id=uuid7(), family_id=family.id, family=family, created_at=now(), revision=1)
    write(party, card)
    addresses = {SLOTS[name]: text for name, text in values.items() if name in SLOTS and text}
    party.cells = [EmailCell(slot=slot, address=text, address_folded=fold(text)) for slot, text in addresses.items()]
    return party


def _new_contact(party: Party, name: str) -> Contact:
    """Of a party that nobody else knows yet: nothing to hold or to look up."""
    card = contact_card(name)
    person = Person(id=uuid7(), given_name=card.given_name, family_name=card.family_name)
    return Contact(id=uuid7(), party_id=party.id, person=person)


def _refuse_taken(family: Family, rows: list[PartyImportRow]) -> None:
    """A code that was new when previewed and is somebody's now."""
    codes = [fold(row.changes["code"][1]) for row in rows]
    taken = db.session.scalars(
        select(Party.code).where(Party.family_id == family.id, Party.code_folded.in_(codes)).limit(5)
    ).all()
    if taken:
        raise Stale(
            ngettext(
                "Le code %(codes)s a été créé depuis l’aperçu. Rien n’a été importé : refaites l’aperçu.",
                "Des codes ont été créés depuis l’aperçu (%(codes)s). Rien n’a été importé : refaites l’aperçu.",
                len(taken),
                codes=", ".join(taken),
            )
        )


def _refuse_moved(parties: dict[uuid.UUID, Party], rows: list[PartyImportRow]) -> None:
    moved = [
        row
        for row in rows
        if row.party_id is None or row.party_id not in parties or parties[row.party_id].revision != row.revision
    ]
    if moved:
        lines = ", ".join(str(row.line) for row in moved[:5])
        raise Stale(
            _(
                "Des fiches ont été modifiées depuis l’aperçu (lignes %(lines)s). Rien n’a été importé : "
                "refaites l’aperçu.",
                lines=lines,
            )
        )
