"""Who must sign which bytes, in which order, and what proves that they did."""

import enum
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from shared.access.models import Account
from shared.clock import now
from shared.documents.models import Document, SignatureSide, Version
from shared.extensions import Model, uuid7
from shared.people.models import Contact, Party, Staff


class Level(enum.StrEnum):
    """How sure we are of who signs: « simple », « renforcée » by a code. Never « qualifiée »."""

    SIMPLE = "simple"
    REINFORCED = "reinforced"


class RequestState(enum.StrEnum):
    """Where a request stands. PREPARING and FAILED are taken up again by the tick; the last four are final."""

    PREPARING = "preparing"  # fields and certification are being put in
    FAILED = "failed"  # preparation failed; `failure` says why, a person or the tick takes it up again
    OPEN = "open"
    COMPLETED = "completed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class SignerRole(enum.StrEnum):
    """For whom somebody signs."""

    PARTY = "party"  # a contact of the party, on the portal
    COMPANY = "company"  # countersignature by a member of staff, in the back office


class SignerState(enum.StrEnum):
    """WAITING for the ranks before; ASKED; ACCEPTED here, the seal is being put on; SEALED in the file."""

    WAITING = "waiting"
    ASKED = "asked"
    ACCEPTED = "accepted"
    SEALED = "sealed"
    REFUSED = "refused"
    DELEGATED = "delegated"  # `delegated_to_id` signs instead; without one, staff took back what was delegated to them


class SignatureMode(enum.StrEnum):
    """How the visible sign was made; the seal and the proof count, not the picture."""

    DRAWN = "drawn"
    TYPED = "typed"
    IMAGE = "image"


class Circuit(Model):
    """A ready-made circuit: who signs in which rank, how surely, until when."""

    __tablename__ = "signature_circuit"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    label: Mapped[str]
    folder_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("folder.id"), unique=True)  # used there by itself
    # [{rank, role, contact_role, staff_id}]: contact_role "" is the main contact
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    due_days: Mapped[int | None]
    remind_days: Mapped[int | None]
    copies: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    revision: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[datetime | None]


class SignatureRequest(Model):
    """One document to be signed by one or several people. What the folder said is frozen here when it is made."""

    __tablename__ = "signature_request"
    __table_args__ = (
        Index(
            "uq_signature_request_running",
            "document_id",
            unique=True,
            postgresql_where="state IN ('preparing', 'failed', 'open')",
        ),
        Index("ix_signature_request_document", "document_id"),
        Index("ix_signature_request_party", "party_id", "asked_at", "id"),
        Index("ix_signature_request_asked", "asked_at", "id"),
        Index("ix_signature_request_state", "state", "asked_at", "id"),
        Index("ix_signature_request_reminder", "remind_on", postgresql_where="state = 'open'"),
        Index("ix_signature_request_failed", "failed_at", postgresql_where="failed_at IS NOT NULL"),
        Index("ix_signature_request_retry", "retry_at", postgresql_where="retry_at IS NOT NULL"),
        CheckConstraint("state <> 'open' OR prepared_sha256 IS NOT NULL", name="open_is_prepared"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    circuit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("signature_circuit.id"))
    state: Mapped[RequestState] = mapped_column(default=RequestState.PREPARING)
    level: Mapped[Level]
    side: Mapped[SignatureSide]
    anchor: Mapped[str] = mapped_column(default="")  # text beside which the party's stamp stands, if it is found
    message: Mapped[str] = mapped_column(default="")
    copies: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    due_on: Mapped[date | None]
    remind_days: Mapped[int | None]
    remind_on: Mapped[date | None]
    signed_folder_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("folder.id"))  # None: it stays where it is
    source_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("version.id"))
    prepared_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("version.id"))
    prepared_sha256: Mapped[str | None]
    latest_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("version.id"))  # with the seals so far
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_because: Mapped[str] = mapped_column(default="")  # the refusal's reason, why it was cancelled
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]  # of preparing, sealing or proving, whichever is next
    failure: Mapped[str] = mapped_column(default="")
    failed_at: Mapped[datetime | None]  # since when `failure` stands
    proof_pdf_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_object.sha256"))
    proof_json_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_object.sha256"))
    proved_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    document: Mapped[Document] = relationship()
    party: Mapped[Party] = relationship()
    source_version: Mapped[Version] = relationship(foreign_keys=[source_version_id])
    prepared_version: Mapped[Version | None] = relationship(foreign_keys=[prepared_version_id])
    latest_version: Mapped[Version | None] = relationship(foreign_keys=[latest_version_id])
    signers: Mapped[list["Signer"]] = relationship(back_populates="request", order_by="(Signer.rank, Signer.position)")


