"""Many documents in one go: everything, a folder, all the payslips, or what was ticked in a list."""

import uuid
from typing import NoReturn

from flask import Response, abort, current_app, flash, request, url_for
from flask_babel import gettext as _

from portal import portal
from shared.clock import now
from shared.documents import zipping
from shared.documents.checking import report_damage
from shared.documents.reading import Reader
from shared.errors import Refused
from shared.transactions import transaction
from shared.web import refusals, visitors
from shared.web.archives import zip_answer
from shared.web.page import go
from shared.web.permissions import Permission, requires


@portal.get("/documents/zip")
@requires(Permission.PORTAL_READ)
def zip_documents() -> Response:
    """One archive with its index, made while it is sent; each document of it counts as downloaded."""
    reader = Reader(by=visitors.actor(), seat=visitors.seat(), ip=visitors.client_ip(), agent=visitors.user_agent())
    try:
        items = zipping.choose(
            reader=reader,
            ids=_ids(),
            folder_id=request.args.get("folder", type=uuid.UUID),
            document_class=request.args.get("class", ""),
        )
    except zipping.Stranger:
        _refuse()
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return go(url_for("portal.documents"))
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def on_damage(item: zipping.Item) -> None:
        with app.app_context(), transaction():
            report_damage(sha256=item.sha256, by=reader.by, document_id=item.id, party_id=item.party_id)

    zipped = zipping.archive(items, on_damage=on_damage)
    if request.method != "HEAD":
        zipping.take_away(items=items, reader=reader)
    return zip_answer(zipped, f"{_('documents')}-{now():%Y-%m-%d}.zip")


def _ids() -> list[uuid.UUID] | None:
    """What was ticked; a name that is no id is nobody's document."""
    written = request.args.getlist("ids")
    if not written:
        if "chosen" in request.args:
            flash(_("Cochez d’abord les documents à télécharger."), "error")
            abort(go(url_for("portal.documents")))
        return None
    try:
        return [uuid.UUID(each) for each in written]
    except ValueError:
        _refuse()


def _refuse() -> NoReturn:
    refusals.refused("portal.denied")
    abort(404)
