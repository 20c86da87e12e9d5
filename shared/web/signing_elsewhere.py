"""The telephone that draws while a computer reads: the QR code, and what the computer asks until it is drawn."""

import uuid

from flask import Response, abort
from markupsafe import Markup

from shared.config import config
from shared.sheets.qr import qr_svg
from shared.signatures import drawing_elsewhere
from shared.signatures.drawing_models import Drawing
from shared.signatures.models import Signer
from shared.web.page import page
from shared.web.signing_desk import Desk, around, is_open

PATH = "/draw/"


def begin(signer: Signer, desk: Desk) -> Response:
    """A QR code that opens the drawing page on a telephone, shown this once."""
    if not is_open(signer):
        abort(409)
    drawing, secret = drawing_elsewhere.open_elsewhere(signer=signer)
    address = f"{config().public_url}{PATH}{secret}"
    return _part(signer, desk, drawing, qr=qr_svg(address))


def follow(signer: Signer, desk: Desk, drawing_id: uuid.UUID) -> Response:
    """Nothing while it is awaited; the picture in the place of the QR code once it is drawn."""
    drawing = drawing_elsewhere.drawing_of(signer.id, drawing_id)
    if drawing is None:
        abort(404)
    if drawing.drawn_at is None and not drawing_elsewhere.is_over(drawing):
        return Response(status=204)
    return _part(signer, desk, drawing)


def picture(signer: Signer, drawing_id: uuid.UUID) -> Response:
    """What was drawn on the telephone."""
    drawing = drawing_elsewhere.drawing_of(signer.id, drawing_id)
    if drawing is None or drawing.picture is None:
        abort(404)
    answer = Response(drawing.picture, content_type="image/png")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _part(signer: Signer, desk: Desk, drawing: Drawing, qr: str = "") -> Response:
    return page(
        "signing/elsewhere.html", blocks=("elsewhere",), **around(desk, [signer]), drawing=drawing, qr=Markup(qr)
    )
