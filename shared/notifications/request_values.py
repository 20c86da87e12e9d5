"""What the texts about a signature put in: the words typed, who did it, and a link to the back office for staff."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Uuid, case, exists, or_, true

from shared.config import config
from shared.notifications.models import Notification
from shared.notifications.signature_facts import ASKING
from shared.notifications.values import Link, Value
from shared.signatures.models import RequestState, SignatureRequest, Signer, SignerState


def request_values(facts: Mapping[str, Any]) -> dict[str, Value]:
    """The values of one line, by folded field name."""
    values: dict[str, Value] = {}
    for fact, field in (("comment", "commentaire"), ("who", "signataire"), ("question", "question")):
        if facts.get(fact):
            values[field] = str(facts[fact])
    if facts.get("page"):
        values["lien"] = Link(f"{config().public_url}{facts['page']}")
    return values


def still_said(on_portal: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a message about a document may still leave; wants `Notification` in the query.

    Whoever is asked to sign may read the document wherever it is filed; once they need not sign, nobody asks them.
    """
    signer = (Notification.facts["signer"].astext.cast(Uuid) == Signer.id, Signer.state == SignerState.ASKED)
    asked = exists().where(
        *signer, SignatureRequest.id == Signer.request_id, SignatureRequest.state == RequestState.OPEN
    )
    told = or_(Notification.event.like("signature.%"), Notification.event == "document.signed")
    return case((Notification.event.in_(ASKING), asked), (told, true()), else_=on_portal)
