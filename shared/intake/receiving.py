"""A file comes in: inspected, kept, recognised, then filed, or held in « À rattacher » where staff decide."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from shared.documents import filing
from shared.documents.inspecting import Inspection, inspect
from shared.documents.masking import without_nir
from shared.documents.models import Document, Folder
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.intake.attributing import Attribution, attribute, facts_of
from shared.intake.facturx import Invoice, read_facturx
from shared.intake.models import Arrival, Verdict
from shared.intake.naming import NAME_MAX, NameFacts, parse_name, safe_filename
from shared.people.models import Party
from shared.people.scopes import Scope


def receive(
    *,
    data: bytes,
    filename: str,
    by: str,
    source: str,
    folder: Folder | None = None,
    party: Party | None = None,
    scope: Scope | None = None,
    facts: filing.Facts | None = None,
) -> Arrival:
    """Take one file in; the answer says what became of it, and `reason` why, in a French sentence.

    `folder` and `party` are what staff chose by hand; `scope` is what they may file in: a file recognised
    as somebody else's goes to « À rattacher ». `facts` are told of it: what they leave out is read in it.
    Raises `storage.Unavailable`: nothing was kept then.
    """
    arrival = Arrival(by=by, source=source, filename=_readable(filename), size=len(data), verdict=Verdict.REFUSED)
    try:
        arrival.filename = safe_filename(filename)
        inspection = inspect(data, arrival.filename)
    except Refused as refusal:
        arrival.reason = refusal.sentence
        return _written(arrival)
    invoice = read_facturx(data) if inspection.kind == "pdf" and inspection.embedded else None
    named = parse_name(without_nir(filename))
    found = attribute(invoice=invoice, named=named, folder=folder, party=party)
    if scope is not None and not _reaches(scope, found):
        reserved = found.folder if found.folder is not None and found.folder.needs_grant else None
        found = Attribution(None, reserved, _("Ce fichier est pour un répertoire hors de votre périmètre."))
    filing.keep(data=data, inspection=inspection)
    known = _merged(facts, facts_of(invoice, named))
    arrival.sha256, arrival.facts = inspection.sha256, _facts(known, invoice, named, found)
    if found.is_certain:
        return _settled(arrival, inspection, found, known)
    return _held(arrival, found)


def file_arrival(
    arrival: Arrival, *, inspection: Inspection, party: Party, folder: Folder, facts: filing.Facts, by: str
) -> Document:
    """File what arrived, unless this folder of this party holds the very bytes: the verdict says which."""
    known = filing.known(sha256=inspection.sha256, party=party, folder=folder)
    arrival.family_id, arrival.folder_id = party.family_id, folder.id
    if known is not None:
        arrival.verdict, arrival.document_id = Verdict.KNOWN, known.id
        arrival.reason = _("Ce document est déjà dans ce répertoire : rien n’a été ajouté.")
        return known
    document = filing.file(
        inspection=inspection,
        filename=arrival.filename,
        party=party,
        folder=folder,
        facts=facts,
        by=by,
        source=arrival.source,
    )
    arrival.verdict, arrival.document_id, arrival.reason = Verdict.FILED, document.id, ""
    return document


def _reaches(scope: Scope, found: Attribution) -> bool:
    """Of what lies outside, a member of staff learns nothing: not even a name."""
    if found.folder is not None and not scope.reaches(found.folder):
        return False
    return found.party is None or scope.reaches_family(found.party.family_id)


def _merged(told: filing.Facts | None, read: filing.Facts) -> filing.Facts:
    blank = filing.Facts()
    given = {name: value for name, value in vars(told or blank).items() if value != getattr(blank, name)}
    return replace(read, **given)


def _settled(arrival: Arrival, inspection: Inspection, found: Attribution, facts: filing.Facts) -> Arrival:
    assert found.party is not None and found.folder is not None
    file_arrival(arrival, inspection=inspection, party=found.party, folder=found.folder, facts=facts, by=arrival.by)
    return _written(arrival)


def _held(arrival: Arrival, found: Attribution) -> Arrival:
    arrival.verdict, arrival.reason = Verdict.TO_ATTACH, found.reason
    if found.party is not None:
        arrival.family_id = found.party.family_id
    if found.folder is not None:
        arrival.family_id, arrival.folder_id = found.folder.family_id, found.folder.id
    _written(arrival)
    record("arrival.held", by=arrival.by, facts={"filename": arrival.filename, "arrival": str(arrival.id)})
    return arrival


def _readable(filename: str) -> str:
    """The name of a file that may be refused for its very name, fit to be shown."""
    return without_nir("".join(mark if mark.isprintable() else "?" for mark in filename))[:NAME_MAX] or "?"


def _written(arrival: Arrival) -> Arrival:
    db.session.add(arrival)
    db.session.flush()
    return arrival


def _facts(facts: filing.Facts, invoice: Invoice | None, named: NameFacts | None, found: Attribution) -> dict[str, Any]:
    """What was told or read, for the person who will decide; amounts and dates as text."""
    told: dict[str, Any] = {
        "title": facts.title,
        "number": facts.number,
        "issued_on": facts.issued_on.isoformat() if facts.issued_on else None,
        "due_on": facts.due_on.isoformat() if facts.due_on else None,
        "amount": str(facts.amount) if facts.amount is not None else None,
        "currency": facts.currency,
        "is_credit_note": facts.is_credit_note,
        "net": str(facts.net) if facts.net is not None else None,
        "is_electronic": facts.is_electronic,
        "code": named.party if named else None,
        "party": str(found.party.id) if found.party else None,
    }
    if invoice is not None:
        told["buyer"] = {"name": invoice.buyer.name, "siret": invoice.buyer.siret, "vat": invoice.buyer.vat}
    return {key: value for key, value in told.items() if value not in (None, "", False)}
