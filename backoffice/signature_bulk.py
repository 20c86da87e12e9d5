"""Asking many parties at once: counted, confirmed, followed."""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._reaching import storage_away, the_folder
from backoffice.reach import scope
from backoffice.signature_forms import BulkForm, identity
from shared.documents.filing import keep
from shared.documents.inspecting import Inspection, inspect
from shared.documents.models import Folder
from shared.documents.storage import Unavailable
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.signatures import batch_finding
from shared.signatures.asking_many import Sending, draft, start
from shared.signatures.batch_models import SigningBatch
from shared.signatures.circuits import standing
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/signatures/bulk")
@requires(Permission.SIGNATURES_ASK)
def signature_bulk() -> Response:
    """What to ask, and of whom."""
    return _form_page(BulkForm(folder_id=request.args.get("folder", "")))


@backoffice.post("/signatures/bulk")
@requires(Permission.SIGNATURES_ASK)
def signature_bulk_count() -> Response:
    """Keep what was typed and show what it would do; nothing is asked."""
    form = BulkForm()
    _offer(form)
    try:
        if not form.validate_on_submit():
            raise Refused("")
        folder = the_folder(identity(form.folder_id.data) or uuid.UUID(int=0), Permission.SIGNATURES_ASK)
        made = draft(sending=_sending(form, folder), by=visitors.actor())
    except Unavailable:
        return storage_away()
    except Refused as refused:
        db.session.rollback()
        return _form_page(form, 422, blame(form, refused))
    return go(url_for("backoffice.signature_batch", batch_id=made.id))


@backoffice.get("/signatures/bulk/<uuid:batch_id>")
@requires(Permission.SIGNATURES_ASK)
def signature_batch(batch_id: uuid.UUID) -> Response:
    """The preview before it is confirmed; then how far it is, and what could not be asked."""
    return _batch_page(_batch(batch_id))


@backoffice.post("/signatures/bulk/<uuid:batch_id>")
@requires(Permission.SIGNATURES_ASK)
def signature_batch_start(batch_id: uuid.UUID) -> Response:
    """Ask, as it was counted."""
    found = _batch(batch_id)
    try:
        start(batch=found, scope=scope(Permission.SIGNATURES_ASK), seen=request.form.get("seen", -1, type=int))
    except Refused as refused:
        db.session.rollback()
        status = 409 if isinstance(refused, Stale) else 422
        return _batch_page(_batch(batch_id), status, refused.sentence)
    flash(_("Les demandes partent en tâche de fond : vous pouvez quitter cette page."), "success")
    return go(url_for("backoffice.signature_batch", batch_id=batch_id))


def _form_page(form: BulkForm, status: int = 200, sentence: str = "") -> Response:
    _offer(form)
    return page("backoffice/signatures/bulk.html", status=status, form=form, sentence=sentence)


def _batch_page(found: SigningBatch, status: int = 200, error: str = "") -> Response:
    folder = db.session.get_one(Folder, found.folder_id)
    reach, is_one = scope(Permission.SIGNATURES_ASK), found.sha256 is not None
    begun = found.started_at is not None
    total, asked, refused = batch_finding.counts(found) if begun else (0, 0, 0)
    return page(
        "backoffice/signatures/batch.html",
        blocks=("progress",),
        status=status,
        batch=found,
        folder=folder,
        error=error,
        preview=None if begun else batch_finding.preview(found.q, folder, reach, is_one_pdf=is_one),
        total=total,
        asked=asked,
        refused=refused,
        exceptions=batch_finding.exceptions(found, reach) if begun and refused else [],
    )


def _batch(batch_id: uuid.UUID) -> SigningBatch:
    return batch_finding.batch_in(scope=scope(Permission.SIGNATURES_ASK), batch_id=batch_id) or abort(404)


def _offer(form: BulkForm) -> None:
    form.offer(standing(), _("selon le répertoire, sinon l’interlocuteur principal"))
    form.offer_folders(batch_finding.signable_folders(scope(Permission.SIGNATURES_ASK)))


def _sending(form: BulkForm, folder: Folder) -> Sending:
    inspection, filename = _uploaded()
    return Sending(
        folder=folder,
        q=form.q.data or "",
        circuit=form.chosen_circuit(standing()),
        inspection=inspection,
        filename=filename,
        title=form.title.data or "",
        message=form.message.data or "",
        due_on=form.due_on.data,
        remind_days=form.remind_days.data,
        copies=form.addresses(),
    )


def _uploaded() -> tuple[Inspection | None, str]:
    file = request.files.get("file")
    if file is None or not file.filename:
        return None, ""
    data = file.read()
    inspection = inspect(data, file.filename)
    if inspection.kind != "pdf":
        raise Refused(_("Seul un PDF se signe : choisissez un fichier PDF."), field="file")
    keep(data=data, inspection=inspection)
    return inspection, file.filename
