"""Passkeys of staff (WebAuthn level 2): the words exchanged with the browser, and what they prove.

A challenge is used once, whatever the cookie that carried it.
"""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import select

from shared.access.models import Passkey
from shared.access.second_factor import PASSKEY, enrolled
from shared.access.throttling import Ticket, succeeded, within
from shared.clock import now
from shared.config import config
from shared.errors import Refused
from shared.extensions import db, uuid7
from shared.people.models import Staff
from shared.settings.reading import company

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

# The library is imported where it is used: most processes never meet a key, and it weighs 14 MB in each.
LIFE = timedelta(minutes=10)
MOST = 10
LONGEST_LABEL = 60


def are_possible() -> bool:
    """Browsers make keys for a name reached safely, never for an address in figures."""
    host = config().public_host
    figures = host.replace(".", "").isdigit() or ":" in host
    return not config().plain_http and not figures


def keys_of(staff: Staff) -> Sequence[Passkey]:
    """Theirs, the oldest first."""
    return db.session.scalars(select(Passkey).where(Passkey.staff_id == staff.id).order_by(Passkey.id)).all()


def options_to_add(staff: Staff) -> tuple[str, str]:
    """What the browser needs to make a key, as JSON, and the challenge to keep until it answers."""
    from webauthn import generate_registration_options
    from webauthn.helpers import bytes_to_base64url, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=config().public_host,
        rp_name=company().name or "Guichet",
        user_id=staff.id.bytes,
        user_name=staff.email,
        user_display_name=staff.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_descriptors(staff),
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def add(*, staff: Staff, answer: str, challenge: str, label: str, keep: uuid.UUID | None) -> list[str]:
    """Take the key that the browser made; the recovery codes when it is the first factor. Raises Refused."""
    from webauthn import verify_registration_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    if len(keys_of(staff)) >= MOST:
        raise Refused(_("Vous avez déjà %(most)s clés : retirez-en une d’abord.", most=MOST))
    _use_once(challenge)
    try:
        proved = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=config().public_host,
            expected_origin=config().public_url,
        )
    except (WebAuthnException, ValueError) as error:
        raise Refused(_("La clé n’a pas été enregistrée : le navigateur n’a pas répondu comme prévu.")) from error
    if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == proved.credential_id)):
        raise Refused(_("Cette clé est déjà enregistrée."))
    db.session.add(
        Passkey(
            id=uuid7(),
            staff_id=staff.id,
            credential_id=proved.credential_id,
            public_key=proved.credential_public_key,
            sign_count=proved.sign_count,
            label=label.strip()[:LONGEST_LABEL] or _("Clé d’accès"),
        )
    )
    db.session.flush()
    return enrolled(staff=staff, kind=PASSKEY, keep=keep)


def options_to_prove(staff: Staff) -> tuple[str, str]:
    """What the browser needs to ask a key of theirs, as JSON, and the challenge to keep until it answers."""
    from webauthn import generate_authentication_options
    from webauthn.helpers import bytes_to_base64url, options_to_json

    options = generate_authentication_options(rp_id=config().public_host, allow_credentials=_descriptors(staff))
    return options_to_json(options), bytes_to_base64url(options.challenge)


def prove(*, staff: Staff, ticket: Ticket, answer: str, challenge: str) -> bool:
    """Whether a key of theirs signed this challenge; a copied key, whose count goes back, is refused."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException
    from webauthn.helpers.parse_authentication_credential_json import parse_authentication_credential_json

    if not ticket.allowed:
        return False
    try:
        _use_once(challenge)
        key = _named(staff, parse_authentication_credential_json(answer).raw_id)
        proved = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=config().public_host,
            expected_origin=config().public_url,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
        )
    except (WebAuthnException, ValueError, Refused):
        return False
    key.sign_count, key.used_at = proved.new_sign_count, now()
    succeeded(ticket)
    return True


def _named(staff: Staff, credential_id: bytes) -> Passkey:
    query = select(Passkey).where(Passkey.staff_id == staff.id, Passkey.credential_id == credential_id)
    found = db.session.scalars(query.with_for_update()).one_or_none()
    if found is None:
        raise ValueError("no such key of theirs")
    return found


def _descriptors(staff: Staff) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=key.credential_id) for key in keys_of(staff)]


def _use_once(challenge: str) -> None:
    digest = hashlib.sha256(challenge.encode()).hexdigest()
    if not challenge or not within("staff.challenge", digest, 1, 2 * LIFE):
        raise Refused(_("Cette demande a déjà servi : recommencez."))
