"""What a person did and what is asked of them, for the file that they take away: signatures, records, deposits."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from shared.access.devices import name_of
from shared.deposits.models import DocumentRequest
from shared.documents.models import Document
from shared.people.models import Contact, Party
from shared.records.kinds import KINDS
from shared.records.models import Record
from shared.retention.spelling import Line, lines
from shared.signatures.models import Question, Signature, SignatureRequest, Signer


def signatures(contacts: Sequence[Contact]) -> list[Line]:
    """What these people were asked to sign and what they did: the proof of each names the rest."""
    query = (
        select(
            Document.title,
            Signer.state,
            Signer.asked_at,
            Signer.opened_at,
            Signer.read_at,
            Signer.ended_at,
            Signer.reason,
            Signature.name,
            Signature.accepted_at,
            Signature.consent_text,
            Signature.ip,
            Signature.user_agent,
        )
        .join(SignatureRequest, SignatureRequest.id == Signer.request_id)
        .join(Document, Document.id == SignatureRequest.document_id)
        .outerjoin(Signature, Signature.signer_id == Signer.id)
        .where(Signer.contact_id.in_([contact.id for contact in contacts]))
        .order_by(Signer.asked_at, Signer.id)
    )
    names = ("document", "etat", "demandee_le", "ouvert_le", "lu_le", "terminee_le", "motif", "signe_au_nom_de")
    told = lines(query, (*names, "signe_le", "texte_accepte", "adresse_ip", "appareil"))
    return [line | {"appareil": name_of(str(line["appareil"] or ""))} if line["signe_le"] else line for line in told]


def questions(contacts: Sequence[Contact]) -> list[Line]:
    """What they asked before signing, and what was answered."""
    query = (
        select(Question.asked_at, Question.text, Question.answered_at, Question.answer)
        .join(Signer, Signer.id == Question.signer_id)
        .where(Signer.contact_id.in_([contact.id for contact in contacts]))
    )
    return lines(query.order_by(Question.asked_at, Question.id), ("le", "question", "repondue_le", "reponse"))


def records(party: Party) -> list[Line]:
    """Quotes, orders, invoices, visits…: what stands on each."""
    columns: tuple[Any, ...] = (Record.number, Record.title, Record.status, Record.issued_on, Record.due_on)
    columns += (Record.amount, Record.currency, Record.paid, Record.appointment_at, Record.appointment_place)
    columns += (Record.appointment_note, Record.memo, Record.refusal_reason, Record.created_at)
    query = select(Record.kind, *columns).where(Record.party_id == party.id).order_by(Record.created_at, Record.id)
    names: tuple[str, ...] = ("sorte", "numero", "titre", "etat", "date", "echeance", "montant", "devise", "paye")
    names += ("rendez_vous_le", "rendez_vous_lieu", "rendez_vous_note", "memo", "motif_de_refus", "creee_le")
    told = lines(query, names)
    return [
        line | {"sorte": str(KINDS[line["sorte"]].label) if line["sorte"] in KINDS else line["sorte"]} for line in told
    ]


def asked_for(party: Party) -> list[Line]:
    """The documents that staff asked for, and when they came."""
    columns = (DocumentRequest.label, DocumentRequest.note, DocumentRequest.asked_at, DocumentRequest.due_on)
    query = select(*columns, DocumentRequest.closed_at).where(DocumentRequest.party_id == party.id)
    names = ("document", "precision", "demande_le", "a_fournir_avant", "fourni_le")
    return lines(query.order_by(DocumentRequest.asked_at, DocumentRequest.id), names)
