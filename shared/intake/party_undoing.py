"""Ten minutes to take an import back: what nobody touched since is as before, the rest stays and is listed."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Table, delete, exists, or_, select

from shared.clock import now
from shared.events.batches import in_batch
from shared.events.recording import record
from shared.extensions import Model, db
from shared.intake.models import ImportState, PartyImport, PartyImportRow, RowVerdict
from shared.intake.party_applying import batches, contact_card, held, write_values
from shared.intake.party_standing import name_key
from shared.people.contacting import close_contact
from shared.people.models import Consent, Contact, Party, Person

REGRET = timedelta(minutes=10)
OWN = ("email_cell", "consent", "contact")  # what a new party brings with itself


def may_undo(found: PartyImport) -> bool:
    """Whether the ten minutes last."""
    return found.state is ImportState.APPLIED and found.applied_at is not None and now() - found.applied_at < REGRET


def undo_import(found: PartyImport, tell: Callable[[int], None]) -> None:
    """Take back every line that still is as the import left it."""
    by, done = found.undone_by or found.by, 0
    with in_batch(str(found.id)):
        for rows in batches(found.id, RowVerdict.NEW):
            _remove(rows, by)
            done += len(rows)
            tell(done)
        for rows in batches(found.id, RowVerdict.CHANGED):
            _restore(rows, by)
            done += len(rows)
            tell(done)
    found.state, found.undone_at = ImportState.UNDONE, now()
    record("parties.import_undone", by=by, facts={"import": str(found.id), "filename": found.filename})


def _remove(rows: list[PartyImportRow], by: str) -> None:
    parties = held([row.party_id for row in rows if row.party_id])
    used = set(db.session.scalars(select(Party.id).where(Party.id.in_(parties), _is_used())))
    gone: list[uuid.UUID] = []
    for row in rows:
        party = parties.get(row.party_id) if row.party_id else None
        if party is None:
            continue
        if party.id in used or party.revision != row.revision:
            row.kept = _("Déjà utilisé depuis l’import : le tiers reste.")
            continue
        gone.append(party.id)
    persons = list(db.session.scalars(select(Contact.person_id).where(Contact.party_id.in_(gone))))
    for table, column in ((Consent, Consent.party_id), (Contact, Contact.party_id)):
        db.session.execute(delete(table).where(column.in_(gone)))
    elsewhere = exists().where(Contact.person_id == Person.id)
    db.session.execute(delete(Person).where(Person.id.in_(persons), ~elsewhere))
    db.session.execute(delete(Party).where(Party.id.in_(gone)))
    db.session.expire_all()
    for party_id in gone:
        record("party.removed", by=by, party_id=party_id)
    db.session.flush()


def _restore(rows: list[PartyImportRow], by: str) -> None:
    parties = held([row.party_id for row in rows if row.party_id])
    for row in rows:
        party = parties.get(row.party_id) if row.party_id else None
        if party is None or party.revision != row.revision:
            row.kept = _("Modifié depuis l’import : la fiche reste comme elle est.")
            continue
        write_values(party, {field: was for field, (was, _is) in row.changes.items() if field != "contact"}, by=by)
        if "contact" in row.changes:
            _close(party, row.changes["contact"][1], by)
    db.session.flush()


def _close(party: Party, name: str, by: str) -> None:
    card = contact_card(name)
    wanted = name_key(f"{card.given_name} {card.family_name}")
    query = select(Contact).where(Contact.party_id == party.id, Contact.is_main.is_(False), Contact.closed_at.is_(None))
    for contact in db.session.scalars(query.order_by(Contact.id.desc())):
        if name_key(contact.person.full_name) == wanted:
            close_contact(contact=contact, by=by)
            return


def _is_used() -> ColumnElement[bool]:
    """Whether any row names this party, but what it was created with; new tables are found by their foreign key."""
    target, contacts = Party.__table__.c.id, Contact.__table__.c.id
    uses: list[ColumnElement[bool]] = []
    for table in Model.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is target and table.name not in OWN:
                uses.append(exists().where(key.parent == Party.id).correlate(Party))
            if key.column is contacts:
                uses.append(_by_contact(table, key.parent))
    return or_(*uses)


def _by_contact(table: Table, column: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
    held_there = exists().select_from(table.join(Contact.__table__, Contact.__table__.c.id == column))
    return held_there.where(Contact.__table__.c.party_id == Party.id).correlate(Party.__table__)
