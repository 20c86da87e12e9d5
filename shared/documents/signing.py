"""A document that people are asked to sign stays as it is and where it is, until the request is over."""

import uuid

from flask_babel import gettext as _

from shared.errors import Refused
from shared.signatures.finding import request_of


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
