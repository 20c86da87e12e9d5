"""What is known, at the moment of signing, of who signs: how the account came to be, what its owner proved."""

from typing import Any

from sqlalchemy import select

from shared.access.models import Access, Account
from shared.events.models import Event
from shared.extensions import db
from shared.masking import masked_email, masked_phone
from shared.people.models import Staff
from shared.signatures.chaining import written_time
from shared.signatures.models import Signer


def account_identity(*, signer: Signer, account: Account) -> dict[str, Any]:
    """A contact who signed in on the portal with a password of their own."""
    own = select(Access.id).where(Access.contact_id == signer.contact_id).scalar_subquery()
    opened = select(Event.actor).where(
        Event.name == "access.created", Event.party_id == signer.request.party_id, Event.access_id == own
    )
    created_by = db.session.scalar(opened.order_by(Event.at).limit(1))
    verified = account.email_verified_at
    return {
        "how": "account",
        "account": str(account.id),
        "account_created_at": written_time(account.created_at),
        "account_activated_at": written_time(account.activated_at) if account.activated_at else None,
        "access_created_by": created_by,
        "email": masked_email(account.email),
        "email_verified_at": written_time(verified) if verified else None,
        "password_changed_at": written_time(account.password_changed_at) if account.password_changed_at else None,
    }


def witnessed_identity(*, signer: Signer, witness: Staff, paper: str) -> dict[str, Any]:
    """Somebody who signed at the counter, in front of a member of staff who says how they knew them."""
    phone = signer.contact.phone if signer.contact else ""
    return {"how": "in_person", "witness": witness.name, "established_by": paper, "phone": masked_phone(phone)}


def staff_identity(*, staff: Staff) -> dict[str, Any]:
    """A member of staff, signed in to the back office."""
    since = staff.second_factor_at
    return {
        "how": "staff",
        "staff": str(staff.id),
        "email": masked_email(staff.email),
        "second_factor_at": written_time(since) if since else None,
    }
