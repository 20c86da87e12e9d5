"""The strips above an open page, asked again once a minute: whoever has left a page open is warned too."""

from flask import Response, make_response, render_template, request

from backoffice import backoffice
from backoffice.notices import mark, notices
from shared.access.second_factor import must_enrol
from shared.engines.finding import look
from shared.web import visitors
from shared.web.entering import current
from shared.web.permissions import public


@backoffice.get("/strips")
@public("le bandeau d’une page ouverte : vide pour qui n’est pas connecté, sans le renvoyer à la connexion")
def strips() -> Response:
    """Nothing while they stand as they were. A page left open keeps nobody signed in, and nothing typed is lost."""
    session = current()
    session.touch = session.ended = False  # neither prolonged nor told as ended: the next click is
    staff = visitors.staff_or_none()
    if staff is None or must_enrol(staff):
        return Response(status=204)
    shown = notices(staff, look())
    if mark(shown) == request.args.get("seen"):
        return Response(status=204)
    return make_response(render_template("backoffice/strips.html", notices=shown, strips_mark=mark(shown)))
