"""What asks for somebody's attention, in one query."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, true

from shared.access.grid_columns import is_red
from shared.access.models import Access, Seat
from shared.extensions import db
from shared.intake.models import Arrival, Verdict
from shared.notifications.models import Notification, Status
from shared.people.models import EmailCell, Party
from shared.people.scopes import Scope
from shared.signatures.authority_models import KeyKind, KeySource, SigningKey


class Counts(NamedTuple):
    """Lines that wait, that a person must check, rejected addresses, files without owner, red accesses."""

    waiting: int
    to_check: int
    bouncing: int
    to_attach: int
    red: int
    certificate_ends: datetime | None  # the company's own, which nobody here renews
    proposed: int = 0  # drafts that a person confirms


def counts(scope: Scope) -> Counts:
    """For the families in reach."""
    families = {grant.family_id for grant in scope.wide().grants}
    everywhere = None in families

    def reached(column: ColumnElement[Any]) -> ColumnElement[bool]:
        return true() if everywhere else column.in_(families)

    lines = select(func.count()).select_from(Notification).where(reached(Notification.family_id.expression))
    cells = select(func.count()).select_from(EmailCell).join(Party, Party.id == EmailCell.party_id)
    tray = select(func.count()).select_from(Arrival).where(reached(Arrival.family_id.expression))
    accesses = select(func.count()).select_from(Access).join(Party, Party.id == Access.party_id)
    accesses = accesses.outerjoin(Seat, Seat.access_id == Access.id)
    brought = (SigningKey.kind == KeyKind.COMPANY, SigningKey.source != KeySource.MADE, SigningKey.retired_at.is_(None))
    row = db.session.execute(
        select(
            lines.where(Notification.status == Status.WAITING).scalar_subquery(),
            lines.where(Notification.status == Status.UNKNOWN).scalar_subquery(),
            cells.where(EmailCell.bounced_at.is_not(None), scope.parties()).scalar_subquery(),
            tray.where(Arrival.verdict == Verdict.TO_ATTACH).scalar_subquery(),
            accesses.where(is_red(), scope.parties()).scalar_subquery(),
            select(SigningKey.not_after).where(*brought).scalar_subquery(),
            lines.where(Notification.is_proposal, Notification.status == Status.WAITING).scalar_subquery(),
        )
    ).one()
    return Counts(*row)
