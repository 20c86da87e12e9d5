"""« Comptabilité »: the entries of closed invoices, taken once by a file, and the files taken before."""

from datetime import datetime

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from shared.records.exporting import export, exports, fec, waiting
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/accounting")
@requires(Permission.ACCOUNTING)
def accounting() -> Response:
    """What waits to be taken, and what was."""
    return page("backoffice/accounting/index.html", waiting=waiting(), exports=exports())


@backoffice.post("/accounting/export")
@requires(Permission.ACCOUNTING)
def accounting_export() -> Response:
    """Take what waits; the file is then on the list, to be downloaded as often as needed."""
    _moment, taken = export(by=visitors.actor())
    if taken:
        sentence = ngettext(
            "%(num)s écriture est exportée : téléchargez son fichier ci-dessous.",
            "%(num)s écritures sont exportées : téléchargez leur fichier ci-dessous.",
            taken,
        )
        flash(sentence, "success")
    else:
        flash(_("Aucune écriture n’attend."), "info")
    return go(url_for("backoffice.accounting"))


@backoffice.get("/accounting/exports/<moment>.txt")
@requires(Permission.ACCOUNTING)
def accounting_file(moment: str) -> Response:
    """The file of one export; the same each time."""
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        abort(404)
    if at.tzinfo is None:
        abort(404)
    lines = list(fec(at))
    if len(lines) < 2:
        abort(404)
    answer = Response("".join(lines), mimetype="text/plain")
    name = f"ecritures-{at:%Y%m%d-%H%M%S}.txt"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
