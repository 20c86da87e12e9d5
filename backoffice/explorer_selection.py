"""What is done with ticked documents: of several it first says how many it will touch, then all of it or nothing."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from backoffice import backoffice
from backoffice._reaching import AT_ONCE, the_documents, the_folder
from backoffice.explorer_counting import counted, refusals_of, silent
from backoffice.reach import refuse
from shared.documents import forecasting, moving, publishing
from shared.documents.forecasting import Forecast
from shared.documents.models import Document, Folder
from shared.errors import Refused
from shared.extensions import db
from shared.notifications import forcing
from shared.people.scopes import holds
from shared.web import visitors
from shared.web.form_key import form_key
from shared.web.page import go
from shared.web.permissions import Permission, requires
from shared.web.redirects import safe_next


@dataclass(frozen=True)
class Action:
    """One button of the bar: who may, what it would touch, and what it does."""

    permission: Permission
    foresee: Callable[[Sequence[Document]], Forecast]
    run: Callable[[list[Document]], str]


@backoffice.post("/explorer/selection")
@requires(Permission.DOCUMENTS_SEE)
def explorer_selection() -> Response:
    """One action on the ticked documents: all of them, or none. Of several, the count comes first."""
    action = ACTIONS.get(request.form.get("action", ""))
    if action is None:
        abort(400)
    ids = request.form.getlist("ids", type=uuid.UUID)
    if not 0 < len(ids) <= AT_ONCE:
        flash(_("Cochez d’abord les documents concernés : %(most)s au plus à la fois.", most=AT_ONCE), "warning")
        return go(_back())
    if not holds(visitors.staff(), action.permission):
        refuse(action.permission)
    documents = the_documents(ids, action.permission, title=TITLES[request.form["action"]], back=_back())
    if not request.form.get("sure") and _is_counted(action, documents):
        return counted(action.foresee(documents), documents, TITLES[request.form["action"]], _back())
    if action is ACTIONS["move"] and (refused := refusals_of(documents, _target())):
        kept = {document.id for document, _why in refused}
        forecast = forecasting.moving_of([each for each in documents if each.id not in kept])
        return counted(forecast, documents, TITLES["move"], _back(), refused=refused)
    try:
        flash(action.run(documents), "success")
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
    return go(_back())


def _is_counted(action: Action, documents: Sequence[Document]) -> bool:
    """Several, a folder still to choose, or a message that would lack a value: said before it is done."""
    if len(documents) > 1 or action is ACTIONS["move"]:
        return True
    if action is not ACTIONS["resend"] or silent(documents):
        return False
    return bool(forcing.foresee(document_ids=[each.id for each in documents], by=visitors.actor()).holes)


def _publish(documents: list[Document]) -> str:
    for document in documents:
        publishing.publish(document=document, by=visitors.actor())
    return ngettext(
        "%(num)s document demandé sur le portail.", "%(num)s documents demandés sur le portail.", len(documents)
    )


def _withdraw(documents: list[Document]) -> str:
    for document in documents:
        publishing.withdraw(document=document, by=visitors.actor())
    return ngettext(
        "%(num)s document retiré du portail : plus personne ne peut l’y ouvrir.",
        "%(num)s documents retirés du portail : plus personne ne peut les y ouvrir.",
        len(documents),
    )


def _resend(documents: list[Document]) -> str:
    """Without « Notification forcée », only folders that notify."""
    if not request.form.get("forced") and (told := silent(documents)):
        raise Refused(told)
    messages = forcing.force(document_ids=[document.id for document in documents], by=visitors.actor(), key=form_key())
    return ngettext(
        "%(num)s message prêt à partir pour les documents cochés.",
        "%(num)s messages prêts à partir pour les documents cochés.",
        messages,
    )


def _move(documents: list[Document]) -> str:
    """To one folder of their family; links, readings and history stay, as the ids do."""
    folder = _target()
    for document in documents:
        moving.move(document=document, folder=folder, by=visitors.actor())
    return ngettext(
        "%(num)s document est dans « %(folder)s ». Les liens déjà envoyés restent valables.",
        "%(num)s documents sont dans « %(folder)s ». Les liens déjà envoyés restent valables.",
        len(documents),
        folder=folder.label,
    )


ACTIONS = {
    "publish": Action(Permission.DOCUMENTS_PUBLISH, forecasting.publishing_of, _publish),
    "withdraw": Action(Permission.DOCUMENTS_PUBLISH, forecasting.withdrawing_of, _withdraw),
    "resend": Action(Permission.NOTICES_SEND, forecasting.announcing_of, _resend),
    "move": Action(Permission.DOCUMENTS_FILE, forecasting.moving_of, _move),
}


TITLES = {
    "publish": lazy_gettext("Publier la sélection"),
    "withdraw": lazy_gettext("Retirer la sélection du portail"),
    "resend": lazy_gettext("Notifier pour la sélection"),
    "move": lazy_gettext("Déplacer la sélection"),
}


def _target() -> Folder:
    folder_id = request.form.get("folder_id", type=uuid.UUID)
    return the_folder(folder_id, Permission.DOCUMENTS_FILE) if folder_id else abort(400)


def _back() -> str:
    return safe_next(request.args.get("back"), otherwise=url_for("backoffice.explorer"))
