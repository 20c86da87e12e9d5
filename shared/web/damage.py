"""Bytes that are not those that were filed: none of them leaves, and the company is told."""

import uuid

from flask import Response
from flask_babel import gettext as _

from shared.documents.checking import report_damage
from shared.extensions import db
from shared.transactions import transaction
from shared.web.errors import Explanation, explain


def damaged(*, sha256: str, by: str, document_id: uuid.UUID, party_id: uuid.UUID) -> Response:
    """Undo what the request did, report the damage in a transaction of its own, and say so."""
    db.session.rollback()
    with transaction():
        report_damage(sha256=sha256, by=by, document_id=document_id, party_id=party_id)
    return explain(
        503,
        Explanation(
            _("Document momentanément illisible"),
            _("Le fichier conservé n’est plus celui qui a été déposé : il ne vous a pas été remis."),
            _("L’incident est enregistré et la société est prévenue. Revenez plus tard, ou demandez-lui une copie."),
            "file-earmark-text",
        ),
    )
