"""A paper that is filed makes or completes its record: an electronic invoice by what it says, another by its name."""

from decimal import Decimal
from typing import Any

from shared.documents.models import Document
from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.records import attaching
from shared.records.declaring import Kind
from shared.records.entering import enter
from shared.records.finding import called
from shared.records.kinds import KINDS
from shared.records.models import Record

OURS = ("guichet", "portal")  # made from a record, or deposited by its party for staff to look at
KIND_OF_CLASS: dict[str, Kind] = {
    each: kind for kind in KINDS.values() if not kind.is_internal for each in kind.classes
}


def paper_filed(event: Event) -> None:
    """Reaction: enter what the paper says of its record, and tie the paper to it. The paper itself stays untouched.

    Whatever contradicts a record that stands is left as it is: a file is never refused for its record.
    """
    document = db.session.get(Document, event.document_id) if event.document_id else None
    kind = KIND_OF_CLASS.get(document.folder.document_class) if document else None
    if document is None or kind is None or not document.number or document.source in OURS:
        return
    electronic = event.facts.get("facturx") if kind.key == "invoice" else None
    standing = called(kind.key, number=document.number)
    if standing is not None and standing.party_id != document.party_id:
        return
    if standing is None and electronic is None and not _tells_enough(kind, document):
        return
    _enter(kind, document, event.actor, electronic, standing)


def _tells_enough(kind: Kind, document: Document) -> bool:
    """An invoice is one whatever is known of it; another paper, where its folder says that it awaits a signature."""
    return kind.key == "invoice" or document.folder.signature_side is not None


def _enter(kind: Kind, document: Document, by: str, electronic: dict[str, Any] | None, standing: Record | None) -> None:
    values = _said(document, electronic) if electronic is not None else {}
    if standing is None:
        values = _said(document, electronic)
    landing = next((each.key for each in kind.statuses if each.key == "validated"), kind.statuses[0].key)
    try:
        with db.session.begin_nested():
            enter(
                kind=kind.key,
                party=document.party,
                by=by,
                values=values | {"number": document.number},
                documents=[document],
                status=landing if standing is None else "",
                source="facturx" if electronic is not None else "file",
                quiet=standing is None,
            )
    except Refused:
        if standing is not None:
            attaching.attach(record=standing, document=document, by=by)


def _said(document: Document, electronic: dict[str, Any] | None) -> dict[str, Any]:
    net = (electronic or {}).get("net")
    said: dict[str, Any] = {
        "issued_on": document.issued_on,
        "amount": _signed(document, document.amount),
        "net_amount": _signed(document, Decimal(net) if net else None),
        "currency": document.currency,
        "is_credit_note": document.is_credit_note,
    }
    due = "valid_until" if document.folder.document_class == "quote" else "due_on"
    if document.due_on and document.issued_on and document.due_on >= document.issued_on:
        said[due] = document.due_on
    return {name: value for name, value in said.items() if value is not None}


def _signed(document: Document, amount: Decimal | None) -> Decimal | None:
    """A credit note gives back, with whatever sign its paper says so."""
    return -abs(amount) if document.is_credit_note and amount is not None else amount
