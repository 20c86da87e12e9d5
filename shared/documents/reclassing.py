"""A folder of another class: what its new class asks of what is filed and set there already."""

from flask_babel import gettext as _
from sqlalchemy import exists, func, select

from shared.documents.cells import BadCells
from shared.documents.classes import NEEDS_GRANT, NO_SIGNATURE
from shared.documents.effective import own
from shared.documents.models import Document, Folder, FolderException
from shared.extensions import db
from shared.people.models import Party


def reclass(folder: Folder, value: str) -> None:
    """What needs a grant of its own begins and ends with the class: never above documents that it protects.

    Raises BadCells, also where a party's exception asks for a signature that the new class forbids.
    """
    if folder.document_class in NEEDS_GRANT:
        if db.session.scalar(select(exists().where(Document.folder_id == folder.id))):
            raise _bad(
                folder,
                _(
                    "« %(folder)s » contient des documents protégés : sa classe ne change plus. "
                    "Créez un autre répertoire.",
                    folder=folder.label,
                ),
            )
        folder.needs_grant = False
    if value in NO_SIGNATURE and (party := _asked_apart(folder)):
        raise _bad(
            folder,
            _(
                "Un bulletin de paie ne se signe pas, et une signature est demandée ici à « %(party)s » par exception "
                ": revenez au réglage commun dans ses « Paramètres », puis changez la classe.",
                party=party,
            ),
        )
    if value in NEEDS_GRANT:
        folder.needs_grant = True


def _asked_apart(folder: Folder) -> str | None:
    """The first party whose own exception asks for a signature there."""
    query = select(Party.name).join(FolderException, FolderException.party_id == Party.id)
    mine = (FolderException.folder_id == folder.id, func.coalesce(own("signature_side"), "") != "")
    with db.session.no_autoflush:
        return db.session.scalar(query.where(*mine).order_by(Party.code_sort, Party.id).limit(1))


def _bad(folder: Folder, sentence: str) -> BadCells:
    return BadCells({(folder.id, "document_class"): sentence})
