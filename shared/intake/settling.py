"""« À rattacher »: staff say whose a file is, or that it is nobody's."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.documents.filing import Facts
from shared.documents.inspecting import inspect
from shared.documents.models import Document, Folder
from shared.documents.storage import Altered, Missing, original_key, read, storage
from shared.documents.sweeping import hold
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db
from shared.intake.models import Arrival, Verdict
from shared.intake.receiving import file_arrival
from shared.people.models import Party


def settle(*, arrival: Arrival, party: Party, folder: Folder, by: str) -> Document:
    """File what waited; the document already there when its bytes are known.

    Raises Refused for a folder of another family or bytes that were lost, Stale when somebody was first.
    """
    _take(arrival)
    sha256 = arrival.sha256 or ""
    hold(sha256)
    try:
        data = read(storage(), original_key(sha256))
    except (Missing, Altered):
        raise Refused(_("Le fichier conservé n’est plus intact : déposez-le de nouveau.")) from None
    inspection = inspect(data, arrival.filename)
    document = file_arrival(
        arrival, inspection=inspection, party=party, folder=folder, facts=facts_in(arrival.facts), by=by
    )
    arrival.settled_at, arrival.settled_by = now(), by
    db.session.flush()
    return document


def set_aside(*, arrival: Arrival, by: str) -> None:
    """This file concerns nobody: it leaves the tray, and its bytes go after a day."""
    _take(arrival)
    facts = {"filename": arrival.filename, "sha256": arrival.sha256}
    arrival.verdict, arrival.sha256 = Verdict.SET_ASIDE, None
    arrival.settled_at, arrival.settled_by = now(), by
    db.session.flush()
    record("arrival.set_aside", by=by, facts=facts)


def facts_in(told: dict[str, Any]) -> Facts:
    """The facts that an arrival kept as text."""
    return Facts(
        title=told.get("title", ""),
        number=told.get("number", ""),
        issued_on=_day(told.get("issued_on")),
        due_on=_day(told.get("due_on")),
        amount=Decimal(told["amount"]) if "amount" in told else None,
        currency=told.get("currency", "EUR"),
        is_credit_note=bool(told.get("is_credit_note")),
        net=Decimal(told["net"]) if "net" in told else None,
        is_electronic=bool(told.get("is_electronic")),
    )


def proposed_party(arrival: Arrival) -> uuid.UUID | None:
    """Whom the file seemed to concern, when one clue said so."""
    found = arrival.facts.get("party")
    return uuid.UUID(found) if found else None


def _take(arrival: Arrival) -> None:
    """One clerk at a time; the second is told."""
    db.session.execute(select(Arrival.id).where(Arrival.id == arrival.id).with_for_update())
    db.session.refresh(arrival)
    if arrival.verdict != Verdict.TO_ATTACH:
        raise Stale(_("Quelqu’un s’est déjà occupé de ce fichier. Rien n’a été changé."))


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
