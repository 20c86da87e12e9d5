"""The code that confirms a signature: bound to one signer and to the bytes that they were shown, good for ten minutes.

Règlement (UE) 910/2014, art. 26: what a signature at the level « renforcée » adds to the simple one is that whoever
signs held, at that moment, a mailbox or a telephone that we knew before.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask_babel import force_locale, get_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import or_, select

from shared.access import one_time
from shared.errors import Refused
from shared.events.actors import SYSTEM
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.masking import masked_email, masked_phone
from shared.notifications.addresses import normalise
from shared.notifications.channels.sms_numbers import mobile
from shared.notifications.models import Notification
from shared.settings.sms_provider import can_send_sms
from shared.signatures.chaining import written_time
from shared.signatures.code_models import SigningCode
from shared.signatures.models import Signature, Signer

SMS = "sms"


@dataclass(frozen=True)
class Code:
    """One code as pages and proof may know it; `target` is masked."""

    id: uuid.UUID
    channel: str
    target: str
    is_confirmed: bool  # its owner had confirmed that address or number before
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None
    tries: int  # wrong ones


def issue(
    *,
    signer_id: uuid.UUID,
    digest: str,
    channel: Literal["email", "sms"] | str,
    address: str,
    verified: bool,
    others: int = 0,
) -> Code:
    """Draw six figures and send them; the earlier ones of this signer are dead. Raises Refused (`channel`, `code`).

    `digest` is the SHA-256 of what is shown: the signer's document and `others` beside it; `verified` whether its owner
    has confirmed the address. At most five an hour for a signer, ten to an address.
    """
    signer = db.session.get_one(Signer, signer_id, with_for_update=True)
    row = SigningCode(id=uuid7(), signer_id=signer_id, digest=digest, channel=channel, is_confirmed=verified)
    row.address = _address(signer, channel, address)
    one_time.issue(
        row,
        whose=SigningCode.signer_id == signer_id,
        asked=f"signer:{signer_id}",
        bound=_bound(signer_id, digest),
        tell=lambda code: _tell(signer, code, others),
    )
    return _code(row)


def check(*, signer_id: uuid.UUID, digest: str, typed: str) -> Code:
    """Use up the code that was typed; raises Refused (field `code`), always the same sentence.

    To be called before anything is written: a wrong try is committed at once. The right one is used when the caller
    commits, and stays locked until then.
    """
    row = one_time.use(
        SigningCode,
        whose=SigningCode.signer_id == signer_id,
        bound=_bound(signer_id, digest),
        typed=typed,
        exhausted=_exhausted,
    )
    record("signature.code_used", by=SYSTEM, **_about(db.session.get_one(Signer, signer_id)), facts=_facts(row))
    return _code(row)


def codes_of(signer_id: uuid.UUID) -> list[dict[str, Any]]:
    """Every code of one signer for the proof file, oldest first: to where, whose, when, how many wrong tries.

    One act may sign several documents with one code, which was then drawn for the first of them.
    """
    used = select(Signature.code_id).where(Signature.signer_id == signer_id)
    query = (
        select(SigningCode, Notification.sent_at)
        .outerjoin(Notification, Notification.id == SigningCode.notification_id)
        .where(or_(SigningCode.signer_id == signer_id, SigningCode.id.in_(used)))
        .order_by(SigningCode.issued_at, SigningCode.id)
    )
    return [_proof(row, sent_at) for row, sent_at in db.session.execute(query).all()]


def _address(signer: Signer, channel: str, address: str) -> str:
    if channel != SMS:
        return normalise(address, "channel")
    if not can_send_sms():
        raise Refused(_("Les SMS ne peuvent pas partir pour l’instant : recevez votre code par e-mail."), "channel")
    return mobile(address, "channel", country=signer.request.party.country)


def _tell(signer: Signer, row: SigningCode, others: int) -> Event:
    contact = signer.contact
    person = contact.person.locale if contact else (signer.staff.locale if signer.staff else None)
    spoken = get_locale()
    locale = person or (spoken.language if spoken else "") or signer.request.party.locale
    facts = {**_facts(row), "locale": locale, "title": _title(signer, others, locale)}
    return record("signature.code_issued", by=SYSTEM, **_about(signer), facts=facts)


def _title(signer: Signer, others: int, locale: str) -> str:
    """The message says how many documents the code signs: nobody confirms more than they were told."""
    title = signer.request.document.title
    if not others:
        return title
    with force_locale(locale):
        return str(
            ngettext(
                "%(title)s et %(num)s autre document", "%(title)s et %(num)s autres documents", others, title=title
            )
        )


def _exhausted(row: SigningCode) -> None:
    signer = db.session.get_one(Signer, row.signer_id)
    record("signature.code_exhausted", by=SYSTEM, **_about(signer), facts={"code": str(row.id)})


def _about(signer: Signer) -> dict[str, uuid.UUID]:
    return {"party_id": signer.request.party_id, "document_id": signer.request.document_id}


def _facts(row: SigningCode) -> dict[str, Any]:
    return {"code": str(row.id), "signer": str(row.signer_id), "channel": row.channel, "to": _masked(row)}


def _masked(row: SigningCode) -> str:
    return masked_phone(row.address) if row.channel == SMS else masked_email(row.address)


def _bound(signer_id: uuid.UUID, digest: str) -> str:
    return f"signature:{signer_id}:{digest}"


def _code(row: SigningCode) -> Code:
    return Code(
        id=row.id,
        channel=row.channel,
        target=_masked(row),
        is_confirmed=row.is_confirmed,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        tries=row.tries,
    )


def _proof(row: SigningCode, sent_at: datetime | None) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "channel": row.channel,
        "target": _masked(row),
        "verified": row.is_confirmed,  # by its owner, before
        "digest": row.digest,
        "issued_at": written_time(row.issued_at),
        "sent_at": written_time(sent_at) if sent_at else None,
        "used_at": written_time(row.used_at) if row.used_at else None,
        "voided_at": written_time(row.voided_at) if row.voided_at else None,
        "tries": row.tries,
    }
