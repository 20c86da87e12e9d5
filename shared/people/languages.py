"""The language in which somebody of the back office reads what a job writes for them."""

import uuid

from shared.extensions import db
from shared.people.models import Staff

USUAL = "fr"


def language_of(actor: str) -> str:
    """The language of « staff:… », as ISO 639-1; French for any other actor."""
    kind, _colon, identity = actor.partition(":")
    staff = db.session.get(Staff, uuid.UUID(identity)) if kind == "staff" else None
    return staff.locale if staff is not None else USUAL
