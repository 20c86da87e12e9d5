"""Which folders an access opens, and between which days. A right taken away is gone at once, in both modes."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from shared.access import causes
from shared.access.models import Access, Act
from shared.access.narrowing import Folders, narrowed
from shared.access.wanting import locked
from shared.documents.models import Folder
from shared.errors import Refused
from shared.extensions import db
from shared.people.editing import held
from shared.people.models import Party

ALL, OWN = "all", "own"
PRESETS: dict[str, str | None] = {ALL: None, "invoices": "invoice", "quotes": "quote"}  # → the class that is shown


def refuse_stale(*, access: Access, revision: int) -> None:
    """Hold the access until the end of the transaction; Stale when it was changed since `revision`, 0 for none."""
    held(access, access.revision if revision == 0 and _is_untouched(access) else revision)


def set_rights(*, access: Access, folder_ids: Collection[uuid.UUID] | None, by: str) -> None:
    """The folders that this access opens; None: all that are shared, now and later. Nothing new changes nothing.

    Raises Refused for a folder of another family, or for none at all.
    """
    locked(access)
    wanted_now = _checked(access.party, folder_ids)
    if _same(wanted_now, access.folder_ids):
        return
    access.folder_ids = wanted_now
    narrowed(access, cause=causes.RIGHTS, by=by, fields=["folders"])


def set_acts(*, access: Access, acts: Collection[str], by: str) -> None:
    """What its person may do besides seeing: some of `Act`, or nothing. Nothing new changes nothing."""
    locked(access)
    asked = [act.value for act in Act if act in acts]
    if asked == access.acts:
        return
    access.acts = asked
    narrowed(access, cause=causes.RIGHTS, by=by, fields=["acts"])


def set_dates(*, access: Access, starts_on: date | None, ends_on: date | None, by: str) -> None:
    """The first and last day of an access, both included. Raises Refused when they are the wrong way round."""
    locked(access)
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise Refused(_("La fin de l’accès tombe avant son début : corrigez l’une des deux dates."), field="ends_on")
    if (starts_on, ends_on) == (access.starts_on, access.ends_on):
        return
    access.starts_on, access.ends_on = starts_on, ends_on
    narrowed(access, cause=causes.DATES, by=by, fields=["dates"])


def preset(key: str, folders: Sequence[Folder]) -> Folders:
    """The folders among `folders` that a preset opens; None for « tout voir ». Raises Refused where it opens none."""
    shown = PRESETS[key]
    if shown is None:
        return None
    chosen = sorted(folder.id for folder in folders if folder.document_class == shown)
    if not chosen:
        raise Refused(_("Aucun répertoire de cette famille n’est de cette sorte : choisissez les répertoires un à un."))
    return chosen


def preset_of(folder_ids: Folders, folders: Sequence[Folder]) -> str:
    """Which preset these rights are; `own` when they are none of them."""
    if folder_ids is None:
        return ALL
    for key, shown in PRESETS.items():
        of_class = {folder.id for folder in folders if folder.document_class == shown}
        if shown is not None and of_class and of_class == set(folder_ids):
            return key
    return OWN


def folders_of(party: Party) -> list[Folder]:
    """The folders of the party's family that are shared on the portal, in the order of the settings."""
    query = select(Folder).where(Folder.family_id == party.family_id, Folder.on_portal)
    return list(db.session.scalars(query.order_by(Folder.position, Folder.label, Folder.id)))


def _checked(party: Party, folder_ids: Collection[uuid.UUID] | None) -> Folders:
    if folder_ids is None:
        return None
    asked = sorted(set(folder_ids))
    if not asked:
        raise Refused(_("Cochez au moins un répertoire, ou retirez l’accès : sans répertoire, il n’ouvre rien."))
    query = select(Folder.id).where(Folder.id.in_(asked), Folder.family_id == party.family_id)
    if set(db.session.scalars(query)) != set(asked):
        raise Refused(_("Un de ces répertoires n’est pas de cette famille. Rien n’a été changé."))
    return asked


def _is_untouched(access: Access) -> bool:
    return access.revision == 1 and access.folder_ids is None and len(access.acts) == len(Act)


def _same(one: Folders, other: Folders) -> bool:
    return (one is None) == (other is None) and set(one or ()) == set(other or ())
