"""Drawing on a telephone what is read on a computer: a page of minutes, used once, that knows the title alone."""

import hashlib
import secrets
import uuid
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from shared.clock import now
from shared.errors import Refused
from shared.extensions import db, uuid7
from shared.signatures.drawing import drawn
from shared.signatures.drawing_models import Drawing
from shared.signatures.models import RequestState, SignatureRequest, Signer, SignerState

LASTS = timedelta(minutes=10)


def open_elsewhere(*, signer: Signer) -> tuple[Drawing, str]:
    """A new page for this signer's drawing, and the secret of its address; the former pages end."""
    former = update(Drawing).where(Drawing.signer_id == signer.id, Drawing.drawn_at.is_(None))
    db.session.execute(former.values(expires_at=now()))
    secret = secrets.token_urlsafe(24)
    made = Drawing(id=uuid7(), signer_id=signer.id, secret_hash=_hashed(secret), expires_at=now() + LASTS)
    db.session.add(made)
    db.session.flush()
    return made, secret


def live(secret: str) -> Drawing | None:
    """The page that this secret opens; None once it has served, has expired, or nobody is to sign any more."""
    query = (
        select(Drawing)
        .join(Signer, Signer.id == Drawing.signer_id)
        .join(SignatureRequest, SignatureRequest.id == Signer.request_id)
        .where(
            Drawing.secret_hash == _hashed(secret),
            Drawing.drawn_at.is_(None),
            Drawing.expires_at > now(),
            Signer.state == SignerState.ASKED,
            SignatureRequest.state == RequestState.OPEN,
        )
    )
    return db.session.scalars(query).one_or_none()


def keep_drawing(*, secret: str, points: str) -> Drawing:
    """Keep what was drawn on the telephone; the page has served. Raises Refused."""
    found = live(secret)
    if found is None:
        raise Refused(_("Cette page a déjà servi ou date de plus de dix minutes : demandez un nouveau code QR."))
    picture = drawn(points)
    query = update(Drawing).where(Drawing.id == found.id, Drawing.drawn_at.is_(None)).returning(Drawing.id)
    if db.session.execute(query.values(picture=picture, drawn_at=now())).first() is None:
        raise Refused(_("Cette page a déjà servi ou date de plus de dix minutes : demandez un nouveau code QR."))
    db.session.refresh(found)
    return found


def drawing_of(signer_id: uuid.UUID, drawing_id: uuid.UUID) -> Drawing | None:
    """One drawing of this signer, made or awaited."""
    query = select(Drawing).where(Drawing.id == drawing_id, Drawing.signer_id == signer_id)
    return db.session.scalars(query).one_or_none()


def is_over(drawing: Drawing) -> bool:
    """Whether nothing can be drawn there any more."""
    return drawing.drawn_at is not None or drawing.expires_at <= now()


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
