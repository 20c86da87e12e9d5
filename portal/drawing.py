"""The page that a telephone opens to draw: short-lived, used once, it knows the title and nothing else."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from portal import portal
from shared.errors import Refused
from shared.signatures import drawing_elsewhere
from shared.web.errors import Explanation, explain
from shared.web.page import page
from shared.web.permissions import public
from shared.web.secret_pages import secretly

SHOWN_ON_SCREEN = "une adresse secrète de dix minutes, affichée à qui signe : elle ne fait que dessiner, une fois"


@portal.get("/draw/<secret>")
@public(SHOWN_ON_SCREEN)
def draw(secret: str) -> Response:
    """The pad, for as long as the computer waits for it."""
    drawing = drawing_elsewhere.live(secret)
    if drawing is None:
        return _over()
    title = drawing.signer.request.document.title
    return secretly(page("portal/signatures/draw.html", title=title, action=url_for("portal.draw", secret=secret)))


@portal.post("/draw/<secret>")
@public(SHOWN_ON_SCREEN)
def draw_now(secret: str) -> Response:
    """Keep the drawing; the computer shows it by itself."""
    drawing = drawing_elsewhere.live(secret)
    if drawing is None:
        return _over()
    title = drawing.signer.request.document.title
    try:
        drawing_elsewhere.keep_drawing(secret=secret, points=request.form.get("strokes", ""))
    except Refused as refused:
        action = url_for("portal.draw", secret=secret)
        told = page("portal/signatures/draw.html", status=422, title=title, action=action, sentence=refused.sentence)
        return secretly(told)
    return secretly(page("portal/signatures/drawn.html", title=title))


def _over() -> Response:
    return secretly(
        explain(
            410,
            Explanation(
                _("Page de dessin terminée"),
                _("Cette page a déjà servi ou date de plus de dix minutes. Rien n’a été perdu."),
                _("Revenez à l’ordinateur : vous pouvez y demander un nouveau code QR, ou taper votre nom."),
                "hourglass-split",
            ),
        )
    )
