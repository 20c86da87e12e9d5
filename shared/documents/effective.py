"""What a folder's settings are for one party: the party's exception where it has one, else the folder's own value.

Whoever reads a setting of a folder for a document of somebody reads it here, in SQL or on rows already read.
"""

import uuid
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from shared.documents.models import Folder, FolderException, LinkTarget, Notify, SignatureSide
from shared.extensions import db
from shared.people.models import EmailSlot

EXCEPTABLE = (
    "on_portal",
    "signature_side",
    "notify",
    "slot",
    "link_target",
    "template_id",
    "deposit_allowed",
    "signature_level",
    "signed_folder_id",
)
Party = InstrumentedAttribute[uuid.UUID] | ColumnElement[uuid.UUID]


class Settings(NamedTuple):
    """What holds for the documents of one party in one folder."""

    on_portal: bool
    signature_side: SignatureSide | None
    notify: Notify
    slot: EmailSlot
    link_target: LinkTarget
    template_id: uuid.UUID | None
    deposit_allowed: bool
    signature_level: str = "simple"
    signed_folder_id: uuid.UUID | None = None


def settings_of(folder: Folder, exception: FolderException | None) -> Settings:
    """The settings from rows that were read already."""
    mine = exception.values if exception is not None else {}
    return Settings(*(_value(name, mine[name]) if name in mine else getattr(folder, name) for name in EXCEPTABLE))


def settings_for(*, folder: Folder, party_id: uuid.UUID) -> Settings:
    """The settings of one folder for one party; one query."""
    return settings_of(folder, exception_of(folder_id=folder.id, party_id=party_id))


def exception_of(*, folder_id: uuid.UUID, party_id: uuid.UUID) -> FolderException | None:
    """The exception of one party, None where everything follows the folder."""
    return db.session.get(FolderException, (party_id, folder_id))


def settings_by(pairs: set[tuple[uuid.UUID, Folder]]) -> dict[tuple[uuid.UUID, uuid.UUID], Settings]:
    """(party, folder) → settings, for a selection; one query."""
    keys = [(party_id, folder.id) for party_id, folder in pairs]
    query = select(FolderException).where(tuple_(FolderException.party_id, FolderException.folder_id).in_(keys))
    found = {(row.party_id, row.folder_id): row for row in db.session.scalars(query)} if keys else {}
    return {(party_id, each.id): settings_of(each, found.get((party_id, each.id))) for party_id, each in pairs}


def excepted(party_id: Party) -> ColumnElement[bool]:
    """The condition of an outer join of `FolderException` beside `Folder`, for the party of that column."""
    return and_(FolderException.party_id == party_id, FolderException.folder_id == Folder.id)


def shared() -> ColumnElement[bool]:
    """« Portail » for the party; wants `Folder` and, outer joined by `excepted`, `FolderException`."""
    return func.coalesce(own("on_portal") == "1", Folder.on_portal)


def to_sign() -> ColumnElement[bool]:
    """Whether a signature is asked of the party; wants the same."""
    return func.coalesce(own("signature_side") != "", Folder.signature_side.is_not(None))


def notifies() -> ColumnElement[bool]:
    """Whether the party is told at all; wants the same."""
    return func.coalesce(own("notify") != Notify.NONE.value, Folder.notify != Notify.NONE)


def accepts() -> ColumnElement[bool]:
    """Whether the party deposits here too; wants the same."""
    return func.coalesce(own("deposit_allowed") == "1", Folder.deposit_allowed)


def shared_to(party_id: Party) -> ColumnElement[bool]:
    """« Portail » for the party of that column, without a join: for queries about a few documents."""
    query = select(own("on_portal") == "1").where(excepted(party_id))
    if isinstance(party_id, InstrumentedAttribute):
        query = query.correlate(Folder, party_id.class_)
    return func.coalesce(query.scalar_subquery(), Folder.on_portal)


def own(name: str) -> ColumnElement[str]:
    """The party's own value as `cells.spell` writes it, null where it follows the folder; wants `FolderException`."""
    written: ColumnElement[str] = FolderException.values[name].astext
    return written


def _value(name: str, written: str) -> Any:
    """As `cells.spell` wrote it."""
    if name in ("on_portal", "deposit_allowed"):
        return written == "1"
    if not written:
        return None
    kinds = {
        "signature_side": SignatureSide,
        "notify": Notify,
        "slot": EmailSlot,
        "link_target": LinkTarget,
        "template_id": uuid.UUID,
        "signature_level": str,
        "signed_folder_id": uuid.UUID,
    }
    return kinds[name](written)
