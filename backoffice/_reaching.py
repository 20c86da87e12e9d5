"""What the views about documents share: the scope of whoever asks, and what lies outside it."""

import uuid
from collections.abc import Sequence
from typing import NoReturn

from flask import Response, abort, jsonify, make_response
from flask_babel import gettext as _

from backoffice.forbidden import forbid
from backoffice.reach import refuse, scope
from shared.documents import finding
from shared.documents.finding import Sheet
from shared.documents.models import Document, Folder
from shared.extensions import db
from shared.web import refusals
from shared.web.errors import Explanation, explain
from shared.web.permissions import Permission

AT_ONCE = 200  # documents in one bulk action


def the_sheet(document_id: uuid.UUID) -> Sheet:
    """The document with what its page shows; out of reach it does not exist."""
    found = finding.sheet(scope=scope(Permission.DOCUMENTS_SEE), document_id=document_id)
    return found if found is not None else unknown()


def the_document(document_id: uuid.UUID, permission: Permission) -> Document:
    """One document to act upon: 404 out of sight, 403 where it may be seen and no more."""
    found = finding.documents(scope=scope(Permission.DOCUMENTS_SEE), ids=[document_id])
    if not found:
        unknown()
    if not scope(permission).reaches(found[0].folder):
        refuse(permission)
    return found[0]


def the_documents(ids: Sequence[uuid.UUID], permission: Permission, *, title: str, back: str) -> list[Document]:
    """All of these documents or none: one out of reach and nothing is done, and a page lists what stands in the way.

    `title` says what was asked, `back` is the list where it was.
    """
    found = finding.documents(scope=scope(Permission.DOCUMENTS_SEE), ids=ids)
    allowed, unseen = scope(permission), len(set(ids)) - len(found)
    beyond = [each for each in found if not allowed.reaches(each.folder)]
    if beyond or unseen:
        names = [f"{each.title} ({each.folder.label})" for each in beyond]
        forbid(title=title, back=back, permission=permission, names=names, unknown=unseen)
    return found


def the_folder(folder_id: uuid.UUID, permission: Permission) -> Folder:
    """One folder in which the asker holds this permission."""
    found = finding.folder(scope=scope(Permission.DOCUMENTS_SEE), folder_id=folder_id)
    if found is None:
        unknown()
    if not scope(permission).reaches(found):
        refuse(permission)
    return found


def unknown() -> NoReturn:
    """The same answer for a stranger's and for nothing, with its line in the log."""
    refusals.refused("staff.denied", permission=Permission.DOCUMENTS_SEE.value)
    abort(404)


def away() -> str:
    """What is said when the storage does not answer."""
    return str(_("L’espace de stockage ne répond pas. Rien n’a été enregistré : recommencez dans une minute."))


def storage_away(*, json: bool = False) -> Response:
    """Nothing was kept: neither bytes nor rows."""
    db.session.rollback()
    told = away()
    if json:
        return make_response(jsonify(error=told), 503)
    title, advice = _("Dépôt impossible pour l’instant"), _("Vos fichiers sont toujours chez vous.")
    return explain(503, Explanation(title, told, advice, "clock-history"))
