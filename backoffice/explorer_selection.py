"""What is done with ticked documents: of several it first says how many it will touch, then all of it or nothing."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from backoffice import backoffice
from backoffice._reaching import AT_ONCE, the_documents, the_folder
from backoffice.reach import refuse, scope
from shared.documents import finding, forecasting, moving, publishing
from shared.documents.effective import settings_by
from shared.documents.forecasting import Forecast
from shared.documents.models import Document, Folder, Notify
from shared.errors import Refused
from shared.extensions import db
from shared.notifications import forcing
from shared.people.scopes import holds
from shared.web import visitors
from shared.web.form_key import form_key
from shared.web.page import go, page
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
    if not request.form.get("sure") and (len(documents) > 1 or action is ACTIONS["move"]):
        return _counted(action, documents)
    try:
        flash(action.run(documents), "success")
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
    return go(_back())


def _counted(action: Action, documents: list[Document]) -> Response:
    """What will be touched and what will not, before anything is."""
    name = request.form["action"]
    forecast = action.foresee(documents)
    if name == "resend" and not request.form.get("forced") and (told := _silent(documents)):
        flash(told, "error")
        return go(_back())
    return page(
        "backoffice/explorer/selection.html",
        action=name,
        title=TITLES[name],
        forecast=forecast,
        parties=len({document.party_id for document in forecast.touched}),
        folders=_folders(documents) if name == "move" else [],
        forced=bool(request.form.get("forced")),
        key=form_key(),
        back=_back(),
    )


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
    if not request.form.get("forced") and (told := _silent(documents)):
        raise Refused(told)
    messages = forcing.force(document_ids=[document.id for document in documents], by=visitors.actor(), key=form_key())
    return ngettext(
        "%(num)s message prêt à partir pour les documents cochés.",
        "%(num)s messages prêts à partir pour les documents cochés.",
        messages,
    )


def _move(documents: list[Document]) -> str:
    """To one folder of their family; links, readings and history stay, as the ids do."""
    folder_id = request.form.get("folder_id", type=uuid.UUID)
    folder = the_folder(folder_id, Permission.DOCUMENTS_FILE) if folder_id else abort(400)
    for document in documents:
        try:
            moving.move(document=document, folder=folder, by=visitors.actor())
        except Refused as refusal:
            raise Refused(
                _("« %(title)s » : %(why)s Rien n’a été déplacé.", title=document.title, why=_(refusal.sentence))
            ) from None
    return ngettext(
        "%(num)s document est dans « %(folder)s ». Les liens déjà envoyés restent valables.",
        "%(num)s documents sont dans « %(folder)s ». Les liens déjà envoyés restent valables.",
        len(documents),
        folder=folder.label,
    )


ACTIONS = {
    "publish": Action(Permission.DOCUMENTS_PUBLISH, forecasting.publishing_of, _publish),
    "withdraw": Action(Permission.DOCUMENTS_PUBLISH, forecasting.withdrawing_of, _withdraw),
    "resend": Action(Permission.NOTICES_SEND, forecasting.everything_of, _resend),
    "move": Action(Permission.DOCUMENTS_FILE, forecasting.everything_of, _move),
}


TITLES = {
    "publish": lazy_gettext("Publier la sélection"),
    "withdraw": lazy_gettext("Retirer la sélection du portail"),
    "resend": lazy_gettext("Notifier pour la sélection"),
    "move": lazy_gettext("Déplacer la sélection"),
}


def _silent(documents: Sequence[Document]) -> str:
    """Why nothing would leave without « Notification forcée »; empty when every folder notifies."""
    told = settings_by({(each.party_id, each.folder) for each in documents})
    silent = {each.folder.label for each in documents if told[each.party_id, each.folder_id].notify is Notify.NONE}
    if not silent:
        return ""
    sentence: str = _(
        "%(folders)s ne notifie pas : cochez « Notification forcée » pour prévenir. Rien n’est parti.",
        folders=", ".join(f"« {label} »" for label in sorted(silent)),
    )
    return sentence


def _folders(documents: Sequence[Document]) -> list[Folder]:
    """Where all of them may go."""
    families = {document.folder.family_id for document in documents}
    if len(families) > 1:
        return []
    reached = finding.folders_of(scope=scope(Permission.DOCUMENTS_FILE), family_id=families.pop())
    here = {document.folder_id for document in documents}
    return [each for each in reached if {each.id} != here]


def _back() -> str:
    return safe_next(request.args.get("back"), otherwise=url_for("backoffice.explorer"))
