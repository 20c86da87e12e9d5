"""Documents: deposited, and what is known of those that are there."""

import json
import uuid
from pathlib import PurePosixPath
from typing import Any

from flask import Response, abort, request
from flask_babel import gettext as _

from shared.intake.models import Arrival, Verdict
from shared.web.api import api, gate, paging
from shared.web.api.answering import Told, once, said
from shared.web.api.gate import needs
from shared.web.api.problems import Problem

STATUS = {Verdict.FILED: 201, Verdict.KNOWN: 200, Verdict.TO_ATTACH: 202}
FLAGS = ("is_credit_note", "is_attachment")


@api.post("/documents")
@needs("documents:write")
@once
def post_document() -> Told:
    """Deposit a file: multipart with `file` and `metadata` (JSON), or the bytes with the metadata in the query."""
    from shared.intake.api_documents import deposit
    from shared.intake.api_schemas import DocumentBody
    from shared.web.api import bodies

    data, filename, metadata = _form() if request.mimetype == "multipart/form-data" else _raw()
    body = bodies.parsed(metadata, DocumentBody)
    arrival = deposit(data=data, filename=filename, body=body, by=gate.actor())
    return _told(arrival), STATUS[arrival.verdict]


@api.get("/documents")
@needs("documents:read")
def list_documents() -> Response:
    """What is known of documents, by pages, in the order in which they were filed; `party` narrows them."""
    from shared.intake import api_reading

    return paging.said_page(*api_reading.documents(party=request.args.get("party", ""), **paging.asked()))


@api.get("/documents/<uuid:document_id>")
@needs("documents:read")
def one_document(document_id: uuid.UUID) -> Response:
    """What is known of one document."""
    from shared.intake import api_reading

    return said(api_reading.document(document_id) or abort(404))


def _form() -> tuple[bytes, str, bytes]:
    file = request.files.get("file")
    if file is None:
        raise Problem(422, faults=[("file", _("Joignez le fichier dans la partie « file »."))])
    metadata = request.files.get("metadata")
    written = metadata.read() if metadata is not None else request.form.get("metadata", "{}").encode()
    return file.read(), PurePosixPath((file.filename or "").replace("\\", "/")).name or "document.pdf", written


def _raw() -> tuple[bytes, str, bytes]:
    if request.mimetype in ("application/json", "application/x-www-form-urlencoded"):
        raise Problem(415, _("Envoyez le fichier lui-même, ou un formulaire multipart avec « file » et « metadata »."))
    told: dict[str, Any] = request.args.to_dict()
    told |= {name: told[name] in ("1", "true") for name in FLAGS if name in told}
    data = request.get_data()
    if not data:
        raise Problem(422, faults=[("file", _("Le fichier est vide."))])
    return data, "document.pdf", json.dumps(told).encode()


def _told(arrival: Arrival) -> dict[str, Any]:
    """`id` is the document's; none while staff decide whose it is."""
    return {
        "id": str(arrival.document_id) if arrival.document_id else None,
        "verdict": arrival.verdict.value,
        "detail": arrival.reason,
        "sha256": arrival.sha256,
    }
