"""The company as a layout shows it: name, colour, and its logo at an address that may be kept for ever."""

from flask import Flask, Response, abort, url_for
from sqlalchemy import exists, select

from shared.documents.storage import Altered, Missing, original_key, read, storage
from shared.extensions import db
from shared.people.models import Activity
from shared.settings.reading import LOGO, company
from shared.web.navigation import Company
from shared.web.permissions import public
from shared.web.static import FOR_EVER

MIME = "image/png"  # every logo is drawn again as PNG when it comes in


def install(app: Flask) -> None:
    """Serve /static/marque/logo/<sha256>.png."""
    app.add_url_rule(LOGO.format("<string(length=64):sha256>"), "logo", logo)


def brand() -> Company:
    """What every layout puts at its top."""
    ours = company()
    url = url_for("logo", sha256=ours.logo_sha256) if ours.logo_sha256 else None
    return Company(ours.name, logo=url, colour=ours.colour or None, ink=ours.ink)


@public("The sign-in page wears the brand too.")
def logo(sha256: str) -> Response:
    """The company's logo, and nothing else of what is stored."""
    if not db.session.scalar(select(exists().where(Activity.logo_sha256 == sha256))):
        abort(404)
    try:
        body = read(storage(), original_key(sha256))
    except (Missing, Altered):
        abort(404)
    answer = Response(body, mimetype=MIME)
    answer.headers["Cache-Control"] = FOR_EVER
    return answer
