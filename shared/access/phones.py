"""A phone number that its owner has confirmed: they received a code on it and typed it here."""

import uuid

from flask_babel import gettext as _
from sqlalchemy import select

from shared.access import one_time
from shared.access.models import Account
from shared.access.phone_models import PhoneCode
from shared.clock import now
from shared.errors import Refused
from shared.events.actors import account_actor
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.notifications.channels.sms_numbers import masked, mobile
from shared.settings.sms_provider import can_send_sms


def confirmed_number(person_id: uuid.UUID) -> str | None:
    """The number (E.164) that this person has confirmed, None where there is none."""
    query = select(Account.phone).where(Account.person_id == person_id, Account.phone_verified_at.is_not(None))
    return db.session.scalar(query) or None


def ask_number(*, account_id: uuid.UUID, typed: str, country: str, locale: str) -> PhoneCode:
    """Send a code to the number typed; `country` (ISO 3166) is that of a number without one. Raises Refused.

    The number confirmed before stays until the new one is. At most five codes an hour.
    """
    if not can_send_sms():
        raise Refused(_("Les SMS ne peuvent pas partir pour l’instant : un numéro ne peut donc pas être confirmé."))
    account = db.session.get_one(Account, account_id, with_for_update=True)
    row = PhoneCode(id=uuid7(), account_id=account.id, channel="sms", address=mobile(typed, "number", country=country))
    return one_time.issue(
        row,
        whose=PhoneCode.account_id == account.id,
        asked=f"account:{account.id}",
        bound=_bound(account.id),
        tell=lambda code: _tell(account, code, locale),
    )


def confirm_number(*, account_id: uuid.UUID, typed: str) -> Account:
    """The code is the right one: the number becomes this person's. Raises Refused (field `code`).

    A wrong try is committed at once, see `one_time.use`.
    """
    mine = PhoneCode.account_id == account_id
    row = one_time.use(PhoneCode, whose=mine, bound=_bound(account_id), typed=typed, exhausted=_exhausted)
    account = db.session.get_one(Account, account_id, with_for_update=True)
    account.phone, account.phone_verified_at = row.address, now()
    _note("account.phone_confirmed", account, row.address)
    return account


def forget_number(*, account_id: uuid.UUID) -> None:
    """No SMS goes there any more; login and documents stay as they are."""
    account = db.session.get_one(Account, account_id, with_for_update=True)
    if account.phone:
        _note("account.phone_forgotten", account, account.phone)
        account.phone, account.phone_verified_at = "", None


def awaited(account_id: uuid.UUID) -> PhoneCode | None:
    """The code that this person has been sent and not typed yet."""
    live = (PhoneCode.used_at.is_(None), PhoneCode.voided_at.is_(None), PhoneCode.expires_at > now())
    return db.session.scalars(select(PhoneCode).where(PhoneCode.account_id == account_id, *live)).one_or_none()


def _tell(account: Account, row: PhoneCode, locale: str) -> Event:
    return record(
        "account.phone_code_issued",
        by=account_actor(account),
        account_id=account.id,
        facts={"code": str(row.id), "to": masked(row.address), "locale": locale},
    )


def _exhausted(row: PhoneCode) -> None:
    account = db.session.get_one(Account, row.account_id)
    by = account_actor(account)
    record("account.phone_code_exhausted", by=by, account_id=account.id, facts={"code": str(row.id)})


def _note(event: str, account: Account, number: str) -> None:
    record(event, by=account_actor(account), account_id=account.id, facts={"to": masked(number)})


def _bound(account_id: uuid.UUID) -> str:
    return f"phone:{account_id}"
