"""What « qui recevra quoi » reads: the kinds of parties that there are, one row a party, and where each is reached."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, cast, exists, func, literal, null, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

from shared.access.models import Account, Seat
from shared.clock import today
from shared.documents.consents import decides, hold
from shared.documents.effective import excepted, own
from shared.documents.foretold_signers import Signing
from shared.documents.models import Folder, FolderException
from shared.extensions import db
from shared.notifications.messages import brand_of
from shared.notifications.surroundings import Surroundings, personal_address
from shared.notifications.withholding import TOO_MANY_BOUNCES
from shared.people.models import Consent, EmailCell, EmailSlot, Family, Party
from shared.settings.reading import company


def kinds(folder: Folder, chosen: ColumnElement[bool], signing: Signing | None) -> Any:
    """All that the fate of a party depends on, how many have it in common (`number`), and one of them (`example`)."""
    settings = cast(FolderException.values, Text).label("settings")
    usual = {folder.slot.value, folder.family.slot_fallback} - {None}
    usual |= {EmailSlot.CARD.value} if signing else set()
    reached = [Party.id.in_(_reached(slot)).label(f"reached_{slot}") for slot in usual]
    elsewhere = case((own("slot").is_not(None), Party.id.in_(_reached(own("slot")))), else_=null()).label("elsewhere")
    seated = Party.id.in_(select(Seat.party_id).where(Seat.allowed).correlate(None)).label("seated")
    held = hold(Party.id, decided=Consent.state).label("held")
    common = (Party.locale, settings, held, seated, elsewhere, *reached, _has_left_with_an_address())
    query = _joined(select(Party.id, *common), folder).outerjoin(Consent, decides(Party.id))
    if signing:
        query = signing.joined(query.add_columns(*signing.common()))
    each = query.where(chosen).subquery()
    example = func.array_agg(each.c.id, type_=ARRAY(Uuid))[1].label("example")
    return select(func.count().label("number"), example).group_by(*(column for column in each.c if column.name != "id"))


def parties(folder: Folder, chosen: ColumnElement[bool], signing: Signing | None) -> Select[*tuple[Any, ...]]:
    """One row a party, by code."""
    query: Select[*tuple[Any, ...]] = select(
        Party.id,
        Party.code,
        Party.name,
        Party.locale,
        Party.family_id,
        Family.slot_fallback,
        FolderException,
        hold(Party.id).label("held"),
        exists().where(Seat.party_id == Party.id, Seat.allowed).label("can_open"),
        personal_address().label("personal"),
    )
    query = _joined(query, folder)
    if signing:
        query = signing.joined(query.add_columns(*signing.columns()))
    return query.where(chosen).order_by(Party.code_sort, Party.id)


def around(rows: Sequence[Row[Any]]) -> Surroundings:
    """What `address_of` looks at: read for all of them, as the sender reads it for its batch."""
    columns = (EmailCell.party_id, EmailCell.slot, EmailCell.address, EmailCell.bounces)
    found = Surroundings(brand_of(company()), {})
    found.parties = {row.id: row for row in rows}
    cells: Any = db.session.execute(select(*columns).where(EmailCell.party_id.in_(found.parties))).all()
    found.cells = {(row.party_id, row.slot): row for row in cells}
    return found


def _reached(slot: Any) -> Select[uuid.UUID]:
    """The parties whose cell takes messages."""
    query = select(EmailCell.party_id).where(EmailCell.slot == slot, EmailCell.bounces < TOO_MANY_BOUNCES)
    return query.correlate(FolderException)


def _has_left_with_an_address() -> ColumnElement[bool]:
    """Whether they have left and are written to at an address of their own."""
    given = (
        select(Seat.party_id)
        .join(Account, Account.id == Seat.account_id)
        .where(Account.personal_verified_at.is_not(None))
        .correlate(None)
    )
    # A case, so that nothing is looked up in a family that nobody has left.
    return case((Party.left_on <= today(), Party.id.in_(given)), else_=False).label("is_written_apart")


def _joined(query: Select[*tuple[Any, ...]], folder: Folder) -> Select[*tuple[Any, ...]]:
    return (
        query.join(Family, Family.id == Party.family_id)
        .join(Folder, Folder.id == literal(folder.id))
        .outerjoin(FolderException, excepted(Party.id))
    )
