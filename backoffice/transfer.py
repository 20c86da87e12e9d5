"""« Paramètres internet », tab FTP / Stockage: the server on which the ERP drops its files, the place of documents."""

from datetime import datetime

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.settings_clash import answer, check, marked
from backoffice.settings_panels import TRANSFER_LINK
from backoffice.settings_tabs import settings_page
from backoffice.transfer_form import TransferForm, form_of
from backoffice.trial_words import told
from shared.config import S3, config
from shared.errors import Refused
from shared.intake import watching
from shared.intake.transfer import KEY, fingerprint, standing
from shared.intake.transfer_setting import change_transfer, forget_key
from shared.intake.trying import KINDS, ask_trial
from shared.settings.reading import setting
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/settings/transfer")
@requires(Permission.SETTINGS_SEE)
def settings_transfer() -> Response:
    """The connection, its last test, what came by it, and the place of documents."""
    return _page()


@backoffice.post("/settings/transfer")
@requires(Permission.SETTINGS_EDIT)
def settings_transfer_save() -> Response:
    """Write the connection, and test it at once."""
    form = TransferForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        check(form, TRANSFER_LINK)
        change_transfer(
            protocol=form.protocol.data or "",
            server=form.server.data or "",
            port=form.port.data,
            login=form.login.data or "",
            password=form.password.data or "",
            path=form.path.data or "",
            temporary=form.temporary.data or "",
            accept_plain=bool(form.accept_plain.data),
            by=visitors.actor(),
        )
    except Refused as refusal:
        return _page(form, status=422, refusal=refusal)
    if not standing().is_set:
        flash(_("La liaison est retirée : plus aucun fichier n’est repris."), "success")
        return go(url_for("backoffice.settings_transfer"))
    ask_trial(kind="transfer", by=visitors.actor())
    flash(_("La liaison est enregistrée. L’essai commence."), "success")
    return go(url_for("backoffice.settings_transfer") + "#essai-transfer")


@backoffice.post("/settings/transfer/test")
@requires(Permission.SETTINGS_EDIT)
def settings_transfer_test() -> Response:
    """Ask for a test of the link or of the storage; a job makes it."""
    kind = request.form.get("kind", "")
    if kind not in KINDS:
        abort(404)
    ask_trial(kind=kind, by=visitors.actor())
    return go(url_for("backoffice.settings_transfer") + f"#essai-{kind}")


@backoffice.post("/settings/transfer/forget-key")
@requires(Permission.SETTINGS_EDIT)
def settings_transfer_forget_key() -> Response:
    """The server was replaced: the next test learns its new key."""
    forget_key(by=visitors.actor())
    ask_trial(kind="transfer", by=visitors.actor())
    flash(_("L’ancienne clé est oubliée. L’essai retient la nouvelle."), "success")
    return go(url_for("backoffice.settings_transfer") + "#essai-transfer")


def _page(form: TransferForm | None = None, status: int = 200, refusal: Refused | None = None) -> Response:
    outcome = answer(form, refusal, TRANSFER_LINK, status)
    where, kept = standing(), setting(KEY)
    plain = kept.get("plain")
    return settings_page(
        "backoffice/settings/transfer.html",
        blocks=("trials",),
        **outcome,
        form=_locked(form or marked(form_of(where), TRANSFER_LINK), where.locked),
        refused=status != 200,
        where=where,
        has_password=bool(where.password),
        pinned=fingerprint(where.host_key),
        plain_at=datetime.fromisoformat(plain["at"]) if plain else None,
        plain_by=plain.get("name", "") if plain else "",
        trials=told(*KINDS),
        state=watching.link_state(),
        files=list(watching.latest(20)),
        storage=_storage(),
    )


def _locked(form: TransferForm, names: frozenset[str]) -> TransferForm:
    """What the environment decides is shown as it is, and cannot be typed over."""
    shown = form_of(standing())
    for name in names:
        if name in form:
            form[name].data = shown[name].data
            form[name].description = _("Fixé par la variable TRANSFER_%(name)s.", name=name.upper())
            form[name].render_kw = {"disabled": True}
    return form


def _storage() -> list[tuple[str, str]]:
    """Where documents are, as the environment says it; never a key."""
    chosen = config().storage
    if not isinstance(chosen, S3):
        return [(_("Genre"), _("Dossier de cette machine")), (_("Dossier"), str(config().storage_folder))]
    return [
        (_("Genre"), _("Stockage S3")),
        (_("Adresse"), chosen.endpoint or _("AWS")),
        (_("Seau"), chosen.bucket),
        (_("Région"), chosen.region),
        (_("Préfixe"), chosen.prefix),
        (_("Clés"), _("Fixées par l’environnement") if chosen.secret_key else _("Celles de la machine")),
    ]
