"""Ending information with one click (RFC 8058): looking changes nothing, a mail program posts without cookie."""

from flask import Response, abort, request

from portal import portal
from shared.extensions import csrf
from shared.notifications.models import Notification
from shared.notifications.preferring import behind, prefer, refuses, subject_behind
from shared.notifications.refusals import Subject
from shared.web.page import page
from shared.web.permissions import public
from shared.web.secret_pages import secretly

FIELD, CLICKED = "List-Unsubscribe", "One-Click"
WHY = "un lien reçu par courrier : il ne met fin qu’aux informations envoyées à cette adresse"


@portal.get("/u/<token>")
@public(WHY)
def unsubscribe(token: str) -> Response:
    """What would end, with the button that ends it."""
    _message, subject = _behind(token)
    return _page(refuses(subject))


@portal.post("/u/<token>")
@csrf.exempt
@public(WHY)
def unsubscribe_now(token: str) -> Response:
    """No information any more; clicked twice, it says the same. Anything but the click changes nothing."""
    message, subject = _behind(token)
    if request.form.get(FIELD) != CLICKED:
        return _page(refuses(subject), status=422)
    prefer(subject=subject, information=False, by="anonymous", how="message", message=message)
    return _page(refused=True)


def _behind(token: str) -> tuple[Notification, Subject]:
    message = behind(token)
    subject = subject_behind(message) if message else None
    if message is None or subject is None:
        abort(404)
    return message, subject


def _page(refused: bool, status: int = 200) -> Response:
    return secretly(
        page("portal/account/unsubscribe.html", status=status, refused=refused, field=FIELD, clicked=CLICKED)
    )
