"""Documents as an ERP deposits them: to a party by its code, in a folder by its path or class, tied to their record."""

from flask_babel import gettext as _
from msgspec import UNSET
from sqlalchemy import select

from shared.documents.filing import Facts
from shared.documents.finding import folder_of_class
from shared.documents.models import Document, Folder
from shared.errors import Refused
from shared.extensions import db
from shared.folding import fold
from shared.intake.api_parties import by_code, family_named, nested, one_of
from shared.intake.api_records import find
from shared.intake.api_schemas import DocumentBody
from shared.intake.awaiting import wait_for
from shared.intake.models import Arrival, Verdict
from shared.intake.receiving import receive
from shared.people.cards import printable
from shared.people.models import Family, Party
from shared.records.attaching import attach
from shared.records.checking import kind_named
from shared.records.kinds import KINDS
from shared.records.typed import money

SOURCE = "api"
USUAL = "customers"


def deposit(*, data: bytes, filename: str, body: DocumentBody, by: str) -> Arrival:
    """File what was sent and tie it to its record; a record that is not known yet is waited for.

    Raises Refused with the field that is wrong, or « file » for bytes that are not accepted.
    """
    party = _party(body, by)
    folder = _folder(body, party)
    if body.record_kind is not UNSET:
        kind_named(body.record_kind)
    facts = Facts(
        title=printable(body.title, "title"),
        number=printable(body.number, "number"),
        issued_on=body.issued_on,
        due_on=body.due_on,
        amount=None if body.amount is None else money(body.amount, "amount"),
        currency=body.currency,
        is_credit_note=body.is_credit_note,
    )
    named = filename if body.filename is UNSET else body.filename
    arrival = receive(data=data, filename=named, by=by, source=SOURCE, folder=folder, party=party, facts=facts)
    if arrival.verdict == Verdict.REFUSED:
        raise Refused(arrival.reason, "file")
    document = db.session.get(Document, arrival.document_id) if arrival.document_id else None
    if document is not None:
        _tie(document, body, by)
    return arrival


def _party(body: DocumentBody, by: str) -> Party:
    if not isinstance(body.party, str):
        return nested(body=body.party, usual=USUAL if body.family is UNSET else body.family, by=by)
    if body.family is UNSET:
        return by_code(body.party, db.session.scalars(select(Family.key)).all())
    found = one_of(family_named(body.family), body.party)
    return found if found is not None else by_code(body.party, (body.family,))


def _folder(body: DocumentBody, party: Party) -> Folder:
    """By its path, as the back office writes it, else the one where documents of that class go by themselves."""
    if body.folder is not UNSET:
        path = fold(body.folder)
        paths = {path, path.rstrip("\\") + "\\", path.rstrip("\\")}
        mine = select(Folder).where(Folder.family_id == party.family_id)
        found = db.session.scalars(mine.where(Folder.path_folded.in_(paths))).first()
        if found is None:
            raise Refused(_("Ce répertoire n’existe pas dans la famille de ce tiers."), "folder")
        return found
    if body.document_class is UNSET:
        raise Refused(_("Dites où va ce document : « folder » ou « document_class »."), "folder")
    found = folder_of_class(family_id=party.family_id, document_class=body.document_class)
    if found is None:
        raise Refused(_("Aucun répertoire de cette famille ne reçoit cette classe de documents."), "document_class")
    return found


def _tie(document: Document, body: DocumentBody, by: str) -> None:
    """To the record that was named; else to the one that bears the document's number."""
    if body.record_kind is not UNSET:
        number = body.record_number if body.record_number is not UNSET else body.number
        if not number:
            raise Refused(_("Nommez la pièce par son numéro."), "record_number")
        _to(document, body.record_kind, number, is_main=not body.is_attachment, by=by)
        return
    for kind in KINDS.values():
        record = find(kind.key, document.number) if document.number else None
        if record is not None and document.folder.document_class in kind.classes:
            if record.party_id == document.party_id:
                attach(record=record, document=document, by=by)
            return


def _to(document: Document, kind: str, number: str, *, is_main: bool, by: str) -> None:
    record = find(kind, number)
    if record is None:
        wait_for(document=document, kind=kind, number=number, is_main=is_main)
        return
    try:
        attach(record=record, document=document, by=by, is_main=is_main)
    except Refused as refusal:
        raise Refused(refusal.sentence, "record_number") from refusal
