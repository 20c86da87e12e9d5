"""Filing a document elsewhere: its row changes, never its bytes nor its links."""

from flask_babel import gettext as _
from sqlalchemy import select

from shared.documents import publishing
from shared.documents.classes import NEEDS_GRANT
from shared.documents.consents import PAYSLIP
from shared.documents.effective import settings_for
from shared.documents.models import Document, Folder, Version
from shared.documents.signing import refuse_while_asked
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db


def move(*, document: Document, folder: Folder, by: str) -> None:
    """Put the document in another folder of its party; what is sent and linked keeps working.

    Raises Refused for a folder of another family, or one that already holds these bytes for this party. What is read
    by those alone whom a grant names (payslips, sick notes) stays among folders of its class.
    """
    refuse_move(document, folder)
    before = document.folder
    document.folder = folder
    db.session.flush()
    facts = {"before": before.path, "after": folder.path}
    record("document.moved", by=by, party_id=document.party_id, document_id=document.id, facts=facts)
    _follow(document, before, by)


def refuse_move(document: Document, folder: Folder) -> None:
    """Raises Refused where the document may not go to that folder, as `move` does; nothing is changed."""
    before = document.folder
    if folder.id == before.id:
        raise Refused(_("Le document est déjà dans ce répertoire."), field="folder_id")
    if folder.family_id != before.family_id:
        raise Refused(_("Ce répertoire appartient à une autre famille de tiers."), field="folder_id")
    if before.document_class in NEEDS_GRANT and folder.document_class != before.document_class:
        raise Refused(_why_kept(before), field="folder_id")
    refuse_while_asked(document.id)
    if _holds_same_bytes(document, folder):
        raise Refused(_("Ce répertoire contient déjà exactement ce document."), field="folder_id")


def _why_kept(folder: Folder) -> str:
    why: str
    if folder.document_class == PAYSLIP:
        why = _(
            "Un bulletin de paie reste dans un répertoire de bulletins : c’est ce qui garantit sa conservation. "
            "Le document n’a pas bougé."
        )
    else:
        why = _(
            "Un arrêt de travail reste dans un répertoire d’arrêts de travail, que lit seulement qui y est habilité. "
            "Le document n’a pas bougé."
        )
    return why


def _follow(document: Document, before: Folder, by: str) -> None:
    """The publication follows the folder: off the portal at once, or wanted where the former one was not shared."""
    standing = publishing.current(document.id)
    party_id = document.party_id
    is_shared = settings_for(folder=document.folder, party_id=party_id).on_portal
    if standing is not None and not is_shared:
        publishing.withdraw(document=document, by=by, because="moved")
    elif standing is None and is_shared and not settings_for(folder=before, party_id=party_id).on_portal:
        publishing.publish(document=document, by=by)
    else:
        publishing.redecide(document=document, by=by)


def _holds_same_bytes(document: Document, folder: Folder) -> bool:
    newest = select(Version.sha256).where(Version.document_id == document.id).order_by(Version.number.desc()).limit(1)
    twin = (
        select(Document.id)
        .join(Version, Version.document_id == Document.id)
        .where(
            Document.party_id == document.party_id,
            Document.folder_id == folder.id,
            Version.sha256 == newest.scalar_subquery(),
        )
        .limit(1)
    )
    return db.session.scalar(twin) is not None
