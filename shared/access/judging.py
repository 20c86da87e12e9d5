"""What a bulk action would do to each line, read in one query of plain columns: the preview and the job agree.

Nothing here ever selects a secret.
"""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Subquery, Text, and_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.access.bulk_choice import NOTHING, BulkChoice
from shared.access.bulk_models import BulkKind, Outcome
from shared.access.elsewhere import comes_elsewhere
from shared.access.models import Access, Account, Act, PortalSession, Seat
from shared.clock import now
from shared.extensions import db
from shared.people.finding import on_card
from shared.people.models import Contact, EmailCell, Party

# Closing is never put off because a line has changed since it was shown.
CLOSING = frozenset({BulkKind.WITHDRAW, BulkKind.SESSIONS})
OTHERS = "others"  # the main contact's line is as it should be, another contact's is not
Verdict = tuple[Outcome, str]


class Line(NamedTuple):
    """One party's main access as it stands; `revision` 0 without one."""

    party_id: uuid.UUID
    family_id: uuid.UUID
    access_id: uuid.UUID | None
    account_id: uuid.UUID | None
    revision: int
    allowed: bool
    notify: bool
    folder_ids: list[uuid.UUID] | None
    is_applied: bool
    has_secret: bool
    is_shown: bool  # the initial password may still be read
    is_elsewhere: bool  # the person comes in for another party too
    has_password: bool  # the person's own
    has_initial: bool
    has_sessions: bool
    has_address: bool
    has_street: bool
    acts: list[str]
    others: int  # accesses of its other contacts
    others_open: int  # those that are allowed
    others_inside: int  # those that somebody is in by


def lines_of(party_ids: Sequence[uuid.UUID]) -> list[Line]:
    """These parties in the order of their codes; one query."""
    others = _others(party_ids)
    query = (
        select(
            Party.id,
            Party.family_id,
            Access.id,
            Account.id,
            func.coalesce(Access.revision, 0),
            func.coalesce(Access.allowed, False),
            func.coalesce(Access.notify, False),
            Access.folder_ids,
            func.coalesce(Seat.revision == Access.revision, False),
            Access.initial_secret.is_not(None),
            _is_shown(),
            _elsewhere(),
            Account.password_hash.is_not(None),
            Account.initial_hash.is_not(None),
            and_(
                Seat.id.is_not(None),
                exists().where(PortalSession.account_id == Account.id, PortalSession.ended_at.is_(None)),
            ),
            EmailCell.party_id.is_not(None),
            Party.postcode != "",
            func.coalesce(Access.acts, literal([act.value for act in Act], ARRAY(Text))),
            *(func.coalesce(column, 0) for column in (others.c.all, others.c.open, others.c.inside)),
        )
        .outerjoin(EmailCell, on_card())
        .outerjoin(others, others.c.party_id == Party.id)
        .outerjoin(Contact, and_(Contact.party_id == Party.id, Contact.is_main))
        .outerjoin(Access, and_(Access.party_id == Party.id, Access.is_main))
        .outerjoin(Seat, Seat.access_id == Access.id)
        .outerjoin(Account, Account.person_id == Contact.person_id)  # theirs, though it has no seat here yet
        .where(Party.id.in_(party_ids))
        .order_by(Party.code_sort, Party.id)
    )
    return [Line._make(row) for row in db.session.execute(query)]


def judge(kind: BulkKind, line: Line, choice: BulkChoice = NOTHING) -> Verdict:
    """What becomes of this line, and the reason in one word where there is something to say."""
    return _JUDGES[kind](line, choice)


def others_of(kind: BulkKind, line: Line) -> int:
    """The other accesses of the party: those that the action may take along, else those that stay as they are."""
    return {BulkKind.WITHDRAW: line.others_open, BulkKind.SESSIONS: line.others_inside}.get(kind, line.others)


def _is_shown() -> ColumnElement[bool]:
    """As `initial.is_shown`: neither handed over nor expired, nor opening another party."""
    is_waiting = or_(Seat.id.is_(None), Access.initial_set_at > Seat.applied_at)
    works = Account.initial_expires_at > now()
    kept = and_(Access.initial_secret.is_not(None), Access.initial_handed_over_at.is_(None))
    return func.coalesce(and_(kept, or_(is_waiting, works), ~_elsewhere()), False)


def _others(party_ids: Sequence[uuid.UUID]) -> Subquery:
    """How many accesses a party has beside that of its main contact, counted once for all."""
    is_inside = exists().where(
        Seat.access_id == Access.id, PortalSession.seat_id == Seat.id, PortalSession.ended_at.is_(None)
    )
    query = select(
        Access.party_id,
        func.count().label("all"),
        func.count().filter(Access.allowed).label("open"),
        func.count().filter(is_inside).label("inside"),
    )
    return query.where(Access.party_id.in_(party_ids), ~Access.is_main).group_by(Access.party_id).subquery()


def _elsewhere() -> ColumnElement[bool]:
    return comes_elsewhere(Contact.person_id, Party.id)


def _draw(line: Line, _choice: BulkChoice) -> Verdict:
    """It never replaces a password: that is asked line by line."""
    if line.has_secret or line.has_password or line.has_initial:
        return Outcome.ALREADY, ""
    return (Outcome.REFUSED, "elsewhere") if line.is_elsewhere else (_made(line), "")


def _allow(line: Line, _choice: BulkChoice) -> Verdict:
    if line.allowed:
        return Outcome.ALREADY, ""
    return _made(line), "" if line.has_address else "no_address"


def _withdraw(line: Line, choice: BulkChoice) -> Verdict:
    return _closed(line.allowed, choice.others and line.others_open > 0)


def _notify(line: Line, _choice: BulkChoice) -> Verdict:
    if not line.allowed:
        return Outcome.REFUSED, "closed"
    if line.notify and not line.is_applied:
        return Outcome.ALREADY, ""
    return Outcome.CHANGED, "" if line.has_address else "no_address"


def _rights(line: Line, choice: BulkChoice) -> Verdict:
    """Rights may be set before the access is opened: it then opens with no more than these."""
    if line.access_id is None:
        return Outcome.CREATED, ""
    folder_ids = choice.folders(line.folder_ids)
    same = (line.folder_ids is None) == (folder_ids is None) and set(line.folder_ids or ()) == set(folder_ids or ())
    same = same and set(choice.acts(line.acts)) == set(line.acts)
    return (Outcome.ALREADY if same else Outcome.CHANGED), ""


def _sessions(line: Line, choice: BulkChoice) -> Verdict:
    return _closed(line.has_sessions, choice.others and line.others_inside > 0)


def _letters(line: Line, _choice: BulkChoice) -> Verdict:
    """A password that may still be read is printed; else a link to choose one. Who has their own gets no letter."""
    if not line.allowed:
        return Outcome.REFUSED, "closed"
    if line.has_password:
        return Outcome.ALREADY, "own_password"
    return Outcome.CHANGED, "password" if line.is_shown else "link"


def _closed(is_main: bool, is_others: bool) -> Verdict:
    if is_main:
        return Outcome.CHANGED, ""
    return (Outcome.CHANGED, OTHERS) if is_others else (Outcome.ALREADY, "")


def _made(line: Line) -> Outcome:
    return Outcome.CREATED if line.access_id is None else Outcome.CHANGED


_JUDGES = {
    BulkKind.DRAW: _draw,
    BulkKind.ALLOW: _allow,
    BulkKind.WITHDRAW: _withdraw,
    BulkKind.NOTIFY: _notify,
    BulkKind.RIGHTS: _rights,
    BulkKind.SESSIONS: _sessions,
    BulkKind.LETTERS: _letters,
}
