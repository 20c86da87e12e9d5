"""What a person wants to receive besides the notices about documents, chosen in « Mon compte »."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from portal import portal
from shared.notifications.preferring import prefer
from shared.notifications.refusals import subject_of_contact
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@portal.post("/account/information")
@requires(Permission.PORTAL_ACCOUNT)
def prefer_information() -> Response:
    """Take or refuse information; the notices about documents go on."""
    wanted = request.form.get("information") == "on"
    subject = subject_of_contact(visitors.seat().access.contact)
    prefer(subject=subject, information=wanted, by=visitors.actor(), how="portal")
    if wanted:
        flash(_("C’est noté : vous recevrez nos informations."), "success")
    else:
        said = _("C’est noté : vous ne recevrez plus nos informations. Vous restez prévenu de vos documents.")
        flash(said, "success")
    return go(url_for("portal.account", _anchor="informations"))
