"""Who is told of a withdrawal: the consumer, by a dated receipt where they said, and the staff whose business it is."""

import uuid
from typing import Any

from flask_babel import force_locale, format_date, format_datetime
from flask_babel import gettext as _
from sqlalchemy import select

from shared.events.models import Event
from shared.extensions import db
from shared.notifications.recipients import Recipient
from shared.people.models import Staff
from shared.people.scopes import scope_of
from shared.signatures.models import SignatureRequest, Withdrawal

HANDLE = "backoffice:signatures:ask"


def withdrawn(event: Event) -> list[Recipient]:
    """The receipt (Code de la consommation, art. L221-21), then every member of staff who asks for such signatures."""
    made = db.session.get(Withdrawal, uuid.UUID(event.facts["withdrawal"]))
    request = db.session.get(SignatureRequest, uuid.UUID(event.facts["request"]))
    if made is None or request is None:
        return []
    party = request.party
    receipt = Recipient(
        key=f"withdrawal:{made.id}",
        locale=party.locale,
        family_id=party.family_id,
        party_id=party.id,
        account_id=made.account_id,
        fixed_address=made.declared_address,
        variant="signer",
        link_target="signature",
        document_ids=(request.document_id,),
        facts=_told(made, request, party.locale),
    )
    return [receipt, *(_staff(one, made, request) for one in _concerned(request))]


def _concerned(request: SignatureRequest) -> list[Staff]:
    kind, _colon, ident = request.asked_by.partition(":")
    owner = db.session.get(Staff, uuid.UUID(ident)) if kind == "staff" else None
    if owner is not None and owner.disabled_at is None:
        return [owner]
    everybody = db.session.scalars(select(Staff).where(Staff.disabled_at.is_(None)).order_by(Staff.id))
    return [one for one in everybody if scope_of(one, HANDLE).reaches(request.document.folder)]


def _staff(staff: Staff, made: Withdrawal, request: SignatureRequest) -> Recipient:
    page = f"/backoffice/signatures/{request.id}"
    return Recipient(
        key=f"staff:{staff.id}",
        locale=staff.locale,
        party_id=request.party_id,
        staff_id=staff.id,
        fixed_address=staff.email,
        document_ids=(request.document_id,),
        facts=_told(made, request, staff.locale) | {"page": page},
    )


def _told(made: Withdrawal, request: SignatureRequest, locale: str) -> dict[str, Any]:
    """The declaration and its moment, which are what the receipt is for."""
    with force_locale(locale):
        declared = _(
            "« Je notifie ma rétractation du contrat « %(title)s », signé le %(day)s. » — %(name)s\n\n"
            "Déclaration reçue le %(when)s (heure de Paris).",
            title=request.document.title,
            day=format_date(request.ended_at, "long"),
            name=made.declared_name,
            when=format_datetime(made.confirmed_at, "long"),
        )
    return {"comment": declared, "who": made.declared_name}
