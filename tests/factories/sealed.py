"""Requests of signature by the verbs themselves: prepared, signed, sealed and proved for good."""

import itertools

from sqlalchemy import select

from shared.access.models import Seat
from shared.events.actors import account_actor
from shared.extensions import db
from shared.notifications.shipping import ship_messages
from shared.people.models import Contact, Party
from shared.signatures.accepting import Shown, Sign, Who, accept
from shared.signatures.consenting import consent_text
from shared.signatures.finding import request_of
from shared.signatures.finishing import seal_next
from shared.signatures.models import SignatureMode, SignatureRequest, Signer, SignerState
from shared.signatures.opening import prepare_request
from shared.signatures.proving import prove
from shared.signatures.reading import read_to_the_end
from tests.factories import counter, office
from tests.shared.documents.corpus import pdf

IP, AGENT = "192.0.2.7", "Mozilla/5.0 (iPhone)"
_numbers = itertools.count(1)


def a_signatory(party: Party | None = None) -> Seat:
    """The main contact of a customer, who has signed in on the portal before."""
    if party is None:
        office.an_installation()
        ship_messages()
        party = office.customer("4")
    for other in db.session.scalars(select(Contact).where(Contact.party_id == party.id, Contact.is_main)):
        other.is_main = False
    db.session.flush()
    seat = counter.a_seat(party)
    contact = seat.access.contact
    contact.is_main, contact.email = True, "camille@exemple.fr"
    db.session.flush()
    return seat


def a_request(seat: Seat, shipped_key: str = "c.to_sign", pages: int = 2) -> SignatureRequest:
    """A contract dropped in a folder « à signer »: asked for by itself, prepared, its signer asked."""
    where, data = office.folder(shipped_key), pdf(pages=pages, text=f"Contrat {next(_numbers)} page")
    document = office.filed(seat.party, where, data, "Contrat.pdf", title="Contrat d’entretien")
    request = request_of(document.id)
    assert request is not None
    prepare_request(request_id=request.id)
    return request


def sign(signer: Signer, seat: Seat) -> None:
    """Read to the end, accept, be sealed."""
    request, by = signer.request, account_actor(seat.account)
    digest = request.prepared_sha256 or ""
    read_to_the_end(signer=signer, shown_sha256=digest, by=by, ip=IP, user_agent=AGENT)
    who = Who(by=by, account=seat.account, ip=IP, user_agent=AGENT, time_zone="Europe/Paris")
    shown = Shown(signer, digest, consent_text(request, "fr"))
    accept(shown=[shown], sign=Sign(SignatureMode.TYPED, typed=seat.account.person.full_name), who=who)
    db.session.flush()
    while seal_next(request_id=request.id):
        pass


def a_signed_request(seat: Seat) -> SignatureRequest:
    """Signed by all, sealed, proved."""
    request = a_request(seat)
    for signer in request.signers:
        if signer.state is SignerState.ASKED:
            sign(signer, seat)
    prove(request.id)
    db.session.refresh(request)
    return request
