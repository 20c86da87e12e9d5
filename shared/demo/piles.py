"""A hundred thousand documents over two years: few bytes, many rows, each found by its words."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from shared.clock import day_of
from shared.demo.copying import copy
from shared.demo.crowd import Someone
from shared.demo.documents import CATALOGUE, SUBJECTS
from shared.documents.indexing import cut
from shared.documents.models import Document, Download, Folder, Publication, ReadingKind, Version
from shared.events.models import Chain, Event
from shared.extensions import uuid7
from shared.folding import fold

PDF = "application/pdf"
INVOICES = "c.invoices"
NAMES = {
    "invoice": ("Facture", "FA"),
    "quote": ("Devis", "DE"),
    "contract": ("Contrat", "CT"),
    "payslip": ("Bulletin de paie", "BP"),
    "order": ("Commande", "CO"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document of the piles, and what the other tables name of it."""

    at: int
    id: uuid.UUID
    version_id: uuid.UUID
    owner: Someone
    folder: Folder
    filed_at: datetime

    @property
    def title(self) -> str:
        word, _mark = NAMES.get(self.folder.document_class, (self.folder.label, ""))
        return f"{word} {self.number} de {self.filed_at:%m/%Y}"

    @property
    def number(self) -> str:
        mark = NAMES.get(self.folder.document_class, ("", "DOC"))[1]
        return f"{mark}-{self.filed_at:%Y}-{self.at:06}"

    @property
    def filename(self) -> str:
        return f"{self.number}.pdf"

    @property
    def text(self) -> str:
        """What the page says: whose it is, an object and two lines of the catalogue."""
        lines = [CATALOGUE[(self.at + step) % len(CATALOGUE)] for step in (0, 5)]
        told = ". ".join(f"{line[0]}, {line[1]}" for line in lines)
        return f"{self.owner.name}. {SUBJECTS[self.at % len(SUBJECTS)]} n° {self.at}. {told}."

    @property
    def is_off(self) -> bool:
        return self.at % 25 == 7

    @property
    def waits(self) -> bool:
        return self.at % 50 == 11

    @property
    def is_live(self) -> bool:
        return not (self.is_off or self.waits)


def pile_up(
    number: int, crowd: Sequence[Someone], folders: dict[str, list[Folder]], last: datetime, days: int
) -> Iterator[Sheet]:
    """Each party in its turn, evenly over the days that end with `last`."""
    step, first = timedelta(days=days) / number, last - timedelta(days=days)
    for at in range(number):
        owner = crowd[at % len(crowd)]
        yield Sheet(at, uuid7(), uuid7(), owner, _folder(at, owner, folders[owner.family]), first + step * at)


def write_piles(sheets: Sequence[Sheet], sha256: Sequence[str], sizes: Sequence[int], by: str) -> None:
    """Documents, versions, publications, readings, and what the journal tells of them."""
    copy(Document, (_document(each, by) for each in sheets))
    copy(Version, (_version(each, sha256, sizes) for each in sheets))
    copy(Publication, (_publication(each, by) for each in sheets if not each.is_off))
    copy(Download, (_download(each) for each in sheets if _is_read(each)))
    copy(Event, _events(sheets, by))


def _folder(at: int, owner: Someone, folders: Sequence[Folder]) -> Folder:
    """Six of ten in the family's busiest folder."""
    busiest = next((each for each in folders if each.shipped_key == INVOICES), folders[0])
    return busiest if (at + at // 20) % 10 < 6 else folders[(at // 20 + owner.at) % len(folders)]


def _document(sheet: Sheet, by: str) -> dict[str, Any]:
    is_money = sheet.folder.document_class in ("invoice", "quote", "order")
    day = day_of(sheet.filed_at)
    words = [*cut(sheet.title), *cut(sheet.number), "".join(cut(sheet.number)), *cut(sheet.filename), *cut(sheet.text)]
    return {
        "id": sheet.id,
        "party_id": sheet.owner.id,
        "folder_id": sheet.folder.id,
        "title": sheet.title,
        "number": sheet.number,
        "search_folded": fold(f"{sheet.title} {sheet.number} {sheet.filename}"),
        "words": " ".join(f"'{word}':{place}" for place, word in enumerate(words, 1)),
        "issued_on": day,
        "due_on": day + timedelta(days=30) if is_money else None,
        "amount": Decimal(4_000 + sheet.at * 37 % 900_000) / 100 if is_money else None,
        "filed_at": sheet.filed_at,
        "filed_by": by,
    }


def _version(sheet: Sheet, sha256: Sequence[str], sizes: Sequence[int]) -> dict[str, Any]:
    which = sheet.at % len(sha256)
    return {
        "id": sheet.version_id,
        "document_id": sheet.id,
        "sha256": sha256[which],
        "size": sizes[which],
        "mime": PDF,
        "kind": "pdf",
        "pages": 1,
        "filename": sheet.filename,
        "text": sheet.text,
        "created_at": sheet.filed_at,
    }


def _publication(sheet: Sheet, by: str) -> dict[str, Any]:
    held = "consent_requested" if sheet.waits and sheet.at % 100 == 11 else None
    return {
        "id": uuid7(),
        "document_id": sheet.id,
        "folder_id": sheet.folder.id,
        "wanted_at": sheet.filed_at,
        "wanted_by": by,
        "live_at": None if sheet.waits else sheet.filed_at + timedelta(seconds=4),
        "held_because": ("synchronisation" if held is None else held) if sheet.waits else None,
    }


def _is_read(sheet: Sheet) -> bool:
    return sheet.is_live and sheet.owner.has_seat and sheet.at // 20 % 3 == 0


def _download(sheet: Sheet) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "document_id": sheet.id,
        "version_id": sheet.version_id,
        "kind": (ReadingKind.OPENED if sheet.at % 2 else ReadingKind.DOWNLOADED).value,
        "seat_id": sheet.owner.seat_id,
        "at": sheet.filed_at + timedelta(hours=5),
    }


def _events(sheets: Sequence[Sheet], by: str) -> Iterator[dict[str, Any]]:
    for sheet in sheets:
        yield _event(sheet, "document.filed", Chain.EVIDENCE, by, 0, {"folder": sheet.folder.path})
        if sheet.is_live:
            yield _event(sheet, "document.published", Chain.EVIDENCE, by, 4, {})
        if _is_read(sheet):
            reader = f"account:{sheet.owner.account_id}"
            yield _event(sheet, "account.signed_in", Chain.SECURITY, reader, 17_900, {})
            yield _event(sheet, "document.opened", Chain.EVIDENCE, reader, 18_000, {})


def _event(sheet: Sheet, name: str, chain: Chain, actor: str, later: int, facts: dict[str, Any]) -> dict[str, Any]:
    of_document = name.startswith("document.")
    return {
        "id": uuid7(),
        "name": name,
        "at": sheet.filed_at + timedelta(seconds=later),
        "chain": chain.value,
        "actor": actor,
        "party_id": sheet.owner.id,
        "document_id": sheet.id if of_document else None,
        "account_id": sheet.owner.account_id if actor.startswith("account:") else None,
        "facts": Jsonb(facts),
    }
