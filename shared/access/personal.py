"""A personal address that its owner has proved: it opens the account once the job, and its mailbox, are gone."""

import uuid
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, exists, func, select

from shared.access import one_time
from shared.access.address_models import AddressCode
from shared.access.identifiers import spellings
from shared.access.models import Account, Identifier, IdentifierKind, Seat
from shared.clock import now, today
from shared.errors import Refused
from shared.events.actors import SYSTEM, account_actor
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.masking import masked_email
from shared.notifications.addresses import normalise
from shared.people.models import EmailCell, Family, Party

BATCH = 200


def ask_address(*, seat: Seat, typed: str, locale: str) -> AddressCode:
    """Send a code to the address typed; the one proved before stays until then. Raises Refused (field `address`).

    The company's own address is no personal one: it ends with the job.
    """
    address = normalise(typed, "address")
    if db.session.scalar(
        select(exists().where(EmailCell.party_id == seat.party_id, EmailCell.address_folded == address.lower()))
    ):
        raise Refused(_("C’est l’adresse de votre fiche : donnez-en une que vous garderez."), field="address")
    account = db.session.get_one(Account, seat.account_id, with_for_update=True)
    row = AddressCode(id=uuid7(), account_id=account.id, channel="email", address=address)
    return one_time.issue(
        row,
        whose=AddressCode.account_id == account.id,
        asked=f"account:{account.id}",
        bound=_bound(account.id),
        tell=lambda code: _tell(account, code, locale),
    )


def prove_address(*, account_id: uuid.UUID, typed: str) -> Account:
    """The code is the right one: the address is theirs, names the account at the login, and waits for the departure.

    Raises Refused (field `code`); a wrong try is committed at once, see `one_time.use`.
    """
    mine = AddressCode.account_id == account_id
    row = one_time.use(AddressCode, whose=mine, bound=_bound(account_id), typed=typed, exhausted=_exhausted)
    account = db.session.get_one(Account, account_id, with_for_update=True)
    _unname(account, account.personal_email)
    account.personal_email, account.personal_verified_at = row.address, now()
    _name(account, row.address)
    for party_id in db.session.scalars(select(Seat.party_id).where(Seat.account_id == account.id)):
        facts = {"to": masked_email(row.address)}
        record(
            "account.personal_address_proved",
            by=account_actor(account),
            account_id=account.id,
            party_id=party_id,
            facts=facts,
        )
    pass_over()
    return account


def forget_address(*, account_id: uuid.UUID) -> None:
    """The address names the account no more. Raises Refused once it is the only way in."""
    account = db.session.get_one(Account, account_id, with_for_update=True)
    if not account.personal_email:
        return
    if account.email == account.personal_email:
        raise Refused(_("Vous avez quitté la société : cette adresse est votre seul accès. Remplacez-la plutôt."))
    _unname(account, account.personal_email)
    facts = {"to": masked_email(account.personal_email)}
    record("account.personal_address_forgotten", by=account_actor(account), account_id=account.id, facts=facts)
    account.personal_email, account.personal_verified_at = "", None


def awaited_address(account_id: uuid.UUID) -> AddressCode | None:
    """The code that was sent and not typed yet."""
    live = (AddressCode.used_at.is_(None), AddressCode.voided_at.is_(None), AddressCode.expires_at > now())
    return db.session.scalars(select(AddressCode).where(AddressCode.account_id == account_id, *live)).one_or_none()


def departed(_event: Event) -> None:
    """Reaction to a departure that was recorded: at once for a day that is past."""
    db.session.flush()
    pass_over()


def pass_over() -> int:
    """Login and security messages of those who have left go to the address that they proved; how many passed."""
    rows = db.session.scalars(_leaving().limit(BATCH).with_for_update(of=Account, skip_locked=True)).all()
    for account in rows:
        former = account.email
        account.email, account.email_verified_at = account.personal_email, account.personal_verified_at
        _unname(account, former)
        for address in db.session.scalars(_cards(account.id)):
            _unname(account, address)
        _name(account, account.personal_email)
        facts = {"to": masked_email(account.personal_email)}
        record("account.passed_to_personal", by=SYSTEM, account_id=account.id, facts=facts)
    return len(rows)


def _leaving() -> Select[Account]:
    """Accounts all of whose parties are persons who have left, and whose login is not the proved address yet."""
    left = exists().where(Seat.account_id == Account.id, Seat.party_id == Party.id, Party.left_on <= today())
    stays = exists().where(
        Seat.account_id == Account.id,
        Seat.party_id == Party.id,
        Seat.allowed,
        (Party.left_on.is_(None)) | (Party.left_on > today()),
    )
    proved = (Account.personal_verified_at.is_not(None), Account.email != Account.personal_email)
    return select(Account).where(*proved, left, ~stays).order_by(Account.id)


def _cards(account_id: uuid.UUID) -> Any:
    return (
        select(EmailCell.address)
        .join(Seat, Seat.party_id == EmailCell.party_id)
        .join(Party, Party.id == Seat.party_id)
        .join(Family, Family.id == Party.family_id)
        .where(Seat.account_id == account_id, Family.of_people, func.coalesce(Party.left_on <= today(), False))
    )


def _name(account: Account, address: str) -> None:
    folded = spellings(address)[0]
    known = exists().where(
        Identifier.account_id == account.id,
        Identifier.kind == IdentifierKind.EMAIL,
        Identifier.value_folded == folded,
    )
    if not db.session.scalar(select(known)):
        kind = IdentifierKind.EMAIL
        db.session.add(Identifier(id=uuid7(), account_id=account.id, kind=kind, value=address, value_folded=folded))
        db.session.flush()


def _unname(account: Account, address: str) -> None:
    if not address:
        return
    query = select(Identifier).where(
        Identifier.account_id == account.id,
        Identifier.kind == IdentifierKind.EMAIL,
        Identifier.value_folded == spellings(address)[0],
    )
    for row in db.session.scalars(query):
        db.session.delete(row)
    db.session.flush()


def _tell(account: Account, row: AddressCode, locale: str) -> Event:
    return record(
        "account.address_code_issued",
        by=account_actor(account),
        account_id=account.id,
        facts={"code": str(row.id), "to": masked_email(row.address), "locale": locale},
    )


def _exhausted(row: AddressCode) -> None:
    by = account_actor(db.session.get_one(Account, row.account_id))
    record("account.address_code_exhausted", by=by, account_id=row.account_id, facts={"code": str(row.id)})


def _bound(account_id: uuid.UUID) -> str:
    return f"address:{account_id}"
