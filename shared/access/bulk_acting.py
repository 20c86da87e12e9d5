"""What each kind of bulk action does to the lines of one batch, which are held meanwhile."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from shared.access import causes, granting, initial, lettering, passwords
from shared.access.bulk_choice import choice_from
from shared.access.bulk_models import BulkAction, BulkKind, BulkRow
from shared.access.ending import end_sessions
from shared.access.judging import Line
from shared.access.models import Access, Seat
from shared.access.rights import set_acts, set_rights
from shared.access.wanting import ring_if_automatic
from shared.clock import now
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import Contact, Party, Person
from shared.secrets import seal

CAUSES = {BulkKind.DRAW: causes.PASSWORD, BulkKind.ALLOW: causes.ALLOWED, BulkKind.NOTIFY: causes.NOTIFY}
FIELDS = {BulkKind.ALLOW: ["allowed"], BulkKind.NOTIFY: ["notify"]}


@dataclass
class Touched:
    """A line that the action changes: as it was frozen, as it is held, as it stood when it was judged."""

    row: BulkRow
    party: Party
    found: Access | None
    line: Line

    @property
    def access(self) -> Access:
        """Its access, which stands by now."""
        if self.found is None:
            raise LookupError(self.party.id)
        return self.found


@dataclass(frozen=True)
class Held:
    """The parties of a batch and the accesses of their main contacts, by party, until the end of the transaction."""

    parties: dict[uuid.UUID, Party]
    accesses: dict[uuid.UUID, Access]


def accesses_of(party_ids: Sequence[uuid.UUID]) -> Held:
    """Lock and read them, in the order in which everybody locks them."""
    parties = select(Party).where(Party.id.in_(party_ids)).order_by(Party.id).with_for_update(of=Party)
    held = {party.id: party for party in db.session.scalars(parties)}
    query = select(Access).where(Access.is_main, Access.party_id.in_(party_ids)).order_by(Access.id)
    query = query.options(joinedload(Access.seat).joinedload(Seat.account)).with_for_update(of=Access)
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return Held(held, {access.party_id: access for access in rows})


def act(action: BulkAction, touched: Sequence[Touched]) -> None:
    """Change these lines; one audit line each."""
    if action.kind is BulkKind.LETTERS:
        lettering.print_letters(action=action, letters=[(each.access, each.line.is_shown) for each in touched])
    else:
        _make_missing([each for each in touched if each.found is None], action.by)
        _change(action, touched)
    db.session.flush()
    for each in touched:
        each.row.access_id, each.row.after_revision = each.access.id, each.access.revision


def _change(action: BulkAction, touched: Sequence[Touched]) -> None:
    if action.kind in CAUSES:
        for each in touched:
            _want(each.access, action.kind, action.by)
        db.session.flush()
        for each in touched:
            _note(each.access, action.kind, action.by)
        ring_if_automatic()
        return
    choice = choice_from(action.choice)
    links = granting.open_links([each.access.id for each in touched]) if action.kind is BulkKind.WITHDRAW else {}
    for each in touched:
        if action.kind is BulkKind.WITHDRAW:
            each.row.before = {**each.row.before, "links": links.get(each.access.id, [])}
            granting.withdraw(access=each.access, by=action.by)
        elif action.kind is BulkKind.RIGHTS:
            if not choice.keeps_folders:
                set_rights(access=each.access, folder_ids=choice.folder_ids, by=action.by)
            set_acts(access=each.access, acts=choice.acts(each.access.acts), by=action.by)
        else:
            _disconnect(each, action.by)


def _disconnect(each: Touched, by: str) -> None:
    account_id = each.line.account_id
    if account_id is None:
        return
    count = end_sessions(account_id=account_id)
    record(
        "account.sessions_ended",
        by=by,
        party_id=each.party.id,
        access_id=each.access.id,
        account_id=account_id,
        facts={"count": count},
    )


def _want(access: Access, kind: BulkKind, by: str) -> None:
    if kind is BulkKind.DRAW:
        access.initial_secret = seal(passwords.draw(), initial.PURPOSE)
        access.initial_set_at, access.initial_handed_over_at = now(), None
    elif kind is BulkKind.ALLOW:
        access.allowed = True
    else:
        access.notify = True
    is_green = access.seat is not None and access.seat.revision == access.revision
    if is_green or not access.allowed or kind is BulkKind.ALLOW:
        access.changed_at = now()
    access.revision += 1
    access.changed_by, access.cause = by, CAUSES[kind]


def _note(access: Access, kind: BulkKind, by: str) -> None:
    name, facts = (
        ("access.initial_drawn", {}) if kind is BulkKind.DRAW else ("access.changed", {"fields": FIELDS[kind]})
    )
    record(name, by=by, party_id=access.party_id, access_id=access.id, facts=facts)


def _make_missing(missing: Sequence[Touched], by: str) -> None:
    """Accesses that open nothing yet, named by the code of their party."""
    if not missing:
        return
    contacts = _contacts([each.party for each in missing])
    for each in missing:
        each.found = _new(each.party, contacts[each.party.id], by)
    db.session.flush()
    for each in missing:
        record("access.created", by=by, party_id=each.party.id, access_id=each.access.id)


def _contacts(parties: Sequence[Party]) -> dict[uuid.UUID, Contact]:
    ids = [party.id for party in parties]
    query = select(Contact).where(Contact.is_main, Contact.party_id.in_(ids))
    known = {each.party_id: each for each in db.session.scalars(query)}
    for party in parties:
        if party.id not in known:
            person = Person(id=uuid7(), family_name=party.name)
            known[party.id] = Contact(id=uuid7(), party_id=party.id, person_id=person.id, person=person, is_main=True)
            db.session.add(known[party.id])
    return known


def _new(party: Party, contact: Contact, by: str) -> Access:
    access = Access(id=uuid7(), contact=contact, contact_id=contact.id, is_main=True, party=party, party_id=party.id)
    access.identifier, access.cause, access.changed_by = party.code, causes.CREATED, by
    access.allowed, access.notify, access.revision, access.changed_at = False, True, 1, now()
    access.seat = None
    db.session.add(access)
    return access
