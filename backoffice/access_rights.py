"""What « Droits » gives to a selection: a preset, or folders ticked one by one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.party_forms import ACTS
from backoffice.reach import scope
from shared.access.bulk_choice import NOTHING, BulkChoice
from shared.access.bulk_models import BulkKind
from shared.access.rights import ALL, OWN, PRESETS, preset
from shared.documents.models import Folder
from shared.errors import Refused
from shared.extensions import db
from shared.people.models import Party
from shared.web.permissions import Permission

KEEP = "keep"  # the folders of each line stay as they are


@dataclass(frozen=True)
class Choice:
    """`is_made`: the counts may be said. `presets`: (key, label) of those that open something here.

    `acts`: (key, label, « give », « take » or nothing).
    """

    is_made: bool
    bulk: BulkChoice = NOTHING
    preset: str = ""
    folders: tuple[Folder, ...] = ()
    presets: tuple[tuple[str, str], ...] = ()
    acts: tuple[tuple[str, str, str], ...] = ()


def choice_of(kind: BulkKind, party_ids: Sequence[uuid.UUID], *, chosen: bool = True) -> Choice:
    """What the form says; the other actions but for « Droits » only ask whether the other contacts are taken along.

    Raises Refused where it opens no folder, or changes nothing.
    """
    if kind is not BulkKind.RIGHTS:
        return Choice(is_made=True, bulk=BulkChoice(others="others" in request.form))
    folders, acts = _folders(party_ids), _acts()
    presets = _presets(folders)
    key = request.form.get("preset", "") if chosen else ""
    if not key:
        return Choice(is_made=False, folders=folders, presets=presets, acts=acts)
    if key not in (*PRESETS, OWN, KEEP):
        abort(400)
    given, taken = (frozenset(act for act, _label, word in acts if word == each) for each in ("give", "take"))
    if key == KEEP and not given | taken:
        raise Refused(_("Choisissez les répertoires à montrer, ou un droit à donner ou à retirer."))
    ids = None if key == KEEP else _opened(key, folders)
    return Choice(True, BulkChoice(ids, key == KEEP, given, taken), key, folders, presets, acts)


def _opened(key: str, folders: Sequence[Folder]) -> list[uuid.UUID] | None:
    ticked = _ticked() if key == OWN else preset(key, folders)
    if ticked is not None and not ticked:
        raise Refused(_("Cochez au moins un répertoire, ou retirez l’accès : sans répertoire, il n’ouvre rien."))
    refuse_beyond(ticked, folders)
    return ticked


def _acts() -> tuple[tuple[str, str, str], ...]:
    """Each left as it is on every line unless the form says otherwise."""
    words = {act: request.form.get(f"act_{act}", "") for act, _label in ACTS}
    if not set(words.values()) <= {"", "give", "take"}:
        abort(400)
    return tuple((act, str(label), words[act]) for act, label in ACTS)


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
