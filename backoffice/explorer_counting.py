"""What an action on ticked documents would do, counted before it is done: the numbers are those of the doing."""

from collections.abc import Sequence

from flask import Response, flash, request
from flask_babel import gettext as _

from backoffice.reach import scope
from shared.documents import finding, moving
from shared.documents.classes import NEEDS_GRANT
from shared.documents.effective import settings_by
from shared.documents.forecasting import Forecast
from shared.documents.models import Document, Folder, Notify
from shared.errors import Refused
from shared.notifications import forcing
from shared.web import visitors
from shared.web.form_key import form_key
from shared.web.page import go, page
from shared.web.permissions import Permission

Refusals = Sequence[tuple[Document, str]]


def counted(
    forecast: Forecast, documents: Sequence[Document], title: str, back: str, *, refused: Refusals = ()
) -> Response:
    """What will be touched and what will not, before anything is; `refused` could not go to the folder chosen."""
    name = request.form["action"]
    if name == "resend" and not request.form.get("forced") and (told := silent(documents)):
        flash(told, "error")
        return go(back)
    ids = [each.id for each in forecast.touched]
    return page(
        "backoffice/explorer/selection.html",
        status=422 if refused else 200,
        action=name,
        title=title,
        forecast=forecast,
        foreseen=forcing.foresee(document_ids=ids, by=visitors.actor()) if name == "resend" else None,
        parties=len({document.party_id for document in forecast.touched}),
        folders=_folders(forecast.touched) if name == "move" else [],
        chosen=request.form.get("folder_id", ""),
        refused=refused,
        forced=bool(request.form.get("forced")),
        key=form_key(),
        back=back,
    )


def refusals_of(documents: Sequence[Document], folder: Folder) -> list[tuple[Document, str]]:
    """Those that may not go to this folder, each with the reason as a sentence."""
    refused = []
    for document in documents:
        try:
            moving.refuse_move(document, folder)
        except Refused as refusal:
            refused.append((document, refusal.sentence))
    return refused


def silent(documents: Sequence[Document]) -> str:
    """Why nothing would leave without « Notification forcée »; empty when every folder notifies."""
    told = settings_by({(each.party_id, each.folder) for each in documents})
    labels = {each.folder.label for each in documents if told[each.party_id, each.folder_id].notify is Notify.NONE}
    if not labels:
        return ""
    sentence: str = _(
        "%(folders)s ne notifie pas : cochez « Notification forcée » pour prévenir. Rien n’est parti.",
        folders=", ".join(f"« {label} »" for label in sorted(labels)),
    )
    return sentence


def _folders(documents: Sequence[Document]) -> list[Folder]:
    """Where all of them may go."""
    families = {document.folder.family_id for document in documents}
    if len(families) != 1:
        return []
    reached = finding.folders_of(scope=scope(Permission.DOCUMENTS_FILE), family_id=families.pop())
    here = {document.folder_id for document in documents}
    reserved = {each.folder.document_class for each in documents} & set(NEEDS_GRANT)
    return [each for each in reached if {each.id} != here and reserved <= {each.document_class}]
