"""What the demo's people signed: really prepared, read, accepted, sealed and proved while the company is loaded."""

from sqlalchemy import select

from shared.access.models import Access, Seat
from shared.demo.company import manager
from shared.demo.logins import MANAGER
from shared.documents.models import Document
from shared.events.actors import account_actor
from shared.extensions import db
from shared.people.models import Contact
from shared.people.staffing import staff_named
from shared.signatures.accepting import Shown, Sign, Who, accept
from shared.signatures.asking import ask
from shared.signatures.consenting import consent_text
from shared.signatures.finding import running
from shared.signatures.finishing import seal_next
from shared.signatures.models import RequestState, SignatureMode, SignatureRequest, Signer, SignerRole
from shared.signatures.opening import prepare_request
from shared.signatures.proving import prove
from shared.signatures.questioning import ask_question
from shared.signatures.reading import read_to_the_end
from shared.signatures.refusing import refuse
from shared.signatures.reminding import remind
from shared.signatures.wanted import Wanted

SIGNED = 4  # how many are signed by all
IP, AGENT = "127.0.0.1", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1"


def sign_some() -> None:
    """The documents « à signer » are prepared; some are signed, one refused, one asked about, one half-way."""
    requests = list(db.session.scalars(select(SignatureRequest).where(running()).order_by(SignatureRequest.asked_at)))
    for request in requests:
        prepare_request(request_id=request.id)
    found = ((signer, seat) for request in requests for signer in request.signers if (seat := _seat(signer)))
    ready = list(found)
    for signer, seat in ready[:SIGNED]:
        _sign(signer, seat)
        prove(signer.request_id)
    for signer, seat in ready[SIGNED : SIGNED + 1]:
        reason = "Le délai de livraison ne nous convient plus : merci de revoir votre offre."
        refuse(signer=signer, reason=reason, by=account_actor(seat.account))
        prove(signer.request_id)
    for signer, seat in ready[SIGNED + 1 : SIGNED + 2]:
        text = "Pouvez-vous me préciser à partir de quelle date cela s’applique ?"
        ask_question(signer=signer, text=text, by=account_actor(seat.account))
    _half_way()


def remind_one() -> None:
    """The last one asked is reminded today: its message stands in the local mailbox."""
    waiting = select(SignatureRequest).where(SignatureRequest.state == RequestState.OPEN)
    request = db.session.scalars(waiting.order_by(SignatureRequest.asked_at.desc())).first()
    if request is not None:
        remind(request=request, by=manager())


def _half_way() -> None:
    """A quote that the customer has signed and that the company is to countersign."""
    open_seat = select(Seat.party_id).join(Seat.account).where(Seat.allowed, Seat.last_seen_at.is_not(None))
    quotes = (Document.folder.has(shipped_key="c.quotes"), Document.id.not_in(select(SignatureRequest.document_id)))
    shown = select(Document).where(*quotes, Document.party_id.in_(open_seat))
    document = db.session.scalars(shown.order_by(Document.filed_at.desc())).first()
    if document is None:
        return
    contact = db.session.scalars(select(Contact).where(Contact.party_id == document.party_id, Contact.is_main)).one()
    countersigns = staff_named(MANAGER.email)
    wanted = [Wanted(1, SignerRole.PARTY, contact=contact), Wanted(2, SignerRole.COMPANY, staff=countersigns)]
    request = ask(document=document, by=manager(), signers=wanted, remind_days=3)
    prepare_request(request_id=request.id)
    signer = request.signers[0]
    if seat := _seat(signer):
        _sign(signer, seat)


def _seat(signer: Signer) -> Seat | None:
    """Of somebody who came in with a password of their own."""
    query = select(Seat).join(Access, Access.id == Seat.access_id).where(Access.contact_id == signer.contact_id)
    seat = db.session.scalars(query).one_or_none()
    return seat if seat is not None and seat.account.password_hash is not None else None


def _sign(signer: Signer, seat: Seat) -> None:
    request, by = signer.request, account_actor(seat.account)
    digest = request.prepared_sha256 or ""
    read_to_the_end(signer=signer, shown_sha256=digest, by=by, ip=IP, user_agent=AGENT)
    who = Who(by=by, account=seat.account, ip=IP, user_agent=AGENT, time_zone="Europe/Paris")
    name = seat.account.person.full_name or seat.party.name
    shown = Shown(signer, digest, consent_text(request, "fr"))
    accept(shown=[shown], sign=Sign(SignatureMode.TYPED, typed=name), who=who)
    while seal_next(request_id=request.id):
        pass
