"""What the API answers, for its description; a test holds real answers against these."""

from msgspec import Struct


class Answer(Struct, kw_only=True, forbid_unknown_fields=True):
    """Every member is always there."""


class PartyRef(Answer):
    """A party by its family and code."""

    family: str
    code: str


class EmailsAnswer(Answer):
    """The four addresses; empty where there is none."""

    card: str
    quote: str
    billing: str
    reminder: str


class PartyAnswer(Answer):
    """A party."""

    id: str
    family: str
    code: str
    name: str
    is_business: bool
    siret: str | None
    vat_number: str | None
    street: str
    postcode: str
    city: str
    country: str
    phone: str
    locale: str
    emails: EmailsAnswer
    closed: bool


class RecordAnswer(Answer):
    """A record; amounts with a dot, instants with their offset."""

    id: str
    kind: str
    party: PartyRef
    number: str
    external_id: str | None
    status: str
    state_code: str | None
    title: str
    memo: str
    issued_on: str | None
    due_on: str | None
    valid_until: str | None
    accepted_on: str | None
    appointment_at: str | None
    appointment_ends_at: str | None
    appointment_place: str
    appointment_answer: str | None
    appointment_note: str
    amount: str | None
    net_amount: str | None
    paid: str
    deposit: str
    currency: str
    is_credit_note: bool
    disputed_at: str | None
    refusal_reason: str
    platform: str
    platform_status: str
    transmitted_at: str | None
    revision: int
    created_at: str
    moved_at: str | None
    documents: list[str]


class RecordRef(Answer):
    """A record by its kind and number."""

    kind: str
    number: str


class DocumentAnswer(Answer):
    """What is known of a document."""

    id: str
    party: PartyRef
    folder: str
    document_class: str
    title: str
    number: str
    issued_on: str | None
    due_on: str | None
    amount: str | None
    currency: str
    is_credit_note: bool
    source: str
    filed_at: str
    sha256: str
    size: int
    mime: str
    on_portal_since: str | None
    records: list[RecordRef]


class EntryAnswer(Answer):
    """One line of the entries of a closed invoice."""

    id: str
    invoice: str
    line: int
    day: str
    journal: str
    account: str
    party_account: str
    label: str
    debit: str
    credit: str
    exported_at: str | None


class PartyPage(Answer):
    """`next` is the cursor of the page after this one; null at the end."""

    data: list[PartyAnswer]
    next: str | None


class RecordPage(Answer):
    """`next` is the cursor of the page after this one; null at the end."""

    data: list[RecordAnswer]
    next: str | None


class DocumentPage(Answer):
    """`next` is the cursor of the page after this one; null at the end."""

    data: list[DocumentAnswer]
    next: str | None


class EntryPage(Answer):
    """`next` is the cursor of the page after this one; null at the end."""

    data: list[EntryAnswer]
    next: str | None
