"""What a bulk action would do to each line, read in one query of plain columns: the preview and the job agree.

Nothing here ever selects a secret.
"""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from shared.access.bulk_models import BulkKind, Outcome
from shared.access.elsewhere import comes_elsewhere
from shared.access.models import Access, Account, PortalSession, Seat
from shared.clock import now
from shared.extensions import db
from shared.people.finding import on_card
from shared.people.models import Contact, EmailCell, Party

# Closing is never put off because a line has changed since it was shown.
CLOSING = frozenset({BulkKind.WITHDRAW, BulkKind.SESSIONS})
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


def lines_of(party_ids: Sequence[uuid.UUID]) -> list[Line]:
    """These parties in the order of their codes; one query."""
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
        )
        .outerjoin(EmailCell, on_card())
        .outerjoin(Contact, and_(Contact.party_id == Party.id, Contact.is_main))
        .outerjoin(Access, and_(Access.party_id == Party.id, Access.is_main))
        .outerjoin(Seat, Seat.access_id == Access.id)
        .outerjoin(Account, Account.person_id == Contact.person_id)  # theirs, though it has no seat here yet
        .where(Party.id.in_(party_ids))
        .order_by(Party.code_sort, Party.id)
    )
    return [Line._make(row) for row in db.session.execute(query)]


def judge(kind: BulkKind, line: Line, folder_ids: Sequence[uuid.UUID] | None = None) -> Verdict:
    """What becomes of this line, and the reason in one word where there is something to say."""
    return _JUDGES[kind](line, folder_ids)


def _is_shown() -> ColumnElement[bool]:
    """As `initial.is_shown`: neither handed over nor expired, nor opening another party."""
    is_waiting = or_(Seat.id.is_(None), Access.initial_set_at > Seat.applied_at)
    works = Account.initial_expires_at > now()
    kept = and_(Access.initial_secret.is_not(None), Access.initial_handed_over_at.is_(None))
    return func.coalesce(and_(kept, or_(is_waiting, works), ~_elsewhere()), False)


def _elsewhere() -> ColumnElement[bool]:
    return comes_elsewhere(Contact.person_id, Party.id)


def _draw(line: Line, _folder_ids: Sequence[uuid.UUID] | None) -> Verdict:
    """It never replaces a password: that is asked line by line."""
    if line.has_secret or line.has_password or line.has_initial:
        return Outcome.ALREADY, ""
    return (Outcome.REFUSED, "elsewhere") if line.is_elsewhere else (_made(line), "")


def _allow(line: Line, _folder_ids: Sequence[uuid.UUID] | None) -> Verdict:
    if line.allowed:
        return Outcome.ALREADY, ""
    return _made(line), "" if line.has_address else "no_address"


def _withdraw(line: Line, _folder_ids: Sequence[uuid.UUID] | None) -> Verdict:
    return (Outcome.CHANGED if line.allowed else Outcome.ALREADY), ""


def _notify(line: Line, _folder_ids: Sequence[uuid.UUID] | None) -> Verdict:
    if not line.allowed:
        return Outcome.REFUSED, "closed"
    if line.notify and not line.is_applied:
        return Outcome.ALREADY, ""
    return Outcome.CHANGED, "" if line.has_address else "no_address"


def _rights(line: Line, folder_ids: Sequence[uuid.UUID] | None) -> Verdict:
    """Rights may be set before the access is opened: it then opens with no more than these."""
    if line.access_id is None:
        return Outcome.CREATED, ""
    same = (line.folder_ids is None) == (folder_ids is None) and set(line.folder_ids or ()) == set(folder_ids or ())
    return (Outcome.ALREADY if same else Outcome.CHANGED), ""


def _sessions(line: Line, _folder_ids: Sequence[uuid.UUID] | None) -> Verdict:
    return (Outcome.CHANGED if line.has_sessions else Outcome.ALREADY), ""


def _letters(line: Line, _folder_ids: Sequence[uuid.UUID] | None) -> Verdict:
    """A password that may still be read is printed; else a link to choose one. Who has their own gets no letter."""
    if not line.allowed:
        return Outcome.REFUSED, "closed"
    if line.has_password:
        return Outcome.ALREADY, "own_password"
    return Outcome.CHANGED, "password" if line.is_shown else "link"


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
