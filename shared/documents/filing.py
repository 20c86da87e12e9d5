"""Filing: the bytes first, under their hash; then the rows, in the caller's transaction."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from shared.documents import indexing, publishing
from shared.documents.effective import settings_for
from shared.documents.inspecting import Inspection
from shared.documents.models import Document, Folder, StoredObject, Version
from shared.documents.refusals import FileRefused
from shared.documents.storage import original_key, storage
from shared.documents.sweeping import hold
from shared.errors import Refused
from shared.events.batches import is_untold
from shared.events.recording import record
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Party

DEPOSITED = ("portal",)  # who put it there need not be told that it is there


@dataclass(frozen=True)
class Facts:
    """What is known of a document before anyone opens it; an empty title is made from the file's name."""

    title: str = ""
    number: str = ""
    issued_on: date | None = None
    due_on: date | None = None
    amount: Decimal | None = None
    currency: str = "EUR"
    is_credit_note: bool = False
    net: Decimal | None = None  # before tax, where an electronic invoice says it
    is_electronic: bool = False  # read in the XML of an invoice, and not in a name


def keep(*, data: bytes, inspection: Inspection) -> None:
    """Put the bytes in the storage and say so in the database; the same bytes again mend a lost object.

    Until the transaction ends nobody else files or sweeps them. Raises `storage.Unavailable`.
    """
    hold(inspection.sha256)
    storage().put(original_key(inspection.sha256), data, inspection.mime)
    row = insert(StoredObject).values(sha256=inspection.sha256, size=inspection.size, mime=inspection.mime)
    mended = {"unused_since": None, "damaged_at": None}
    db.session.execute(row.on_conflict_do_update(index_elements=[StoredObject.sha256], set_=mended))


def file(
    *,
    inspection: Inspection,
    filename: str,
    party: Party,
    folder: Folder,
    facts: Facts,
    by: str,
    source: str = "backoffice",
) -> Document:
    """File bytes that were kept as a new document of `party`, and want it on the portal if its folder is shared.

    Raises Refused for a folder of another family, and for a PDF that nobody could sign where it is to be signed.
    """
    if folder.family_id != party.family_id:
        raise Refused(_("Ce répertoire n’est pas de la famille de ce tiers."), field="folder_id")
    settings = settings_for(folder=folder, party_id=party.id)
    if settings.signature_side is not None:
        check_signable(inspection)
    document = _document(filename, party, folder, _completed(facts, folder, filename), by, source)
    document.versions.append(_version(inspection, filename))
    indexing.index(document=document, text=inspection.text)
    db.session.add(document)
    db.session.flush()
    told: dict[str, Any] = {"folder": folder.path, "filename": filename, "sha256": inspection.sha256}
    if facts.is_electronic:
        told |= {"facturx": {"net": None if facts.net is None else str(facts.net)}}
    record("document.filed", by=by, party_id=party.id, document_id=document.id, facts=told)
    if settings.on_portal:
        publishing.publish(document=document, by=by, quiet=source in DEPOSITED or is_untold())
    return document


def check_signable(inspection: Inspection) -> None:
    """Raises FileRefused, with what to ask the sender for, for a PDF to which no signature can be added."""
    if inspection.certified == 1:
        raise FileRefused("certified")
    if inspection.layers:
        raise FileRefused("layers")


def known(*, sha256: str, party: Party, folder: Folder) -> Document | None:
    """The document of this folder of this party that already holds these bytes."""
    query = (
        select(Document)
        .join(Version, Version.document_id == Document.id)
        .where(Version.sha256 == sha256, Document.party_id == party.id, Document.folder_id == folder.id)
        .limit(1)
    )
    return db.session.scalars(query).first()


def _document(filename: str, party: Party, folder: Folder, facts: Facts, by: str, source: str) -> Document:
    return Document(
        party=party,
        folder=folder,
        title=facts.title,
        number=facts.number,
        search_folded=fold(f"{facts.title} {facts.number} {filename}"),
        issued_on=facts.issued_on,
        due_on=facts.due_on,
        amount=facts.amount,
        currency=facts.currency,
        is_credit_note=facts.is_credit_note,
        source=source,
        filed_by=by,
    )


def _version(inspection: Inspection, filename: str) -> Version:
    return Version(
        number=1,
        sha256=inspection.sha256,
        size=inspection.size,
        mime=inspection.mime,
        kind=inspection.kind,
        pages=inspection.pages,
        filename=filename,
        text=inspection.text.replace("\0", ""),  # PostgreSQL keeps no zero byte in a text
    )


def _completed(facts: Facts, folder: Folder, filename: str) -> Facts:
    if facts.title:
        return facts
    if facts.number and folder.document_class == "invoice":
        return replace(facts, title=f"{'Avoir' if facts.is_credit_note else 'Facture'} {facts.number}")
    return replace(facts, title=PurePosixPath(filename).stem.replace("_", " ").strip() or filename)
