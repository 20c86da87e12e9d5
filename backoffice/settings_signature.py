"""« Signature »: the company's certificate, the installation's authority, the timestamp servers, and their trial."""

import uuid
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice import backoffice
from backoffice.settings_signature_form import FileCertificateForm, TimestampServerForm, TokenCertificateForm
from backoffice.settings_tabs import settings_page
from backoffice.trial_words import told
from shared.errors import Refused
from shared.extensions import db
from shared.intake.trying import ask_trial
from shared.signatures.authority_models import KeyKind, KeySource, SigningKey, TimestampServer
from shared.signatures.bringing import bring_pkcs12, bring_token, make_again
from shared.signatures.expiring import days_left
from shared.signatures.keys import current, held
from shared.signatures.timestamp_listing import add_server, move_up, remove_server, server_of, servers
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go
from shared.web.permissions import Permission, requires

KIND = "signature"


@backoffice.get("/settings/signature")
@requires(Permission.SETTINGS_SEE)
def settings_signature() -> Response:
    """What seals today, and until when."""
    return _page()


@backoffice.get("/settings/signature/authority.crt")
@requires(Permission.SETTINGS_SEE)
def settings_signature_authority() -> Response:
    """The authority's certificate, for whoever wants it recognised by a reader; 404 before the first use."""
    row = current(KeyKind.AUTHORITY)
    if row is None:
        abort(404)
    answer = Response(row.certificate, mimetype="application/pkix-cert")
    answer.headers["Content-Disposition"] = 'attachment; filename="autorite-de-signature.crt"'
    return answer


@backoffice.post("/settings/signature/file")
@requires(Permission.SETTINGS_EDIT)
def settings_signature_file() -> Response:
    """Another certificate, from a PKCS#12 file."""
    form = FileCertificateForm()
    if not form.validate_on_submit():
        return _page(422, file=form)
    data, password = form.file.data.read(), form.password.data or ""
    try:
        bring_pkcs12(data=data, password=password, by=visitors.actor())
    except Refused as refusal:
        return _page(422, refusal, file=form)
    return _tried(_("Le certificat est enregistré et sert dès maintenant. L’essai commence."))


@backoffice.post("/settings/signature/token")
@requires(Permission.SETTINGS_EDIT)
def settings_signature_token() -> Response:
    """Another certificate, whose key stays in its token."""
    form = TokenCertificateForm()
    if not form.validate_on_submit():
        return _page(422, token=form)
    told_of = {name: (getattr(form, name).data or "").strip() for name in ("module", "token", "label")}
    try:
        bring_token(**told_of, pin=form.pin.data or "", by=visitors.actor())
    except Refused as refusal:
        return _page(422, refusal, token=form)
    return _tried(_("Le jeton est enregistré et sert dès maintenant. L’essai commence."))


@backoffice.post("/settings/signature/make")
@requires(Permission.SETTINGS_EDIT)
def settings_signature_make() -> Response:
    """Back to a certificate of the installation's own authority."""
    make_again(compromised=request.form.get("compromised") == "1", by=visitors.actor())
    return _tried(_("Un nouveau certificat est fait et sert dès maintenant. L’essai commence."))


@backoffice.post("/settings/signature/servers")
@requires(Permission.SETTINGS_EDIT)
def settings_signature_server() -> Response:
    """One more timestamp server; it serves once its try has passed."""
    form = TimestampServerForm()
    if not form.validate_on_submit():
        return _page(422, server=form)
    username, password = form.username.data or "", form.secret.data or ""
    try:
        add_server(url=form.url.data or "", username=username, password=password, by=visitors.actor())
    except Refused as refusal:
        return _page(422, refusal, server=form)
    return _tried(_("Le serveur est dans la liste. L’essai commence : il sert dès qu’il a répondu."))


@backoffice.post("/settings/signature/servers/<uuid:server_id>/<any(up, remove):change>")
@requires(Permission.SETTINGS_EDIT)
def settings_signature_server_change(server_id: uuid.UUID, change: str) -> Response:
    """Before the one above it, or out of the list."""
    server = server_of(server_id) or abort(404)
    verb = move_up if change == "up" else remove_server
    verb(server=server, by=visitors.actor())
    return go(url_for("backoffice.settings_signature", _anchor="horodatage"))


@backoffice.post("/settings/signature/try")
@requires(Permission.SETTINGS_EDIT)
def settings_signature_try() -> Response:
    """Ask for a trial; a job makes it."""
    ask_trial(kind=KIND, by=visitors.actor())
    return go(url_for("backoffice.settings_signature", _anchor="essais"))


def _tried(sentence: str) -> Response:
    ask_trial(kind=KIND, by=visitors.actor())
    flash(sentence, "success")
    return go(url_for("backoffice.settings_signature"))


def _page(status: int = 200, refusal: Refused | None = None, **forms: FlaskForm) -> Response:
    wrong = next(iter(forms.values()), None)
    sentence = blame(wrong, refusal) if wrong is not None and refusal is not None else ""
    if status != 200:
        db.session.rollback()
    company, authority = current(KeyKind.COMPANY), current(KeyKind.AUTHORITY)
    return settings_page(
        "backoffice/settings/signature.html",
        blocks=("trials",),
        status=status,
        wrong=wrong,
        sentence=sentence,
        file_form=forms.get("file") or FileCertificateForm(formdata=None),
        token_form=forms.get("token") or TokenCertificateForm(formdata=None),
        server_form=forms.get("server") or TimestampServerForm(formdata=None),
        company_key=_told(company),
        is_made_here=company is None or company.source is KeySource.MADE,
        authority=_told(authority),
        days_left=days_left(),
        servers=[_server(server) for server in servers()],
        trials=told(KIND),
    )


def _told(row: SigningKey | None) -> list[tuple[str, Any]]:
    """The certificate in words, never its key."""
    if row is None:
        return []
    certificate = held(row).certificate
    sources = {
        KeySource.MADE: _("Faite ici, gardée chiffrée"),
        KeySource.PKCS12: _("Fichier PKCS#12, gardé chiffré"),
        KeySource.PKCS11: _("Jeton PKCS#11 : elle n’en sort pas"),
    }
    return [
        (_("Nom"), certificate.subject.native.get("common_name", "")),
        (_("Délivré par"), certificate.issuer.native.get("common_name", "")),
        (_("Valable jusqu’au"), format_date(row.not_after, "long")),
        (_("Clé"), sources[row.source]),
        (_("Empreinte SHA-256"), certificate.sha256.hex()[:32] + "…"),
    ]


def _server(server: TimestampServer) -> dict[str, Any]:
    state = {None: "waiting", True: "ok", False: "down"}[server.answered]
    return {"id": server.id, "url": server.url, "state": state, "outcome": server.outcome, "tried_at": server.tried_at}
