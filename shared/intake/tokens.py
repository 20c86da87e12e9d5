"""Tokens of the API: drawn at random, shown once, known again by their hash only."""

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import or_, select, update

from shared.clock import midnight, now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.intake.api_models import ApiToken
from shared.people.cards import printable
from shared.settings.reading import company

PREFIX = "guichet_"  # by which scanners of leaked secrets know it
RANDOM = 32  # bytes
HINT = 4  # characters
TOUCH = timedelta(minutes=1)

SCOPES = {
    "parties:read": lazy_gettext("Lire les tiers"),
    "parties:write": lazy_gettext("Créer et compléter les tiers"),
    "records:read": lazy_gettext("Lire les pièces"),
    "records:write": lazy_gettext("Créer et compléter les pièces"),
    "events:write": lazy_gettext("Envoyer ce qui arrive aux pièces"),
    "documents:read": lazy_gettext("Lire la liste des documents, sans leur contenu"),
    "documents:write": lazy_gettext("Déposer des documents"),
    "accounting:read": lazy_gettext("Lire les écritures"),
    "accounting:write": lazy_gettext("Marquer les écritures comme exportées"),
}


def draw(
    *, label: str, scopes: Iterable[str], by: str, expires_on: date | None = None, token_id: uuid.UUID | None = None
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is never told again. It serves until the end of `expires_on`.

    `token_id` names one sending of the form. Raises Refused with the field that is wrong.
    """
    named, wanted = printable(label, "label"), [scope for scope in SCOPES if scope in set(scopes)]
    if not named:
        raise Refused(_("Dites quel logiciel s’en servira : c’est ce nom qui paraît dans le journal."), "label")
    if not wanted:
        raise Refused(_("Cochez au moins un droit : sans lui, ce jeton n’ouvrirait rien."), "scopes")
    secret = PREFIX + secrets.token_urlsafe(RANDOM)
    row = ApiToken(
        id=token_id or uuid7(),
        label=named,
        hash=hashed(secret),
        hint=secret[-HINT:],
        scopes=wanted,
        created_by=by,
        expires_at=_end_of(expires_on) if expires_on else None,
    )
    db.session.add(row)
    db.session.flush()
    record("token.created", by=by, facts={"token": str(row.id), "label": named, "scopes": wanted})
    return row, secret


def revoke(*, token: ApiToken, by: str) -> None:
    """It opens nothing from the next call on; its line stays, with what it did."""
    if token.revoked_at is None:
        token.revoked_at = now()
        db.session.flush()
        record("token.revoked", by=by, facts={"token": str(token.id), "label": token.label})


def bearer(secret: str) -> ApiToken | None:
    """The token that stands behind a secret, while it serves; its use is noted once a minute at most."""
    query = select(ApiToken).where(ApiToken.hash == hashed(secret), ApiToken.revoked_at.is_(None))
    found = db.session.scalars(query.where(or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now()))).first()
    if found is not None and (found.last_used_at is None or now() - found.last_used_at > TOUCH):
        _touch(found.id)
    return found


def all_tokens() -> Sequence[ApiToken]:
    """Those that serve first, the newest first."""
    return db.session.scalars(
        select(ApiToken).order_by(ApiToken.revoked_at.is_not(None), ApiToken.created_at.desc())
    ).all()


def token_of(identity: uuid.UUID) -> ApiToken | None:
    """The one of that id."""
    return db.session.get(ApiToken, identity)


def actor_of(token: ApiToken) -> str:
    """The program as the log writes it."""
    return f"api:{token.id}"


def hashed(secret: str) -> str:
    """SHA-256 is enough: the secret holds 256 random bits, and nothing shorter was ever given out."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _touch(identity: uuid.UUID) -> None:
    """Two calls at once do not wait for each other over this."""
    free = select(ApiToken.id).where(ApiToken.id == identity).with_for_update(skip_locked=True)
    db.session.execute(
        update(ApiToken)
        .where(ApiToken.id.in_(free))
        .values(last_used_at=now())
        .execution_options(synchronize_session=False)
    )


def _end_of(day: date) -> datetime:
    end = midnight(day + timedelta(days=1), company().time_zone)
    if end <= now():
        raise Refused(_("Cette date est passée : le jeton ne servirait jamais."), "expires_on")
    return end
