"""A document that people are asked to sign stays as it is and where it is, until the request is over."""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from shared.errors import Refused
from shared.extensions import db
from shared.signatures.finding import request_of, running
from shared.signatures.models import SignatureRequest


def refuse_while_asked(document_id: uuid.UUID) -> None:
    """Raises Refused while a request for signature runs for this document."""
    if request_of(document_id) is not None:
        raise Refused(
            _(
                "Une signature est demandée pour ce document : annulez d’abord la demande de signature, puis "
                "recommencez. "
                "Rien n’a bougé."
            )
        )


def held_by_request(document_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these documents that a request for signature keeps as they are; one query."""
    query = select(SignatureRequest.document_id).where(SignatureRequest.document_id.in_(document_ids), running())
    return set(db.session.scalars(query))
