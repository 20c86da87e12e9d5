"""What a document's page shows besides the document: its record, how it is paid, what was said about it."""

from typing import Any

from flask import url_for

from portal._paying import payment_of
from portal.remarks_form import RemarkForm
from shared.access.models import Seat
from shared.documents.reading import Sheet
from shared.records import remarks
from shared.records.visible import record_of


def about(sheet: Sheet, seat: Seat | None, form: RemarkForm | None, sentence: str) -> dict[str, Any]:
    """Nothing for whoever came by a mailed link: it opens the document alone."""
    if seat is None:
        return {"record": None, "payment": None, "said": [], "form": None}
    record = record_of(seat=seat, document_id=sheet.id)
    return {
        "record": record,
        "payment": payment_of(record, seat),
        "said": remarks.exchanged(document_id=sheet.id, party_id=seat.party_id),
        "say_url": url_for("portal.document_say", document_id=sheet.id),
        "read_url": url_for("portal.document_read", document_id=sheet.id),
        "form": form or RemarkForm(formdata=None),
        "sentence": sentence,
        "asks": False,
    }
