"""Handing one's signature to a colleague: the delegate takes the same place in the file and signs in their own name."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.people.contacting import ContactCard, add_contact
from shared.people.models import Contact
from shared.signatures.holding import held_signer, is_within_the_hour, must_be_asked
from shared.signatures.models import RequestState, SignatureRequest, Signer, SignerRole, SignerState
from shared.signatures.progressing import ask_signer
from shared.signatures.seating import open_to_sign
from shared.signatures.tracing import trace


@dataclass(frozen=True)
class Name:
    """A colleague whom the portal does not know yet."""

    given_name: str
    family_name: str
    email: str


def delegate(*, signer: Signer, to: Contact | Name, reason: str, by: str) -> Signer:
    """Have a colleague of the same party sign instead; both are told. Returns the delegate.

    Raises Refused for oneself, for somebody who signs already, or without a name and an address.
    """
    request = held_signer(signer)
    must_be_asked(request, signer)
    if signer.role is not SignerRole.PARTY:
        raise Refused(
            _("La signature de la société ne se délègue pas d’ici : annulez la demande et choisissez qui signe.")
        )
    contact = to if isinstance(to, Contact) else _known_or_new(request, to, by)
    _check(contact, request, signer)
    open_to_sign(contact=contact, by=by)
    made = _hand_over(request, signer, contact)
    signer.state, signer.reason, signer.ended_at = SignerState.DELEGATED, reason.strip()[:1000], now()
    db.session.flush()
    name = contact.person.full_name
    trace(request=request, kind="delegated", by=by, signer=signer, to=str(made.id), name=name, reason=signer.reason)
    facts = {"request": str(request.id), "signer": str(signer.id), "delegate": str(made.id), "name": name}
    record("signature.delegated", by=by, party_id=request.party_id, document_id=request.document_id, facts=facts)
    ask_signer(request=request, signer=made, by=by)
    return made


def undo_delegation(*, signer: Signer, by: str) -> None:
    """Within the hour, staff give the signature back to `signer`, who had delegated it.

    Raises Refused after the hour, or when the delegate has done something with it.
    """
    request = held_signer(signer)
    other = db.session.get(Signer, signer.delegated_to_id) if signer.delegated_to_id else None
    if signer.state is not SignerState.DELEGATED or other is None or request.state is not RequestState.OPEN:
        raise Refused(_("Cette signature n’a pas été déléguée : il n’y a rien à annuler."))
    if not is_within_the_hour(signer.ended_at):
        raise Refused(_("L’heure pendant laquelle une délégation s’annule est passée."))
    if other.state is not SignerState.ASKED:
        raise Refused(_("La personne qui a reçu la délégation a déjà répondu : elle ne s’annule plus."))
    field, other.field = other.field, None
    other.state, other.ended_at = SignerState.DELEGATED, now()  # to nobody: it was taken from them
    db.session.flush()
    signer.field, signer.state, signer.ended_at = field, SignerState.ASKED, None
    signer.delegated_to_id, signer.reason = None, ""
    db.session.flush()
    trace(request=request, kind="delegation_undone", by=by, signer=signer)
    facts = {"request": str(request.id), "signer": str(signer.id), "delegate": str(other.id)}
    record(
        "signature.delegation_undone", by=by, party_id=request.party_id, document_id=request.document_id, facts=facts
    )


def _known_or_new(request: SignatureRequest, to: Name, by: str) -> Contact:
    """A contact of this party of the same name and address is that person; anybody else is new."""
    if not to.email.strip():
        raise Refused(
            _("Donnez l’adresse électronique de cette personne : c’est là qu’elle est prévenue."), field="email"
        )
    if not to.given_name.strip() or not to.family_name.strip():
        raise Refused(_("Donnez le prénom et le nom de la personne qui signera à votre place."), field="family_name")
    open_ones = select(Contact).where(Contact.party_id == request.party_id, Contact.closed_at.is_(None))
    full_name = fold(f"{to.given_name.strip()} {to.family_name.strip()}")
    for contact in db.session.scalars(open_ones.order_by(Contact.id)):
        if (
            contact.email
            and fold(contact.email) == fold(to.email.strip())
            and fold(contact.person.full_name) == full_name
        ):
            return contact
    card = ContactCard(family_name=to.family_name, given_name=to.given_name, email=to.email)
    return add_contact(party=request.party, card=card, by=by)


def _check(contact: Contact, request: SignatureRequest, signer: Signer) -> None:
    if contact.party_id != request.party_id or contact.closed_at is not None:
        raise Refused(_("Cette personne n’est pas un interlocuteur de votre société."), field="contact")
    if contact.id == signer.contact_id:
        raise Refused(
            _("C’est à vous que cette signature est demandée : choisissez quelqu’un d’autre."), field="contact"
        )
    if any(each.contact_id == contact.id and each.state is not SignerState.DELEGATED for each in request.signers):
        raise Refused(_("Cette personne signe déjà ce document : choisissez quelqu’un d’autre."), field="contact")


def _hand_over(request: SignatureRequest, signer: Signer, contact: Contact) -> Signer:
    field, signer.field = signer.field, None
    db.session.flush()  # the field is one person's
    made = Signer(
        id=uuid7(),
        request=request,
        rank=signer.rank,
        position=signer.position,
        role=signer.role,
        field=field,
        contact=contact,
    )
    db.session.add(made)
    db.session.flush()
    signer.delegated_to_id = made.id
    return made
