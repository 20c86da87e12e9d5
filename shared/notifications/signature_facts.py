"""What the texts about a signature may say, frozen on the line: the words typed, and who did it."""

import uuid
from typing import Any

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from shared.events.models import Event
from shared.extensions import db
from shared.signatures.models import SignatureRequest, Signer

ASKING = frozenset({"signature.asked", "signature.reminded"})


def facts_of(request: SignatureRequest, event: Event, locale: str) -> dict[str, Any]:
    """What the text may say: the words typed with the event, and who did it."""
    told = str(event.facts.get("reason") or event.facts.get("text") or event.facts.get("because") or "")
    with force_locale(locale):
        if event.name in ASKING:
            told = request.message
            if request.due_on is not None:
                told = f"{told}\n\n" if told else ""
                told += _("À signer au plus tard le %(day)s.", day=format_date(request.due_on, "long"))
    who = event.facts.get("name") or _name(event)
    return {"comment": told.strip(), "who": who, "question": str(event.facts.get("question", ""))}


def _name(event: Event) -> str:
    signer = db.session.get(Signer, uuid.UUID(event.facts["signer"])) if "signer" in event.facts else None
    if signer is None:
        return ""
    return signer.staff.name if signer.staff else (signer.contact.person.full_name if signer.contact else "")
