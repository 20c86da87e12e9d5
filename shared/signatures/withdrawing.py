"""« Renoncer au contrat »: a consumer who signed at a distance goes back on it within fourteen days, without a reason.

Code de la consommation, art. L221-18 (fourteen days), L221-19 (the day of the contract does not count; a last day that
is no working day is put off), L221-21 (the receipt); directive (EU) 2023/2673 (the function on the page, two steps).
"""

import uuid
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from shared.access.models import Account
from shared.clock import day_of, now, today
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.notifications.addresses import normalise
from shared.signatures.holding import held
from shared.signatures.models import RequestState, SignatureRequest, Signer, SignerRole, SignerState, Withdrawal
from shared.signatures.tracing import trace
from shared.working_days import next_working

DAYS = 14
CONTRACTS = ("quote", "contract", "order")


def last_day(request: SignatureRequest) -> date | None:
    """Until when a consumer may withdraw, that day included; None where the law gives no such right."""
    party = request.party
    if request.state is not RequestState.COMPLETED or request.ended_at is None:
        return None
    if party.is_business or party.family.of_people or request.document.folder.document_class not in CONTRACTS:
        return None
    return next_working(day_of(request.ended_at) + timedelta(days=DAYS))


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
