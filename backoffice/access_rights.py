"""What « Droits » gives to a selection: a preset, or folders ticked one by one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.reach import scope
from shared.access.bulk_models import BulkKind
from shared.access.rights import ALL, OWN, PRESETS, preset
from shared.documents.models import Folder
from shared.errors import Refused
from shared.extensions import db
from shared.people.models import Party
from shared.web.permissions import Permission


@dataclass(frozen=True)
class Choice:
    """`is_made`: the counts may be said. `presets`: (key, label) of those that open something here."""

    is_made: bool
    folder_ids: list[uuid.UUID] | None = None
    preset: str = ""
    folders: tuple[Folder, ...] = ()
    presets: tuple[tuple[str, str], ...] = ()


def choice_of(kind: BulkKind, party_ids: Sequence[uuid.UUID], *, chosen: bool = True) -> Choice:
    """What the form says; other actions have nothing to choose. Raises Refused where it opens no folder."""
    if kind is not BulkKind.RIGHTS:
        return Choice(is_made=True)
    folders = _folders(party_ids)
    presets = _presets(folders)
    key = request.form.get("preset", "") if chosen else ""
    if not key:
        return Choice(is_made=False, folders=folders, presets=presets)
    if key not in PRESETS and key != OWN:
        abort(400)
    ticked = _ticked() if key == OWN else preset(key, folders)
    if ticked is not None and not ticked:
        raise Refused(_("Cochez au moins un répertoire, ou retirez l’accès : sans répertoire, il n’ouvre rien."))
    refuse_beyond(ticked, folders)
    return Choice(True, ticked, key, folders, presets)


def _folders(party_ids: Sequence[uuid.UUID]) -> tuple[Folder, ...]:
    """The shared folders of the family; a selection across families has none in common."""
    families = db.session.scalars(select(Party.family_id).where(Party.id.in_(party_ids)).distinct()).all()
    if len(families) != 1:
        return ()
    query = select(Folder).where(Folder.family_id == families[0], Folder.on_portal)
    return tuple(db.session.scalars(query.order_by(Folder.position, Folder.label, Folder.id)))


def _presets(folders: Sequence[Folder]) -> tuple[tuple[str, str], ...]:
    labels = {ALL: _("Tout voir"), "invoices": _("Factures seulement"), "quotes": _("Devis seulement")}
    classes = {folder.document_class for folder in folders}
    return tuple((key, labels.get(key, key)) for key, shown in PRESETS.items() if shown is None or shown in classes)


def _ticked() -> list[uuid.UUID]:
    try:
        return sorted({uuid.UUID(each) for each in request.form.getlist("folders")})
    except ValueError:
        abort(400)


def refuse_beyond(ticked: Sequence[uuid.UUID] | None, folders: Sequence[Folder]) -> None:
    """Nobody gives more than their own part of the company. Payslips are given without being read."""
    grants = scope(Permission.ACCESS_EDIT).grants
    given = [folder for folder in folders if ticked is None or folder.id in set(ticked)]

    def reaches(folder: Folder) -> bool:
        return any(
            grant.family_id in (None, folder.family_id)
            and (grant.activity_id is None or folder.activity_id in (None, grant.activity_id))
            for grant in grants
        )

    beyond = [folder.label for folder in given if not reaches(folder)]
    if beyond:
        raise Refused(
            _(
                "Vous ne pouvez pas donner ces répertoires, hors de votre habilitation : %(names)s.",
                names=", ".join(beyond),
            )
        )
