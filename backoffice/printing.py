"""« À imprimer »: what a refused dematerialisation keeps off the portal, in one PDF, then marked as printed."""

import uuid

from flask import Response, abort, flash, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice._reaching import storage_away, the_documents
from backoffice.reach import family_for, scope
from shared.documents import printing
from shared.documents.storage import StorageError
from shared.errors import Refused
from shared.events.actors import names_of
from shared.extensions import db
from shared.people.models import Family
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/printing")
@requires(Permission.DOCUMENTS_SEE)
def printing_list() -> Response:
    """The list of one family: what is to be printed, or with `?done=1` what was."""
    family, reached = family_for(request.args.get("family"), Permission.DOCUMENTS_SEE)
    return _list(family, reached)


@backoffice.post("/printing")
@requires(Permission.DOCUMENTS_PUBLISH)
def printing_act() -> Response:
    """The selection as one PDF (`action=pdf`), or marked as printed (`action=mark`)."""
    family, reached = family_for(request.args.get("family"), Permission.DOCUMENTS_SEE)
    ids = [each for each in map(_uuid, request.form.getlist("ids")) if each is not None]
    everything = request.form.get("everything") == "1"
    if not everything:
        back = url_for("backoffice.printing_list", family=family.key)
        the_documents(ids, Permission.DOCUMENTS_PUBLISH, title=_("Documents à imprimer"), back=back)
    try:
        chosen = printing.chosen(family, scope(Permission.DOCUMENTS_PUBLISH), ids, everything=everything)
        if request.form.get("action") == "pdf":
            return _pdf(printing.merged(chosen), family)
        done = printing.mark_printed(documents=chosen, by=visitors.actor())
    except StorageError:
        return storage_away()
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
        return _list(family, reached, status=422)
    flash(ngettext("%(num)s document est marqué imprimé.", "%(num)s documents sont marqués imprimés.", done), "success")
    return go(url_for("backoffice.printing_list", family=family.key))


@backoffice.post("/printing/<uuid:document_id>/undo")
@requires(Permission.DOCUMENTS_PUBLISH)
def printing_undo(document_id: uuid.UUID) -> Response:
    """Back in the list of what is to be printed."""
    document = printing.standing(scope(Permission.DOCUMENTS_PUBLISH), document_id) or abort(404)
    printing.unmark(document=document, by=visitors.actor())
    flash(_("« %(title)s » est de nouveau à imprimer.", title=document.title), "success")
    return go(url_for("backoffice.printing_list", family=document.party.family.key))


def _list(family: Family, reached: list[Family], status: int = 200) -> Response:
    seen, done = scope(Permission.DOCUMENTS_SEE), request.args.get("done") == "1"
    after, before = request.args.get("after", ""), request.args.get("before", "")
    found = printing.to_print(family, seen, printed=done, after=after, before=before)
    return page(
        "backoffice/printing/list.html",
        status=status,
        blocks=("results",),
        family=family,
        families=reached,
        found=found,
        done=done,
        total=printing.count(family, seen, printed=done),
        names=names_of(row.printed_by for row in found.rows if row.printed_by),
        may_act=scope(Permission.DOCUMENTS_PUBLISH).reaches_family(family.id),
        most=printing.MOST,
    )


def _pdf(data: bytes, family: Family) -> Response:
    answer = make_response(data)
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="a-imprimer-{family.key}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
