"""« Bulletins »: what the law asks of the electronic payslip, what is provided here, and the yearly check of hashes."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.retention import around, everywhere
from shared.errors import Refused
from shared.events.actors import names_of
from shared.extensions import db
from shared.queues import ring
from shared.retention import payslip_checking
from shared.settings.changing import change
from shared.settings.reading import setting
from shared.transactions import after_commit
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/retention/payslips")
@requires(Permission.RETENTION_SEE)
def retention_payslips() -> Response:
    """The checks, the latest first, and the duties one by one."""
    everywhere(Permission.RETENTION_SEE)
    checks = payslip_checking.past()
    return page(
        "backoffice/retention/payslips.html",
        blocks=("results",),
        checks=checks,
        running=next((each for each in checks if each.ended_at is None), None),
        names=names_of({each.asked_by for each in checks}),
        delay=int(setting("objection_months")),
        **around(),
    )


@backoffice.post("/retention/payslips/check")
@requires(Permission.RETENTION_ACT)
def retention_check() -> Response:
    """Verify them all now; asked twice, it is one check."""
    everywhere(Permission.RETENTION_ACT)
    check = payslip_checking.begin(by=visitors.actor())
    ident = str(check.id)
    after_commit(lambda: ring("slow", "verify_payslips", ident))
    flash(_("La vérification a commencé : chaque bulletin est relu et comparé à son empreinte."), "success")
    return go(url_for("backoffice.retention_payslips"))


@backoffice.post("/retention/payslips/delay")
@requires(Permission.RETENTION_ACT)
def retention_delay() -> Response:
    """How soon an objection stops publication: at once, or three months later at the latest."""
    everywhere(Permission.RETENTION_ACT)
    try:
        change(key="objection_months", value=request.form.get("months", -1, type=int), by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
        return go(url_for("backoffice.retention_payslips"))
    flash(_("Le délai est enregistré : il vaut pour les oppositions à venir."), "success")
    return go(url_for("backoffice.retention_payslips"))
