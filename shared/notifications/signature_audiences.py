"""Who is told of a signature: whoever is to sign, those who have signed, whoever asked, the copies at the end."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace

from sqlalchemy import select

from shared.access.models import Access, Account, Seat
from shared.documents.effective import settings_for
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.recipients import Recipient
from shared.notifications.signature_facts import ASKING, facts_of
from shared.people.models import EmailSlot, Staff
from shared.signatures.models import SignatureRequest, Signer, SignerState

TARGET = "signature"  # where the link of a signer lands: the document to be signed, once one is in
COUNTERSIGN = "/backoffice/countersigning/{}"


def signer_concerned(event: Event) -> list[Recipient]:
    """The person whom the event names; nobody who could not come in, unless they are asked to sign."""
    request = _request(event)
    signer = db.session.get(Signer, uuid.UUID(event.facts["signer"]))
    if request is None or signer is None:
        return []
    return _told(request, [signer], event, only_seated=event.name not in ASKING)


def both_delegates(event: Event) -> list[Recipient]:
    """Who gets the signature back, and who had it."""
    request = _request(event)
    if request is None:
        return []
    ids = {uuid.UUID(event.facts["signer"]): "", uuid.UUID(event.facts["delegate"]): "delegate"}
    found = [each for each in request.signers if each.id in ids]
    return [
        replace(each, variant=ids[signer.id])
        for signer in found
        for each in _told(request, [signer], event, only_seated=True)
    ]


def owner(event: Event) -> list[Recipient]:
    """Whoever asked for the signature, where that is a person of the back office who is still there."""
    request = _request(event)
    return _owner(request, event) if request is not None else []


def refused(event: Event) -> list[Recipient]:
    """The owner, and those who had signed."""
    request = _request(event)
    if request is None:
        return []
    signed = [each for each in request.signers if each.state in (SignerState.SEALED, SignerState.ACCEPTED)]
    told = [replace(each, variant="signer") for each in _told(request, signed, event, only_seated=True)]
    return _owner(request, event) + told


def ended(event: Event) -> list[Recipient]:
    """The owner, those who had signed, and those who need sign no more."""
    request = _request(event)
    if request is None:
        return []
    touched = [each for each in request.signers if each.asked_at is not None and each.state not in LEFT]
    told = [replace(each, variant="signer") for each in _told(request, touched, event, only_seated=True)]
    return [each for each in _owner(request, event) if event.actor != f"staff:{each.staff_id}"] + told


def signed(event: Event) -> list[Recipient]:
    """Both sides: the signers, the owner, and the addresses in copy, whose link opens the signed file."""
    request = _request(event)
    if request is None:
        return []
    done = [each for each in request.signers if each.state is SignerState.SEALED and each.contact_id]
    told = _told(request, done, event, only_seated=True)
    owners = [replace(each, variant="owner") for each in _owner(request, event)]
    return told + owners + [_copy(request, address, event) for address in request.copies]


LEFT = (SignerState.DELEGATED, SignerState.REFUSED)

SIGNATURE_AUDIENCES: dict[str, Callable[[Event], list[Recipient]]] = {
    "signature_signer": signer_concerned,
    "signature_delegates": both_delegates,
    "signature_owner": owner,
    "signature_refused": refused,
    "signature_ended": ended,
    "signature_signed": signed,
}


def _request(event: Event) -> SignatureRequest | None:
    return db.session.get(SignatureRequest, uuid.UUID(event.facts["request"]))


def _told(request: SignatureRequest, signers: Iterable[Signer], event: Event, *, only_seated: bool) -> list[Recipient]:
    made = []
    for signer in signers:
        one = _staff(request, signer.staff, signer, event) if signer.staff else _contact(request, signer, event)
        if one is not None and (one.staff_id is not None or not only_seated or _is_seated(one.access_id)):
            made.append(one)
    return made


def _contact(request: SignatureRequest, signer: Signer, event: Event) -> Recipient | None:
    contact = signer.contact
    if contact is None or contact.closed_at is not None:
        return None
    row = db.session.execute(
        select(Access.id, Account.id)
        .outerjoin(Seat, Seat.access_id == Access.id)
        .outerjoin(Account, Account.id == Seat.account_id)
        .where(Access.contact_id == contact.id)
    ).one_or_none()
    own = contact.email if not contact.is_main else ""
    locale = contact.person.locale or request.party.locale
    return Recipient(
        key=f"signer:{signer.id}",
        locale=locale,
        family_id=request.party.family_id,
        party_id=request.party_id,
        contact_id=contact.id,
        access_id=row[0] if row else None,
        account_id=row[1] if row else None,
        slot=None if own else _slot(request, is_main=contact.is_main),
        fixed_address=own or None,
        link_target=TARGET,
        document_ids=(request.document_id,),
        facts=facts_of(request, event, locale) | {"signer": str(signer.id)},
    )


def _staff(request: SignatureRequest, staff: Staff | None, signer: Signer | None, event: Event) -> Recipient | None:
    if staff is None or staff.disabled_at is not None:
        return None
    page = f"/backoffice/signatures/{request.id}"
    if signer is not None and event.name in ASKING:
        page = COUNTERSIGN.format(signer.id)
    return Recipient(
        key=f"staff:{staff.id}",
        locale=staff.locale,
        party_id=request.party_id,
        staff_id=staff.id,
        fixed_address=staff.email,
        variant="company" if signer is not None else "",
        link_target=TARGET,
        document_ids=(request.document_id,),
        facts=facts_of(request, event, staff.locale) | {"page": page} | ({"signer": str(signer.id)} if signer else {}),
    )


def _owner(request: SignatureRequest, event: Event) -> list[Recipient]:
    kind, _colon, ident = request.asked_by.partition(":")
    found = _staff(request, db.session.get(Staff, uuid.UUID(ident)) if kind == "staff" else None, None, event)
    return [found] if found is not None else []


def _copy(request: SignatureRequest, address: str, event: Event) -> Recipient:
    return Recipient(
        key=f"copy:{address}",
        locale=request.party.locale,
        family_id=request.party.family_id,
        party_id=request.party_id,
        fixed_address=address,
        variant="copy",
        link_target="document",
        document_ids=(request.document_id,),
        facts=facts_of(request, event, request.party.locale),
    )


def _slot(request: SignatureRequest, *, is_main: bool) -> EmailSlot:
    """The cell that the folder names, for the party itself; a person without an address is reached by the card's."""
    if not is_main:
        return EmailSlot.CARD
    return settings_for(folder=request.document.folder, party_id=request.party_id).slot


def _is_seated(access_id: uuid.UUID | None) -> bool:
    return access_id is not None and bool(
        db.session.scalar(select(Seat.id).where(Seat.access_id == access_id, Seat.allowed))
    )
