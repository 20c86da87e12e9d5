"""« Portail client »: where a ticket of the back office leads, and the way back."""

from flask import Response, url_for
from flask_babel import gettext as _

from portal import portal
from shared.access import impersonating
from shared.web import entering, visitors
from shared.web.errors import Explanation, explain
from shared.web.impersonation import staff_session_beside
from shared.web.page import go
from shared.web.permissions import leaves_borrowed, public

STAFF_ONLY = "un billet à usage unique, et la session de gestionnaire qui l’a demandé : la vue les vérifie"


@portal.get("/as-customer/<ticket>")
@public(STAFF_ONLY)
def take_ticket(ticket: str) -> Response:
    """Begin to look; the ticket serves once, in the browser that asked for it, within half a minute."""
    beside = staff_session_beside()
    secret, secret_hash = entering.draw_secret()
    opened = beside and impersonating.use_ticket(
        ticket=ticket,
        staff_session=beside,
        secret_hash=secret_hash,
        ip=visitors.client_ip(),
        agent=visitors.user_agent(),
    )
    if not opened:
        return explain(
            410,
            Explanation(
                _("Billet terminé"),
                _("Ce billet a déjà servi, date de plus de trente secondes, ou vient d’un autre navigateur."),
                _("Revenez à la fiche du tiers et appuyez de nouveau sur « Portail client »."),
                "hourglass-split",
            ),
        )
    entering.begin_borrowed(opened, secret)
    return go(url_for("portal.home"))


@portal.post("/as-customer/leave")
@public(STAFF_ONLY)
@leaves_borrowed
def leave_borrowed() -> Response:
    """Back to one’s own counter; somebody who was not looking loses nothing."""
    seat = visitors.seat_or_none()
    if visitors.impersonator() is None or seat is None:
        return go(url_for("portal.home"))
    entering.leave()
    return go(f"/backoffice/parties/{seat.party_id}")
