"""The code that confirms at the level « renforcée »: where it may go, and what it is bound to.

Nobody types an address here: a code goes to one that we know already, and the page shows it masked.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from shared.access.models import Account
from shared.errors import Refused
from shared.events.actors import SYSTEM
from shared.extensions import db
from shared.masking import masked_email, masked_phone
from shared.people.models import EmailCell, EmailSlot
from shared.settings.sms_provider import can_send_sms
from shared.signatures import codes
from shared.signatures.holding import held
from shared.signatures.models import Level, Signer
from shared.signatures.tracing import trace


class Target(NamedTuple):
    """One way to reach the signer; `verified` when its owner has confirmed it."""

    channel: str
    masked: str
    address: str
    verified: bool


def targets(signer: Signer, account: Account | None) -> list[Target]:
    """The ways by which this signer may be sent a code, e-mail first."""
    found = [_email(signer, account), _phone(signer, account) if can_send_sms() else None]
    return [one for one in found if one is not None]


def send_code(
    *, signers: Sequence[Signer], account: Account | None, channel: str, only: Sequence[str] = ("email", "sms")
) -> Target:
    """Send one code for all these documents; the former one is dead. Raises Refused (field `channel`)."""
    owner = code_owner(signers)
    target = next((one for one in targets(owner, account) if one.channel == channel and channel in only), None)
    if target is None:
        raise Refused(_("Choisissez où recevoir votre code."), field="channel")
    for request_id in sorted({signer.request_id for signer in signers}):  # first, and in one order, as in `accepting`
        held(request_id)
    digest = digest_together([signer.request.prepared_sha256 or "" for signer in signers])
    sent = codes.issue(
        signer_id=owner.id,
        digest=digest,
        channel=channel,
        address=target.address,
        verified=target.verified,
        others=len(signers) - 1,
    )
    for signer in signers:
        trace(request=signer.request, kind="code_sent", signer=signer, by=SYSTEM, **_told(sent))
    return target


def use_code(*, signers: Sequence[Signer], shas: Sequence[str], typed: str, by: str) -> codes.Code:
    """Use up the code that confirms an act on these documents; the caller holds their requests. As `codes.check`."""
    used = codes.check(signer_id=code_owner(signers).id, digest=digest_together(shas), typed=typed)
    for signer in signers:
        trace(request=signer.request, kind="code_used", signer=signer, by=by, **_told(used))
    return used


def asks_code(signers: Sequence[Signer], *, by_staff: bool) -> bool:
    """Whether these signers confirm by a code; staff are known by their own second factor."""
    return not by_staff and any(signer.request.level is Level.REINFORCED for signer in signers)


def code_owner(signers: Sequence[Signer]) -> Signer:
    """The signer whose code confirms an act on several documents: always the same one."""
    return min(signers, key=lambda signer: signer.id)


def digest_together(shas: Sequence[str]) -> str:
    """What one code is bound to: the document's own digest, or the digest of all of them in order."""
    if len(shas) == 1:
        return shas[0]
    return hashlib.sha256("".join(sorted(shas)).encode()).hexdigest()


def account_of(signer: Signer) -> Account | None:
    """The account of the signer's person, for a code sent while they sign in front of staff."""
    if signer.contact is None:
        return None
    return db.session.scalars(select(Account).where(Account.person_id == signer.contact.person_id)).one_or_none()


def _told(code: codes.Code) -> dict[str, Any]:
    """What the chain of each document says of a code, whoever of them it was drawn for."""
    return {"code": str(code.id), "channel": code.channel, "to": code.target, "verified": code.is_confirmed}


def _email(signer: Signer, account: Account | None) -> Target | None:
    if account is not None and account.email and account.email_verified_at is not None:
        return Target("email", masked_email(account.email), account.email, True)
    contact = signer.contact
    address = contact.email if contact else ""
    if not address and contact is not None and contact.is_main:
        cell = db.session.get(EmailCell, (contact.party_id, EmailSlot.CARD))
        address = cell.address if cell else ""
    return Target("email", masked_email(address), address, False) if address else None


def _phone(signer: Signer, account: Account | None) -> Target | None:
    if account is not None and account.phone and account.phone_verified_at is not None:
        return Target("sms", masked_phone(account.phone), account.phone, True)
    contact = signer.contact
    number = (contact.phone or (signer.request.party.phone if contact.is_main else "")) if contact else ""
    return Target("sms", masked_phone(number), number, False) if number else None
