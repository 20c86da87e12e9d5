"""A document asked to be signed, its file prepared: as the verbs leave it, without the time that they take."""

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from shared.access.models import Seat
from shared.clock import now
from shared.documents.models import Document, SignatureSide
from shared.extensions import db, uuid7
from shared.people.models import Contact, Party, Staff
from shared.signatures.models import Level, RequestState, SignatureRequest, Signer, SignerRole, SignerState
from tests.factories.counter import a_document, a_folder, a_version
from tests.shared.documents.corpus import pdf

# A drawing that looks like one: a long wave, then a stroke through it.
STROKES = "[[" + ",".join(f"[{x},{120 + (x % 40)}]" for x in range(60, 420, 6)) + "],[[80,180],[400,90]]]"


def a_request(
    party: Party,
    *contacts: Contact,
    staff: Staff | None = None,
    title: str = "Devis 12",
    level: Level = Level.SIMPLE,
    pages: int = 2,
    document_class: str = "quote",
) -> SignatureRequest:
    """Open, asked of `contacts` and, in the same rank, of `staff`."""
    folder = a_folder("À signer", document_class, family=party.family, side=SignatureSide.LEFT)
    data = pdf(pages=pages, text=title)
    document = a_document(party, folder, title, data=data, pages=pages)
    prepared = a_version(document, data + b"% prepared\n", number=2, pages=pages, filename="devis.pdf")
    prepared.text = "\f".join(f"{title}, page {number + 1}" for number in range(pages))
    request = SignatureRequest(
        id=uuid7(), document=document, party=party, level=level, side=SignatureSide.LEFT, asked_by="command"
    )
    request.state, request.source_version_id = RequestState.OPEN, document.versions[0].id
    request.prepared_version_id = request.latest_version_id = prepared.id
    request.prepared_sha256, request.opened_at = prepared.sha256, now()
    db.session.add(request)
    db.session.flush()
    for position, contact in enumerate(contacts):
        _signer(request, position, SignerRole.PARTY, contact=contact)
    if staff is not None:
        _signer(request, len(contacts), SignerRole.COMPANY, staff=staff)
    db.session.flush()
    db.session.expire(request)
    return request


def some_requests(seat: Seat, staff: Staff, words: str = "") -> list[SignatureRequest]:
    """One to read, two that are read, one signed by a consumer and sealed."""
    titles = [f"{title}{words}" for title in ("Devis à lire", "Devis lu", "Contrat lu", "Devis signé")]
    made = [a_request(seat.party, seat.access.contact, staff=staff, title=title) for title in titles]
    for request in made[1:]:
        for signer in request.signers:
            signer.opened_at = signer.read_at = now()
    seat.party.is_business, (signed, _company) = False, made[-1].signers
    signed.state, made[-1].state, made[-1].ended_at = SignerState.SEALED, RequestState.COMPLETED, now()
    made[0].message = f"Bonjour{words}"
    db.session.flush()
    return made


def replaced(request: SignatureRequest) -> Document:
    """The document was prepared anew meanwhile: other bytes are to be signed."""
    document = request.document
    made = a_version(document, pdf(pages=2, text="Autre prix"), number=3, pages=2, filename="devis.pdf")
    request.prepared_version_id, request.prepared_sha256 = made.id, made.sha256
    db.session.flush()
    db.session.expire(request)
    return document


def form_of(client: FlaskClient, url: str) -> dict[str, object]:
    """The fields of the form that signs, as the page holds them, every consent ticked."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.text[:400]
    form = BeautifulSoup(answer.text, "html5lib").select_one("form[action$='/sign']")
    fields: dict[str, object] = {
        each["name"]: each.get("value", "") for each in form.select("input[type=hidden]") if each.get("name")
    }
    for name, wanted in (("shown", "input[name=shown]"), ("with", "input[name=with]"), ("consent", "[name=consent]")):
        if found := [each["value"] for each in form.select(wanted)]:
            fields[name] = found
    return fields | {"mode": "typed", "typed": form.select_one("[name=typed]")["value"]}


def _signer(request: SignatureRequest, position: int, role: SignerRole, **who: object) -> None:
    db.session.add(
        Signer(
            id=uuid7(),
            request_id=request.id,
            rank=1,
            position=position,
            role=role,
            field=f"S{position + 1}",
            state=SignerState.ASKED,
            asked_at=now(),
            **who,
        )
    )