class Signer(Model):
    """One person asked. Those of one rank sign in any order; the next rank is asked when all of it is sealed."""

    __tablename__ = "signer"
    __table_args__ = (
        UniqueConstraint("request_id", "field"),
        Index("ix_signer_request", "request_id", "rank", "position"),
        Index("ix_signer_contact", "contact_id", "state"),
        Index("ix_signer_staff", "staff_id", "state"),
        CheckConstraint("num_nonnulls(contact_id, staff_id) = 1", name="one_person"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature_request.id", ondelete="CASCADE"))
    rank: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    role: Mapped[SignerRole]
    field: Mapped[str | None]  # of the PDF: S1, S2…; a delegate takes the field of who delegated
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"))
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[SignerState] = mapped_column(default=SignerState.WAITING)
    asked_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]  # the page was shown by a person, not fetched
    read_at: Mapped[datetime | None]  # the last page was shown
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")  # of a refusal or delegation
    delegated_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("signer.id"))

    request: Mapped[SignatureRequest] = relationship(back_populates="signers")
    contact: Mapped[Contact | None] = relationship()
    staff: Mapped[Staff | None] = relationship()
    signature: Mapped["Signature | None"] = relationship(back_populates="signer")


class Signature(Model):
    """What one person did: the text accepted, the digest shown, how they were known. Sealed later by a job."""

    __tablename__ = "signature"
    __table_args__ = (
        CheckConstraint("(sealed_at IS NULL) = (after_sha256 IS NULL)", name="sealed_has_digest"),
        Index("ix_signature_unsealed", "accepted_at", postgresql_where="sealed_at IS NULL"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    signer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signer.id", ondelete="CASCADE"), unique=True)
    mode: Mapped[SignatureMode]
    picture: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # PNG, drawn or imported
    typed: Mapped[str] = mapped_column(default="")
    name: Mapped[str]  # as it stood when they signed
    consent_text: Mapped[str]  # word for word, in the language shown
    locale: Mapped[str]
    shown_sha256: Mapped[str]  # of the prepared bytes that the page showed
    code_id: Mapped[uuid.UUID | None]  # of `signing_code`, where the level asks one
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    witness_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))  # in person, in front of whom
    identity: Mapped[dict[str, Any]]  # how it was established: see `evidence`
    accepted_at: Mapped[datetime] = mapped_column(default=now)
    ip: Mapped[str] = mapped_column(default="")
    user_agent: Mapped[str] = mapped_column(default="")
    time_zone: Mapped[str] = mapped_column(default="")
    before_sha256: Mapped[str | None]
    after_sha256: Mapped[str | None]
    certificate_serial: Mapped[str | None]
    sealed_at: Mapped[datetime | None]

    signer: Mapped[Signer] = relationship(back_populates="signature")
    account: Mapped[Account | None] = relationship()


class Trace(Model):
    """One step of a request, each carrying the hash of the one before: the spine of the proof file."""

    __tablename__ = "signature_trace"

    request_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("signature_request.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str]  # of `sheets.proving.STEPS`
    signer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("signer.id", ondelete="CASCADE"))
    by: Mapped[str]
    facts: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class Question(Model):
    """What a signer asked before signing, and the answer."""

    __tablename__ = "signature_question"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    signer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signer.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]


class Withdrawal(Model):
    """« Renoncer au contrat »: a consumer's right, for the legal time (Code de la consommation, art. L221-18)."""

    __tablename__ = "signature_withdrawal"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature_request.id"), unique=True)
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    declared_name: Mapped[str]
    declared_address: Mapped[str]  # where the receipt goes
    confirmed_at: Mapped[datetime] = mapped_column(default=now)
    ip: Mapped[str] = mapped_column(default="")
