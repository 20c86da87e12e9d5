"""The folders as staff see them: what each holds, who can open it, what waits. Out of the scope, nothing exists."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, literal, literal_column, select, true

from shared.access.models import Account, Seat
from shared.documents import counting, effective
from shared.documents.exploring import STATES, WAITING
from shared.documents.models import Document, Folder, FolderException, Publication
from shared.documents.visible import reaching, sitting
from shared.extensions import db
from shared.people.scopes import Scope

COUNTED = 100  # documents of a folder that are counted, and of those that wait; beyond, « 99+ »


class Shelf(NamedTuple):
    """A folder as the explorer shows it: `openers` parties can open it, `waiting` documents want « Synchroniser »."""

    id: uuid.UUID
    path: str
    label: str
    on_portal: bool
    document_class: str
    documents: int
    openers: int
    waiting: int


@dataclass
class Branch:
    """A part of the paths: its name, the folder that stands there if there is one, and what is below."""

    name: str
    shelf: Shelf | None = None
    branches: list["Branch"] = field(default_factory=list)


def shelves(*, scope: Scope, family_id: uuid.UUID, party_id: uuid.UUID | None = None) -> list[Shelf]:
    """The folders of a family, how many documents each holds (of one party, or of all) and how many can open it.

    No more than `COUNTED` documents of a folder are counted, however many there are.
    """
    mine = true() if party_id is None else Document.party_id == party_id
    inside = select(Document.id).where(Document.folder_id == Folder.id, mine)
    inside = inside.correlate(Folder).order_by(Document.filed_at).limit(COUNTED)  # in the order of its own index
    held = select(func.count()).select_from(inside.subquery()).scalar_subquery()
    counts = (held, openers(party_id), _waiting(party_id))
    on_portal = Folder.on_portal if party_id is None else effective.shared_to(literal(party_id))
    columns = (Folder.id, Folder.path, Folder.label, on_portal, Folder.document_class)
    query = (
        select(*columns, *counts)
        .where(Folder.family_id == family_id, scope.folders())
        .order_by(Folder.position, Folder.path_folded)
    )
    return [Shelf(*row) for row in db.session.execute(query)]


def openers(party_id: uuid.UUID | None = None) -> ColumnElement[int]:
    """How many parties can open the folder on the portal today, or whether this one can; wants `Folder`."""
    if party_id is None:
        return counting.openers()
    query = (
        select(func.count(Seat.party_id.distinct()))
        .join(Account, Account.id == Seat.account_id)
        .outerjoin(FolderException, effective.excepted(Seat.party_id))
        .where(Seat.party_id == party_id, effective.shared(), *sitting(), reaching(), Account.frozen_at.is_(None))
    )
    return query.correlate(Folder).scalar_subquery()


def tree(shelves: Sequence[Shelf]) -> list[Branch]:
    """The same folders, each below the parts of its path that it shares with others, in the order of the settings."""
    root = Branch("")
    for shelf in shelves:
        branch = root
        for name in shelf.path.strip("\\").split("\\")[1:] or [shelf.label]:
            below = next((each for each in branch.branches if each.name == name), None)
            if below is None:
                below = Branch(name)
                branch.branches.append(below)
            branch = below
        branch.shelf = shelf
    return root.branches


def _waiting(party_id: uuid.UUID | None) -> ColumnElement[int]:
    """How many documents of the folder wait for the synchronisation, no more than `COUNTED`."""
    waits = select(Publication.id).where(Publication.folder_id == Folder.id, STATES[WAITING])
    if party_id is not None:
        waits = waits.join(Document, Document.id == Publication.document_id).where(Document.party_id == party_id)
    some = waits.correlate(Folder).limit(literal_column(str(COUNTED))).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
