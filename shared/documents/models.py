"""Folders and what is filed in them: documents, versions, publications, readings."""

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, false
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from shared.clock import now
from shared.extensions import Model, uuid7
from shared.people.models import EmailSlot, Family, Party


class Notify(enum.StrEnum):
    """When a folder tells that a document is available: non, immédiate, groupée."""

    NONE = "none"
    IMMEDIATE = "immediate"
    GROUPED = "grouped"


class LinkTarget(enum.StrEnum):
    """« Lien vers »: where the link of the notice lands."""

    HOME = "home"  # espace client, espace salarié
    DOCUMENT = "document"  # immediate opening
    QUOTES = "quotes"  # devis
    STATEMENT = "statement"  # relevé de compte
    PAYSLIPS = "payslips"  # bulletins


class SignatureSide(enum.StrEnum):
    """Side of the last page where the portal signature is stamped."""

    LEFT = "left"
    RIGHT = "right"


class Folder(Model):
    """A folder of the GED: what happens to a document follows from where it is filed."""

    __tablename__ = "folder"
    __table_args__ = (
        UniqueConstraint("family_id", "path_folded"),
        # Code du travail, L3243-4: a payslip is received without any formality.
        CheckConstraint("document_class <> 'payslip' OR signature_side IS NULL", name="payslip_unsigned"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    family_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family.id"))
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activity.id"))
    shipped_key: Mapped[str | None] = mapped_column(unique=True)
    path: Mapped[str]  # CLIENTS\A signer\Devis\
    path_folded: Mapped[str]
    label: Mapped[str]
    on_portal: Mapped[bool] = mapped_column(default=False)
    signature_side: Mapped[SignatureSide | None]
    signature_level: Mapped[str] = mapped_column(default="simple", server_default="simple")  # or reinforced: by a code
    signed_folder_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("folder.id"))  # where signed ones go
    notify: Mapped[Notify] = mapped_column(default=Notify.NONE)
    slot: Mapped[EmailSlot] = mapped_column(default=EmailSlot.CARD)
    link_target: Mapped[LinkTarget] = mapped_column(default=LinkTarget.HOME)
    template_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("template.id"))
    document_class: Mapped[str]  # invoice, quote, contract, payslip, other…
    retention_class: Mapped[str]
    needs_grant: Mapped[bool] = mapped_column(default=False)  # payslips: even administrators need an explicit grant
    deposit_allowed: Mapped[bool] = mapped_column(default=False, server_default=false())  # the party deposits here too
    reason_required: Mapped[bool] = mapped_column(default=False, server_default=false())  # to refuse one of its quotes
    position: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    shipped_version: Mapped[int] = mapped_column(default=0, server_default="0")
    shipped_hash: Mapped[str | None]  # of the settings as they were shipped: an upgrade leaves what was edited

    family: Mapped[Family] = relationship(lazy="joined", innerjoin=True)


class FolderChange(Model):
    """One change set of the folder grid: what each cell was and became, undone by one click."""

    __tablename__ = "folder_change"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str]
    cells: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # {folder_id, field, before, after}
    undone_at: Mapped[datetime | None]


class FolderException(Model):
    """What a folder does differently for one party: the fields that are not in `values` follow the folder."""

    __tablename__ = "folder_exception"
    __table_args__ = (Index("ix_folder_exception_folder", "folder_id"),)

    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"), primary_key=True)
    folder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("folder.id", ondelete="CASCADE"), primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)  # field → value, as `cells.spell` writes it
    origins: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)  # field → {by, at}
    revision: Mapped[int] = mapped_column(default=1)


class StoredObject(Model):
    """Bytes in the storage, named by their content; swept when nothing has pointed to them for 24 h."""

    __tablename__ = "stored_object"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    mime: Mapped[str]
    stored_at: Mapped[datetime] = mapped_column(default=now)
    checked_at: Mapped[datetime | None]
    damaged_at: Mapped[datetime | None]  # the daily sample or a reading found it lost or altered
    unused_since: Mapped[datetime | None]


