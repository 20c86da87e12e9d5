"""« Renoncer au contrat »: a consumer who signed at a distance goes back on it within fourteen days, without a reason.

Code de la consommation, art. L221-18 (fourteen days), L221-19 (the day of the contract does not count; a last day that
is no working day is put off), L221-21 (the receipt); directive (EU) 2023/2673 (the function on the page, two steps).
"""

import uuid
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from shared.access.models import Account
from shared.clock import now
from shared.documents.visible import COMPANY_ZONE, today
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.notifications.addresses import normalise
from shared.signatures.holding import held
from shared.signatures.models import RequestState, SignatureRequest, Signer, SignerRole, SignerState, Withdrawal
from shared.signatures.tracing import trace

DAYS = 14
CONTRACTS = ("quote", "contract", "order")
SATURDAY = 5


def last_day(request: SignatureRequest) -> date | None:
    """Until when a consumer may withdraw, that day included; None where the law gives no such right."""
    party = request.party
    if request.state is not RequestState.COMPLETED or request.ended_at is None:
        return None
    if party.is_business or party.family.of_people or request.document.folder.document_class not in CONTRACTS:
        return None
    day = request.ended_at.astimezone(COMPANY_ZONE).date() + timedelta(days=DAYS)
    while day.weekday() >= SATURDAY or _is_holiday(day):
        day += timedelta(days=1)
    return day


def may_withdraw(signer: Signer) -> bool:
    """Whether « renoncer au contrat ici » stands on the page of this signer today."""
    day = last_day(signer.request)
    is_theirs = signer.role is SignerRole.PARTY and signer.state is SignerState.SEALED
    return is_theirs and day is not None and today() <= day and withdrawal_of(signer.request_id) is None


def withdrawal_of(request_id: uuid.UUID) -> Withdrawal | None:
    """What was declared, if it was."""
    return db.session.scalars(select(Withdrawal).where(Withdrawal.request_id == request_id)).one_or_none()


def withdraw(*, signer: Signer, name: str, address: str, account: Account | None, ip: str, by: str) -> Withdrawal:
    """« Confirmer la rétractation »: kept with its time, a dated receipt leaves, the company is told. Once.

    Raises Refused (fields `name`, `address`), or when the time is over.
    """
    request = held(signer.request_id)
    db.session.refresh(signer)
    standing = withdrawal_of(request.id)
    if standing is not None:
        return standing
    if not may_withdraw(signer):
        raise Refused(_("Le délai de rétractation est passé, ou ce contrat n’en ouvre pas. Rien n’a été enregistré."))
    if not name.strip():
        raise Refused(_("Écrivez votre nom."), field="name")
    made = Withdrawal(id=uuid7(), request_id=request.id, account_id=account.id if account else None, ip=ip)
    made.declared_name, made.declared_address = name.strip()[:200], normalise(address, "address")
    made.confirmed_at = now()
    db.session.add(made)
    db.session.flush()
    trace(request=request, kind="withdrawn", signer=signer, by=by, name=made.declared_name, ip=ip)
    facts = {"request": str(request.id), "withdrawal": str(made.id), "name": made.declared_name}
    record("signature.withdrawn", by=by, party_id=request.party_id, document_id=request.document_id, facts=facts)
    return made


def _is_holiday(day: date) -> bool:
    """A day on which nobody works in France (Code du travail, art. L3133-1)."""
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    easter = _easter(day.year)
    moving = {easter + timedelta(days=days) for days in (1, 39, 50)}
    return (day.month, day.day) in fixed or day in moving


def _easter(year: int) -> date:
    """The Sunday of Easter (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * i) // 451
    month, day = divmod(h + i - 7 * m + 114, 31)
    return date(year, month, day + 1)
