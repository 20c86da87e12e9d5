"""Another path for a folder, or another beginning for many: looked at before it is done.

The path is data: documents, their bytes and every link to them stay what they are.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from shared.documents.configuring import Cell, look
from shared.documents.grid import held
from shared.documents.models import Folder
from shared.documents.paths import canonical_path
from shared.errors import Refused
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Family


class Move(NamedTuple):
    """One folder that would change its path, and how many documents would then stand under the new one."""

    folder_id: uuid.UUID
    label: str
    before: str
    after: str
    documents: int


def preview(*, cells: Iterable[Cell], revisions: Mapping[uuid.UUID, int]) -> list[Move]:
    """The paths that these cells would change; raises what `configuring.change` would. Nothing is changed."""
    with db.session.begin_nested() as trial:
        paths = look(cells=cells, revisions=revisions)
        moves = [Move(folder.id, folder.label, before, folder.path, 0) for folder, before in paths.values()]
        trial.rollback()
    documents = held([move.folder_id for move in moves])
    moves = [move._replace(documents=documents.get(move.folder_id, 0)) for move in moves]
    return sorted(moves, key=lambda move: fold(move.before))


def below(*, families: Sequence[Family], start: str, becomes: str) -> list[Cell]:
    r"""The cells that give all folders under `start` another beginning: « CLIENTS\A signer\ » → « CLIENTS\Accords\ ».

    Raises Refused when nothing stands there, or when the new beginning leaves the family's tree.
    """
    old = canonical_beginning(start)
    roots = {fold(family.root): family for family in families}
    family = roots.get(fold(old.split("\\")[0]))
    if family is None:
        raise Refused(_("Aucun répertoire ne commence par ce chemin."), field="start")
    try:
        new = canonical_path(becomes, family.root)
    except Refused as refused:
        raise Refused(refused.sentence, field="becomes") from None
    query = select(Folder).where(
        Folder.family_id == family.id, Folder.path_folded.startswith(fold(old), autoescape=True)
    )
    found = db.session.scalars(query.order_by(Folder.path_folded)).all()
    if not found:
        raise Refused(_("Aucun répertoire ne commence par ce chemin."), field="start")
    depth = old.count("\\")
    return [(each.id, "path", new + "\\".join(each.path.split("\\")[depth:])) for each in found]


def canonical_beginning(written: str) -> str:
    """A beginning as paths are spelled: with the root, and ending where a folder's name ends."""
    root = written.replace("/", "\\").strip("\\ ").split("\\")[0]
    try:
        return canonical_path(written, root)
    except Refused as refused:
        raise Refused(refused.sentence, field="start") from None
