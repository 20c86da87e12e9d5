"""The files that leave with a message: the published paper of a record, the same bytes as on the portal; or why not."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, RowMapping

from shared.documents.storage import original_key, read, storage
from shared.notifications.channels.building import Attachment
from shared.notifications.copying import RESERVED
from shared.notifications.pieces import Pieces
from shared.words import N_

LARGEST = 7 * 1024 * 1024  # bytes in all: ten in base64, which every mailbox takes
UNPUBLISHED = N_("La pièce jointe n’est pas sur le portail : le lien est parti seul.")
TOO_LARGE = N_("La pièce jointe dépasse 7 Mo : le lien est parti seul.")
PRIVATE = N_("Ce document ne se joint pas à un message : le lien est parti seul.")
ABSENT = N_("La pièce n’a pas de document : rien n’a été joint.")


@dataclass(frozen=True, slots=True)
class Paper:
    """One file to attach, read from storage just before it leaves; `size` in bytes."""

    document_id: uuid.UUID
    version_id: uuid.UUID
    sha256: str
    size: int
    mime: str
    name: str


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The papers that go with one message, what is made for it, and what the line says of the others."""

    papers: tuple[Paper, ...] = ()
    made: tuple[Attachment, ...] = ()
    remark: str = ""

    def told(self) -> dict[str, Any]:
        """As a fact of the line: which versions left with it."""
        files = [
            {"document": str(each.document_id), "version": str(each.version_id), "sha256": each.sha256}
            | {"name": each.name, "size": each.size}
            for each in self.papers
        ]
        files += [{"name": each.name, "size": len(each.data)} for each in self.made]
        return {"files": files} | ({"refused": self.remark} if self.remark else {})

    def load(self) -> list[Attachment]:
        """The bytes. Raises StorageError, `Altered` for bytes that are not those that were filed."""
        kept = storage()
        files = [Attachment(each.name, each.mime, read(kept, original_key(each.sha256))) for each in self.papers]
        return [*files, *self.made]


NOTHING = Enclosed()


@dataclass
class _Chosen:
    papers: list[Paper] = field(default_factory=list)
    remark: str = ""


def papers_of(row: RowMapping, records: Iterable[Row[Any]], pieces: Pieces) -> tuple[tuple[Paper, ...], str]:
    """What is attached to one line, and the sentence about what is not."""
    chosen = _Chosen()
    if row["attaches"] and row["staff_id"] is None and row["channel"] == "email":
        for record in records:
            _choose(chosen, row, pieces.papers.get(record.id))
    return tuple(chosen.papers), chosen.remark


def _choose(chosen: _Chosen, row: RowMapping, paper: Row[Any] | None) -> None:
    if paper is None:
        chosen.remark = chosen.remark or ABSENT
    elif paper.needs_grant or paper.document_class in RESERVED or paper.party_id != row["party_id"]:
        chosen.remark = PRIVATE
    elif not paper.live:
        chosen.remark = UNPUBLISHED
    elif sum(each.size for each in chosen.papers) + paper.size > LARGEST:
        chosen.remark = TOO_LARGE
    else:
        chosen.papers.append(
            Paper(paper.document_id, paper.version_id, paper.sha256, paper.size, paper.mime, paper.filename)
        )
