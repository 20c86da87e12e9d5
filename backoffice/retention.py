"""« Conservation »: what fell due and waits to be deleted, how long each class is kept, the certificates left."""

import uuid
from typing import Any

from flask import Response, abort, current_app, flash, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice.reach import refuse, scope
from shared.documents.classes import RETENTIONS
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.extensions import db
from shared.retention import finding, purging
from shared.retention.certifying import certificate_pdf
from shared.retention.lengthening import lengthen
from shared.retention.models import DeletionCertificate, Purge, RetentionRule
from shared.web import visitors
from shared.web.delivery import attachment
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

TABS: tuple[tuple[str, Any], ...] = (
    ("retention", lambda: _("À terme")),
    ("retention_rules", lambda: _("Durées")),
    ("retention_holds", lambda: _("Gels")),
    ("retention_certificates", lambda: _("Certificats")),
    ("retention_payslips", lambda: _("Bulletins")),
    ("retention_erasures", lambda: _("Effacements")),
    ("retention_closing", lambda: _("Fermeture du service")),
)


def everywhere(permission: Permission) -> None:
    """What is kept is the whole company's: a grant limited to one part of it is not enough."""
    if not scope(permission).is_everywhere():
        refuse(permission)


def around() -> dict[str, Any]:
    """What every page of « Conservation » shows beside its own."""
    here = (request.endpoint or "").removeprefix("backoffice.")
    tabs = [
        {"label": label(), "url": url_for(f"backoffice.{endpoint}"), "current": here == endpoint}
        for endpoint, label in TABS
        if f"backoffice.{endpoint}" in current_app.view_functions
    ]
    return {"tabs": tabs, "may_act": bool(scope(Permission.RETENTION_ACT).grants)}


def pdf(data: bytes, filename: str) -> Response:
    """A paper made for whoever asks, never kept by a browser."""
    answer = make_response(data)
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = attachment(filename)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@backoffice.get("/retention")
@requires(Permission.RETENTION_SEE)
def retention() -> Response:
    """The list of what fell due, or the deletion as it goes on."""
    everywhere(Permission.RETENTION_SEE)
    purge = purging.open_purge()
    total = purging.count(purge) if purge else 0
    found = None
    if purge is not None:
        found = finding.lines(purge, after=request.args.get("after", ""), before=request.args.get("before", ""))
    return page(
        "backoffice/retention/due.html",
        blocks=("results",),
        purge=purge,
        total=total,
        found=found,
        soon=[(_words(key), number) for key, number in finding.soon()],
        last=finding.last_purge(),
        **around(),
    )


@backoffice.post("/retention/list")
@requires(Permission.RETENTION_ACT)
def retention_list() -> Response:
    """Bring the list up to date now; no document is touched."""
    everywhere(Permission.RETENTION_ACT)
    purge = purging.list_due()
    if purge is None:
        flash(_("Aucun document n’est arrivé à son terme."), "info")
    else:
        number = purging.count(purge)
        said = ngettext("La liste est à jour : %(num)s document.", "La liste est à jour : %(num)s documents.", number)
        flash(said, "success")
    return go(url_for("backoffice.retention"))


@backoffice.get("/retention/<uuid:purge_id>/confirm")
@requires(Permission.RETENTION_ACT)
def retention_ask(purge_id: uuid.UUID) -> Response:
    """Says how many go for good, before anything does."""
    everywhere(Permission.RETENTION_ACT)
    purge = _purge(purge_id)
    return page(
        "backoffice/retention/confirm.html", blocks=("dialog",), purge=purge, total=purging.count(purge), **around()
    )


@backoffice.post("/retention/<uuid:purge_id>/confirm")
@requires(Permission.RETENTION_ACT)
def retention_confirm(purge_id: uuid.UUID) -> Response:
    """Have the list deleted in the background."""
    everywhere(Permission.RETENTION_ACT)
    try:
        purging.confirm(purge=_purge(purge_id), expected=request.form.get("total", -1, type=int), by=visitors.actor())
    except (Refused, Stale) as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
        return go(url_for("backoffice.retention"))
    flash(_("La suppression a commencé. Les documents gelés entre-temps sont gardés."), "success")
    return go(url_for("backoffice.retention"))


@backoffice.get("/retention/rules")
@requires(Permission.RETENTION_SEE)
def retention_rules() -> Response:
    """How long each class is kept, from when, and which law says so."""
    everywhere(Permission.RETENTION_SEE)
    return _rules()


@backoffice.post("/retention/rules/<key>")
@requires(Permission.RETENTION_ACT)
def retention_lengthen(key: str) -> Response:
    """A longer duration; never a shorter one than the law's."""
    everywhere(Permission.RETENTION_ACT)
    rule = db.session.get(RetentionRule, key) or abort(404)
    try:
        lengthen(rule=rule, months=request.form.get("months", 0, type=int), by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        return _rules(status=422, sentence=refusal.sentence, refused=key)
    flash(_("La durée est enregistrée. Elle vaut tout de suite, pour les documents déjà classés aussi."), "success")
    return go(url_for("backoffice.retention_rules"))


@backoffice.get("/retention/certificates")
@requires(Permission.RETENTION_SEE)
def retention_certificates() -> Response:
    """What each deletion left: which document it was, and its hashes."""
    everywhere(Permission.RETENTION_SEE)
    found = finding.certificates(after=request.args.get("after", ""), before=request.args.get("before", ""))
    return page(
        "backoffice/retention/certificates.html",
        blocks=("results",),
        found=found,
        names=names_of({row.by for row in found.rows}),
        **around(),
    )


@backoffice.get("/retention/certificates/<uuid:certificate_id>.pdf")
@requires(Permission.RETENTION_SEE)
def retention_certificate(certificate_id: uuid.UUID) -> Response:
    """One certificate on paper."""
    everywhere(Permission.RETENTION_SEE)
    found = db.session.get(DeletionCertificate, certificate_id) or abort(404)
    return pdf(certificate_pdf([found], names_of({found.by})), "certificat-de-suppression.pdf")


@backoffice.get("/retention/<uuid:purge_id>/certificate.pdf")
@requires(Permission.RETENTION_SEE)
def retention_purge_certificate(purge_id: uuid.UUID) -> Response:
    """All that one list deleted, on one paper."""
    everywhere(Permission.RETENTION_SEE)
    purge = db.session.get(Purge, purge_id)
    found = finding.certificates_of(purge) if purge is not None and purge.ended_at else []
    if purge is None or not found:
        abort(404)
    data = certificate_pdf(found, names_of({each.by for each in found}), of=purge.deleted)
    return pdf(data, "certificat-de-suppression.pdf")


def _purge(purge_id: uuid.UUID) -> Purge:
    purge = db.session.get(Purge, purge_id)
    if purge is None or purge.confirmed_at is not None:
        abort(404)
    return purge


def _rules(status: int = 200, sentence: str = "", refused: str = "") -> Response:
    rows = finding.rules()
    return page(
        "backoffice/retention/rules.html",
        status=status,
        rules=[(rule, _words(rule.key)) for rule in rows],
        names=names_of({rule.changed_by for rule in rows if rule.changed_by}),
        sentence=sentence,
        refused=refused,
        typed=request.form.get("months", ""),
        **around(),
    )


def _words(key: str) -> str:
    return str(RETENTIONS.get(key, key))
