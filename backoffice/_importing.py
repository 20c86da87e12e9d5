"""What the pages that import a file share: taking it in, or saying what is wrong with it beside the form."""

from collections.abc import Callable
from typing import TypeVar

from flask import Response
from flask_wtf import FlaskForm

from backoffice._reaching import away
from shared.documents.storage import Unavailable
from shared.errors import Refused
from shared.extensions import db
from shared.web.blame import blame

Import = TypeVar("Import")


def take_file(
    form: FlaskForm, begin: Callable[[bytes, str], Import], again: Callable[[int, str], Response]
) -> Import | Response:
    """What `begin` makes of the bytes and the name that were sent; else the page `again`, its status and a sentence."""
    if not form.validate_on_submit():
        return again(422, "")
    file = form["file"].data
    try:
        return begin(file.read(), file.filename or "")
    except Refused as refusal:
        status, sentence = 422, blame(form, refusal)
    except Unavailable:
        status, sentence = 503, away()
    db.session.rollback()
    return again(status, sentence)
