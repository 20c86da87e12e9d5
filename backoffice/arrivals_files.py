"""The file of « À rattacher » itself: its pages and its bytes, for those who may say whose it is."""

import uuid

from flask import Response

from backoffice import backoffice
from backoffice._reaching import unknown
from backoffice.document_files import drawn, lost
from backoffice.reach import scope
from shared.documents.refusals import FileRefused
from shared.documents.storage import Altered, Missing, Unavailable
from shared.intake import finding as intake
from shared.intake import glancing
from shared.intake.glancing import Seen
from shared.intake.models import Arrival
from shared.web import visitors
from shared.web.delivery import hand_over
from shared.web.errors import explain
from shared.web.permissions import Permission, requires


@backoffice.get("/arrivals/<uuid:arrival_id>/pages/<int:number>")
@requires(Permission.DOCUMENTS_FILE)
def arrivals_page(arrival_id: uuid.UUID, number: int) -> Response:
    """One page as an image."""
    arrival = _opened(arrival_id)
    try:
        return drawn(glancing.look(arrival), number)
    except (Missing, Altered):
        return lost(arrival.sha256 or "")
    except (Unavailable, FileRefused):
        return explain(503)


@backoffice.get("/arrivals/<uuid:arrival_id>/file")
@requires(Permission.DOCUMENTS_FILE)
def arrivals_file(arrival_id: uuid.UUID) -> Response:
    """The bytes as they came in."""
    arrival = _opened(arrival_id)
    try:
        return hand_over(
            sha256=arrival.sha256 or "",
            size=arrival.size,
            mime=glancing.mime_of(arrival),
            filename=arrival.filename,
            version_id=arrival.id,
        )
    except (Missing, Altered):
        return lost(arrival.sha256 or "")
    except Unavailable:
        return explain(503)


def shown_of(arrival: Arrival) -> Seen | None:
    """What the page of the file shows of it; None for what may not be shown, or cannot be now."""
    if not glancing.may_open(arrival, scope(Permission.DOCUMENTS_FILE)):
        return None
    try:
        return glancing.look(arrival)
    except (Missing, Altered, Unavailable, FileRefused):
        return None


def _opened(arrival_id: uuid.UUID) -> Arrival:
    seen = scope(Permission.DOCUMENTS_FILE)
    found = intake.waiting(scope=seen, by=visitors.actor(), arrival_id=arrival_id)
    return found if found is not None and glancing.may_open(found, seen) else unknown()
