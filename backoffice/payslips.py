"""« Jour de paie »: the file of the payroll is dropped here; nothing leaves before somebody has looked."""

import uuid

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._payslip_words import month_words, state_words, the_folders, typed_month
from backoffice._reaching import storage_away
from shared.clock import today
from shared.documents import recognising
from shared.documents.models import Folder
from shared.documents.storage import Unavailable
from shared.errors import Refused
from shared.events.actors import names_of
from shared.extensions import db
from shared.intake import payslip_batching, payslip_layouts
from shared.intake import payslip_finding as finding
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

AT_ONCE = 50  # files in one form


@backoffice.get("/payslips")
@requires(Permission.PAYSLIPS)
def payslips() -> Response:
    """Where the file is dropped, the batches, and the rules that read them."""
    return _page(the_folders())


@backoffice.post("/payslips")
@requires(Permission.PAYSLIPS)
def payslips_drop() -> Response:
    """Take the files in and have them read."""
    folders = the_folders()
    files = [file for file in request.files.getlist("files") if file.filename]
    try:
        folder, month = _chosen(folders), typed_month()
        if not 0 < len(files) <= AT_ONCE:
            raise Refused(_("Choisissez le fichier de la paie : un PDF, plusieurs, ou un zip de PDF."), "files")
        data = [(file.filename or "", file.read()) for file in files]
        batch = payslip_batching.start(folder=folder, month=month, files=data, by=visitors.actor())
    except Unavailable:
        return storage_away()
    except Refused as refusal:
        db.session.rollback()
        return _page(the_folders(), refusal)
    flash(
        _("Le fichier est reçu : ses pages sont lues une à une. Rien ne part avant que vous l’ayez demandé."), "success"
    )
    return go(url_for("backoffice.payslips_batch", batch_id=batch.id))


def _page(folders: list[Folder], refusal: Refused | None = None) -> Response:
    ids = [folder.id for folder in folders]
    batches = finding.batches(ids)
    return page(
        "backoffice/payslips/list.html",
        status=422 if refusal else 200,
        folders=folders,
        chosen=request.form.get("folder_id", str(ids[0])),
        batches=batches,
        layouts=payslip_layouts.layouts_of(ids),
        month=request.form.get("month") or f"{finding.usual_month(today()):%Y-%m}",
        refusal=refusal,
        states=state_words(),
        month_words=month_words,
        names=names_of(batch.by for batch in batches),
        recognises=recognising.is_installed(),
        packages=recognising.PACKAGES,
    )


def _chosen(folders: list[Folder]) -> Folder:
    wanted = request.form.get("folder_id", type=uuid.UUID)
    if wanted is None and len(folders) == 1:
        return folders[0]
    found = next((folder for folder in folders if folder.id == wanted), None)
    if found is None:
        raise Refused(_("Choisissez le répertoire."), "folder_id")
    return found
