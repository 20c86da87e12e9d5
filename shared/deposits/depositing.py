"""A person puts documents on the counter: inspected like any other file, filed at once, told to staff once."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from shared.access.models import Seat
from shared.clock import now, today
from shared.deposits import finding
from shared.deposits.models import Deposit, DocumentRequest
from shared.deposits.photographing import bind
from shared.documents import filing
from shared.documents.inspecting import Inspection, inspect
from shared.documents.models import Document, Folder
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.intake.attributing import facts_of
from shared.intake.facturx import Invoice, read_facturx
from shared.intake.models import Arrival, Verdict
from shared.intake.naming import safe_filename
from shared.intake.receiving import file_arrival

MOST = 30  # files in one deposit
SOURCE = "portal"
File = tuple[str, bytes]  # name, bytes


def deposit(
    *,
    seat: Seat,
    folder: Folder,
    files: Sequence[File],
    by: str,
    once: uuid.UUID,
    request: DocumentRequest | None = None,
    valid_until: date | None = None,
) -> Deposit:
    """File what was sent in one go, photographs together as one PDF, and close the request that it answers.

    `once` names the form: sent twice, the first deposit is the answer. Raises Refused for a folder that takes none,
    or naming the file that cannot be kept: then nothing is. `storage.Unavailable`: nothing was kept either.
    """
    # Two clicks at once wait for each other: the second finds what the first has made.
    db.session.execute(select(Seat.id).where(Seat.id == seat.id).with_for_update(key_share=True))
    former = db.session.scalars(select(Deposit).where(Deposit.seat_id == seat.id, Deposit.once == once)).first()
    if former is not None:
        return former
    if finding.open_folder(seat=seat, folder_id=folder.id) is None:
        raise Refused(_("Ce répertoire se lit seulement : on ne peut rien y déposer."), field="folder")
    if valid_until is not None and valid_until < today():
        raise Refused(_("Cette attestation n’est plus valable : déposez-en une qui l’est."), field="valid_until")
    made = Deposit(id=uuid7(), party_id=seat.party_id, folder_id=folder.id, seat_id=seat.id, once=once, by=by)
    db.session.add(made)
    db.session.flush()
    label = request.label if request is not None else ""
    documents = [_filed(file, made, folder, by, valid_until, label) for file in _sorted_out(files, label)]
    fresh = [document for document in documents if document.deposit_id == made.id]
    made.documents = len(fresh)  # what was here already was not added, and nobody is told of it again
    _close(made, request)
    if fresh:
        told = {"deposit": str(made.id), "folder": str(folder.id), "documents": len(fresh)}
        record("document.deposited", by=by, party_id=seat.party_id, document_id=fresh[0].id, facts=told)
    return made


def _sorted_out(files: Sequence[File], label: str) -> list[tuple[str, bytes, Inspection]]:
    """Each file inspected; the pictures become one PDF, at the place of the first."""
    if not files:
        raise Refused(_("Choisissez un fichier, ou prenez une photo."), field="files")
    if len(files) > MOST:
        raise Refused(_("Un dépôt compte %(most)s fichiers au plus : faites-en plusieurs.", most=MOST), field="files")
    pictures: list[bytes] = []
    others: list[tuple[str, bytes, Inspection]] = []
    for name, data in files:
        inspection = _inspected(name, data)
        if inspection.kind == "image":
            pictures.append(data)
        else:
            others.append((safe_filename(name), data, inspection))
    if not pictures:
        return others
    day = today()
    title = safe_filename(f"{label or _('Photos')} {day:%Y-%m-%d}.pdf".replace("/", "-"))
    bound = bind(pictures)
    return [(title, bound, inspect(bound, title)), *others]


def _inspected(name: str, data: bytes) -> Inspection:
    try:
        return inspect(data, safe_filename(name))
    except Refused as refusal:
        raise Refused(
            _("« %(name)s » : %(why)s Rien n’a été déposé.", name=name[:80], why=_(refusal.sentence)), field="files"
        ) from None


def _filed(
    file: tuple[str, bytes, Inspection], made: Deposit, folder: Folder, by: str, valid_until: date | None, label: str
) -> Document:
    name, data, inspection = file
    filing.keep(data=data, inspection=inspection)
    arrival = Arrival(
        by=by, source=SOURCE, filename=name, size=len(data), verdict=Verdict.FILED, sha256=inspection.sha256
    )
    invoice = read_facturx(data) if inspection.kind == "pdf" and inspection.embedded else None
    _check_seller(invoice, made)
    facts = facts_of(invoice, None)
    if label and not facts.number:
        facts = replace(facts, title=label)
    document = file_arrival(arrival, inspection=inspection, party=made.party, folder=folder, facts=facts, by=by)
    db.session.add(arrival)
    if arrival.verdict is Verdict.FILED:
        document.deposit_id = made.id
    document.valid_until = valid_until or document.valid_until
    db.session.flush()
    return document


def _check_seller(invoice: Invoice | None, made: Deposit) -> None:
    """An electronic invoice that somebody else has issued is not this supplier's."""
    if invoice is None:
        return
    for ours, theirs in ((made.party.siret, invoice.seller.siret), (made.party.vat_number, invoice.seller.vat)):
        if ours and theirs and ours != theirs:
            raise Refused(
                _(
                    "Cette facture est émise par « %(seller)s » (%(number)s), qui n’est pas vous. Rien n’a été déposé.",
                    seller=invoice.seller.name or "?",
                    number=theirs,
                ),
                field="files",
            )


def _close(made: Deposit, request: DocumentRequest | None) -> None:
    """What was asked for is there; without being told which, the only request for that folder is the one."""
    waiting = select(DocumentRequest).where(
        DocumentRequest.party_id == made.party_id, DocumentRequest.folder_id == made.folder_id, finding.stands()
    )
    if request is not None:
        waiting = waiting.where(DocumentRequest.id == request.id)
    found = db.session.scalars(waiting.with_for_update().limit(2)).all()
    if len(found) == 1:
        found[0].closed_at, found[0].deposit_id = now(), made.id
        record("document.request_closed", by=made.by, party_id=made.party_id, facts={"request": str(found[0].id)})
