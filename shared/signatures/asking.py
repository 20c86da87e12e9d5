"""Asking people to sign a document: by the folder it is filed in, or because staff say so.

What the folder says (side, level, where signed ones go) is frozen in the request: changed later, it holds for the next.
"""

import uuid
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from shared.documents.classes import NO_SIGNATURE
from shared.documents.effective import settings_for
from shared.documents.models import Document, Folder, SignatureSide, Version
from shared.errors import Refused
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import Contact, Staff
from shared.queues import ring
from shared.signatures.circuits import of_folder, wanted_by
from shared.signatures.finding import last_request_of, request_of
from shared.signatures.models import Circuit, Level, RequestState, SignatureRequest, Signer
from shared.signatures.seating import BULK, open_to_sign
from shared.signatures.terms import Terms, checked
from shared.signatures.tracing import trace
from shared.signatures.wanted import Wanted
from shared.transactions import after_commit

MOST_SIGNERS = 12

__all__ = ["Wanted", "ask", "asked_by_folder", "prepare_soon"]


def ask(
    *,
    document: Document,
    by: str,
    signers: Sequence[Wanted] | None = None,
    circuit: Circuit | None = None,
    level: Level | None = None,
    message: str = "",
    due_on: date | None = None,
    remind_days: int | None = None,
    copies: Sequence[str] = (),
    opens: bool = True,
) -> SignatureRequest:
    """Ask for signatures on the document as it stands; nobody is told before the file is prepared.

    Without `signers` the circuit says who, else the folder's circuit, else the party's main contact.
    `opens` gives a contact who has no access one that opens what they sign and nothing else. Raises Refused.
    """
    source = _source(document)
    if signers is None:
        circuit = circuit or of_folder(document.folder_id)
        signers = wanted_by(circuit, document.party)
    terms = checked(Terms(level, message, due_on, remind_days, copies), circuit)
    request = _request(document, source, circuit, terms, by)
    _add_signers(request, _numbered(signers), by, opens)
    trace(request=request, kind="created", by=by, document=document.title, sha256=source.sha256, level=request.level)
    facts = {"request": str(request.id), "level": request.level.value}
    record("signature.created", by=by, party_id=document.party_id, document_id=document.id, facts=facts)
    prepare_soon(request.id)
    return request


def asked_by_folder(event: Event) -> None:
    """Reaction to a document filed: a folder with a side asks for the signature by itself.

    Nobody's access is opened by a file that drops in: the message waits until staff open it, like any notice.
    """
    document = db.session.get(Document, event.document_id)
    if document is None:
        return
    settings = settings_for(folder=document.folder, party_id=document.party_id)
    is_asked_apart = document.source == BULK
    if is_asked_apart or document.folder.document_class in NO_SIGNATURE:
        return
    if settings.signature_side is None or document.versions[-1].kind != "pdf":
        return
    ask(document=document, by=event.actor, opens=False)


def prepare_soon(request_id: uuid.UUID) -> None:
    """Wake the worker that prepares files, once the request is durable."""
    after_commit(lambda: ring("now", "prepare_signatures", str(request_id)), once=f"prepare:{request_id}")


def _source(document: Document) -> Version:
    """The bytes to be signed: never those of a former request that came to nothing."""
    db.session.flush()
    db.session.execute(select(Document.id).where(Document.id == document.id).with_for_update())
    if document.folder.document_class in NO_SIGNATURE:
        raise Refused(_("Un bulletin de paie ne peut pas être soumis à signature."))
    if request_of(document.id) is not None:
        raise Refused(
            _("Une demande de signature est déjà en cours pour ce document : rien n’a été demandé deux fois.")
        )
    newest = db.session.scalars(
        select(Version).where(Version.document_id == document.id).order_by(Version.number.desc()).limit(1)
    ).one()
    former = last_request_of(document.id)
    if former is not None and newest.id in (former.prepared_version_id, former.latest_version_id):
        if former.state is RequestState.COMPLETED:
            raise Refused(_("Ce document est déjà signé par tous : il ne se signe pas une seconde fois."))
        return former.source_version
    if newest.kind != "pdf":
        raise Refused(_("Seul un PDF se signe : demandez ce document en PDF à qui l’a fait, puis déposez-le."))
    return newest


def _request(document: Document, source: Version, circuit: Circuit | None, terms: Terms, by: str) -> SignatureRequest:
    settings = settings_for(folder=document.folder, party_id=document.party_id)
    signed = db.session.get(Folder, settings.signed_folder_id) if settings.signed_folder_id else None
    request = SignatureRequest(
        id=uuid7(),
        document=document,
        party=document.party,
        circuit_id=circuit.id if circuit else None,
        level=terms.level or Level(settings.signature_level),
        side=settings.signature_side or SignatureSide.RIGHT,
        message=terms.message,
        copies=list(terms.copies),
        due_on=terms.due_on,
        remind_days=terms.remind_days,
        signed_folder_id=signed.id if signed is not None and signed.family_id == document.folder.family_id else None,
        source_version=source,
        asked_by=by,
    )
    db.session.add(request)
    db.session.flush()
    return request


def _numbered(signers: Sequence[Wanted]) -> list[Wanted]:
    """Ranks without holes, one person once, at least one."""
    if not signers:
        raise Refused(_("Choisissez au moins une personne qui signe."), field="signers")
    if len(signers) > MOST_SIGNERS:
        raise Refused(_("Un document se signe à douze personnes au plus."), field="signers")
    people = [person.id for each in signers if (person := each.contact or each.staff)]
    if len(set(people)) != len(signers):
        raise Refused(_("Une même personne ne signe qu’une fois : retirez-la d’une des lignes."), field="signers")
    ranks = {rank: number for number, rank in enumerate(sorted({each.rank for each in signers}), start=1)}
    return sorted((each.at(ranks[each.rank]) for each in signers), key=lambda each: each.rank)


def _add_signers(request: SignatureRequest, signers: Sequence[Wanted], by: str, opens: bool) -> None:
    for position, each in enumerate(signers):
        if each.contact is not None:
            _check_contact(each.contact, request)
            if opens:
                open_to_sign(contact=each.contact, by=by)
        elif each.staff is not None:
            _check_staff(each.staff)
        request.signers.append(
            Signer(
                id=uuid7(),
                rank=each.rank,
                position=position,
                role=each.role,
                field=f"S{position + 1}",
                contact=each.contact,
                staff=each.staff,
            )
        )
    db.session.flush()


def _check_contact(contact: Contact, request: SignatureRequest) -> None:
    if contact.party_id != request.party_id:
        raise Refused(_("Cette personne n’est pas un interlocuteur de ce tiers."), field="signers")
    if contact.closed_at is not None:
        raise Refused(
            _("« %(name)s » n’est plus un interlocuteur de ce tiers.", name=contact.person.full_name), "signers"
        )


def _check_staff(staff: Staff) -> None:
    if staff.disabled_at is not None:
        raise Refused(_("« %(name)s » n’a plus accès au back-office.", name=staff.name), field="signers")