class Document(Model):
    """Something filed in one folder of one party."""

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_party", "party_id", "folder_id", "filed_at", "id"),
        Index("ix_document_folder", "folder_id", "filed_at", "id"),
        Index("ix_document_filed", "filed_at", "id"),
        Index("ix_document_words", "words", postgresql_using="gin"),
        UniqueConstraint("id", "folder_id"),  # what a publication follows
        Index("ix_document_unread", "id", postgresql_where="words IS NULL"),
        Index("ix_document_deposit", "deposit_id", postgresql_where="deposit_id IS NOT NULL"),
        Index("ix_document_valid_until", "valid_until", "id", postgresql_where="valid_until IS NOT NULL"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    folder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("folder.id"))
    title: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    search_folded: Mapped[str] = mapped_column(default="")  # title, number and file name
    words: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)  # the same and the text; see `indexing`
    issued_on: Mapped[date | None]
    due_on: Mapped[date | None]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))  # incl. tax, negative for a credit note
    currency: Mapped[str] = mapped_column(default="EUR")
    is_credit_note: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default="backoffice")
    filed_at: Mapped[datetime] = mapped_column(default=now)
    filed_by: Mapped[str]
    deposit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("deposit.id", ondelete="SET NULL"))
    valid_until: Mapped[date | None]  # the last day of an attestation

    folder: Mapped[Folder] = relationship()
    party: Mapped[Party] = relationship()
    versions: Mapped[list["Version"]] = relationship(back_populates="document", order_by="Version.number")
    publications: Mapped[list["Publication"]] = relationship(back_populates="document")


class Version(Model):
    """The bytes of a document, which never change."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        Index("ix_version_sha256", "sha256"),
        Index("ix_version_unrecognised", "id", postgresql_where="recognised_at IS NULL AND text = ''"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int] = mapped_column(default=1)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256"))
    size: Mapped[int]
    mime: Mapped[str]
    kind: Mapped[str]  # pdf, image, docx, zip, other
    pages: Mapped[int | None]
    filename: Mapped[str]
    text: Mapped[str] = mapped_column(default="", deferred=True)
    recognised_at: Mapped[datetime | None]  # its pages were pictures, and were read as such
    created_at: Mapped[datetime] = mapped_column(default=now)

    document: Mapped[Document] = relationship(back_populates="versions")


class Publication(Model):
    """A document on the portal: wanted, live, withdrawn, each with its time."""

    _WANTED = "live_at IS NULL AND withdrawn_at IS NULL"
    _UNSYNCHRONISED = f"{_WANTED} AND (held_because IS NULL OR held_because = 'synchronisation')"
    _REFUSED = f"{_WANTED} AND held_because = 'consent_refused'"
    __tablename__ = "publication"
    __table_args__ = (
        Index("ix_publication_document", "document_id", "wanted_at"),
        Index("uq_publication_current", "document_id", unique=True, postgresql_where="withdrawn_at IS NULL"),
        Index("ix_publication_waiting", "wanted_at", postgresql_where=_WANTED),
        Index("ix_publication_unsynchronised", "folder_id", postgresql_where=_UNSYNCHRONISED),
        Index("ix_publication_refused", "document_id", postgresql_where=_REFUSED),
        CheckConstraint("live_at IS NULL OR live_at >= wanted_at", name="order"),
        ForeignKeyConstraint(["document_id", "folder_id"], ["document.id", "document.folder_id"], onupdate="CASCADE"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    document_id: Mapped[uuid.UUID]
    folder_id: Mapped[uuid.UUID]  # the document's, which the database keeps so: what waits is counted a folder
    wanted_at: Mapped[datetime] = mapped_column(default=now)
    wanted_by: Mapped[str]
    live_at: Mapped[datetime | None]
    held_because: Mapped[str | None]  # a key: consent_requested, consent_refused, synchronisation
    quiet: Mapped[bool] = mapped_column(default=False)  # comes (back) with its folder: nobody is told
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_because: Mapped[str | None]  # unshared (comes back with the folder), staff

    document: Mapped[Document] = relationship(
        back_populates="publications", primaryjoin=lambda: foreign(Publication.document_id) == Document.id
    )


class ReadingKind(enum.StrEnum):
    """How a human read a document."""

    OPENED = "opened"
    DOWNLOADED = "downloaded"


class Download(Model):
    """One human reading of a version: opened on the page, or downloaded."""

    __tablename__ = "download"
    __table_args__ = (
        Index("ix_download_document", "document_id", "at"),
        Index("ix_download_seat", "seat_id", "document_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("version.id"))
    kind: Mapped[ReadingKind]
    seat_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("seat.id"))  # None: by a link that opens one document
    link_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("link.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(default=now)
    ip: Mapped[str] = mapped_column(default="")
    user_agent: Mapped[str] = mapped_column(default="")


class Printout(Model):
    """A document whose party refused dematerialisation, printed and sent on paper: who did it, and when."""

    __tablename__ = "printout"
    __table_args__ = (UniqueConstraint("document_id", name="uq_printout_document"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str]
