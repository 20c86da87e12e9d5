"""The door of mail providers: `POST /webhooks/mail/<token>`. No cookie, no session; the token is all that opens."""

from flask import Blueprint, Response, abort, jsonify, request

from shared.errors import Refused
from shared.extensions import csrf, db
from shared.notifications.webhook import TooEarly, is_ours, receive_events, receive_report
from shared.web.permissions import public

webhooks = Blueprint("webhooks", __name__)
csrf.exempt(webhooks)


@webhooks.post("/webhooks/mail/<token>")
@public("a mail provider has no account; the token of the address proves it, and opens nothing else")
def mail(token: str) -> Response:
    """File delivery reports: RFC 3464 as message/rfc822 or text/plain, or JSON; 404 for any other address."""
    if not is_ours(token):
        abort(404)
    data = request.get_data()
    try:
        found = receive_events(text=data) if request.is_json else receive_report(raw=data)
    except Refused as refusal:
        return _answer({"error": refusal.sentence}, 422)
    except TooEarly:
        answer = _answer({"error": "retry"}, 503)
        answer.headers["Retry-After"] = "60"
        return answer
    return _answer({"filed": found.filed, "unknown": found.unknown}, 200)


def _answer(said: dict[str, object], status: int) -> Response:
    if status != 200:
        db.session.rollback()
    answer = jsonify(said)
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer
