"""What the API accepts, said once: these shapes validate each body and are the schemas of its OpenAPI description.

A member left out changes nothing; null empties it. A moment without offset is read on the company's clock.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.catalogues import languages

MOST_ENTRIES = 5000
MOST_LINES = 500

Language = Annotated[str, Meta(pattern=f"^({'|'.join(languages())})$")]
Short = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=5000)]
Name = Annotated[str, Meta(min_length=1, max_length=120)]
Code = Annotated[str, Meta(min_length=1, max_length=40)]
Moment = Annotated[
    str, Meta(max_length=40, description="RFC 3339; without offset, on the company’s clock: 2026-12-31T14:30")
]
Status = Annotated[
    str, Meta(max_length=40, description="When it is created. Afterwards one it never had is refused: send its moves.")
]
Amount = Annotated[Decimal, Meta(description='With a dot: "1234.56"')]


class Body(Struct, kw_only=True, forbid_unknown_fields=True):
    """Nothing that is not declared is accepted: a typing mistake is told, not ignored."""


class Emails(Body):
    """The four addresses of a party; an empty text removes one."""

    card: Short | UnsetType = UNSET
    quote: Short | UnsetType = UNSET
    billing: Short | UnsetType = UNSET
    reminder: Short | UnsetType = UNSET


class ContactBody(Body):
    """A person at the party, known again by the e-mail address, else by the names."""

    family_name: Annotated[str, Meta(min_length=1, max_length=200)]
    given_name: Short | UnsetType = UNSET
    civility: Short | UnsetType = UNSET
    role: Short | UnsetType = UNSET
    email: Short | UnsetType = UNSET
    phone: Short | UnsetType = UNSET


class PartyBody(Body):
    """A customer, an employee, a supplier; `name` is needed to create one."""

    name: Short | UnsetType = UNSET
    is_business: bool | UnsetType = UNSET
    siret: Short | UnsetType | None = UNSET
    vat_number: Short | UnsetType | None = UNSET
    street: Short | UnsetType = UNSET
    postcode: Short | UnsetType = UNSET
    city: Short | UnsetType = UNSET
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | UnsetType = UNSET
    phone: Short | UnsetType = UNSET
    locale: Language | UnsetType = UNSET
    emails: Emails | UnsetType = UNSET
    contacts: Annotated[list[ContactBody], Meta(max_length=50)] | UnsetType = UNSET


class NestedParty(PartyBody, kw_only=True):
    """A party within a record: created, or completed, with it."""

    code: Code
    family: Code | UnsetType = UNSET


class PartyName(Body):
    """Another party of an internal exchange."""

    family: Code
    code: Code


class Line(Body):
    """One line; `price` before tax for one unit, `rate` of VAT in percent."""

    label: Annotated[str, Meta(min_length=1, max_length=300)]
    reference: Annotated[str, Meta(max_length=80)] = ""
    quantity: Decimal = Decimal(1)
    price: Decimal = Decimal(0)
    rate: Decimal = Decimal(20)


class Reference(Body):
    """Another record, by its kind and number (or the name that the ERP gives it)."""

    kind: Name
    number: Name


class RecordBody(Body):
    """A quote, invoice, order…; `party` is a code, or the party itself. It is needed to create a record."""

    party: Code | NestedParty | UnsetType = UNSET
    family: Code | UnsetType = UNSET
    number: Annotated[str, Meta(max_length=60)] | UnsetType = UNSET
    external_id: Annotated[str, Meta(max_length=120)] | UnsetType | None = UNSET
    title: Short | UnsetType = UNSET
    memo: Long | UnsetType = UNSET
    issued_on: date | UnsetType | None = UNSET
    due_on: date | UnsetType | None = UNSET
    valid_until: date | UnsetType | None = UNSET
    accepted_on: date | UnsetType | None = UNSET
    appointment_at: Moment | UnsetType | None = UNSET
    appointment_ends_at: Moment | UnsetType | None = UNSET
    appointment_place: Annotated[str, Meta(max_length=300)] | UnsetType = UNSET
    amount: Amount | UnsetType | None = UNSET
    net_amount: Amount | UnsetType | None = UNSET
    deposit: Amount | UnsetType = UNSET
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | UnsetType = UNSET
    is_credit_note: bool | UnsetType = UNSET
    state_code: Annotated[str, Meta(max_length=20)] | UnsetType | None = UNSET
    platform: Short | UnsetType = UNSET
    platform_status: Annotated[str, Meta(max_length=60)] | UnsetType = UNSET
    transmitted_at: Moment | UnsetType | None = UNSET
    contact: Annotated[str, Meta(max_length=200, description="E-mail address of a person at the party")] | UnsetType = (
        UNSET
    )
    parent: Reference | UnsetType = UNSET
    lines: Annotated[list[Line], Meta(max_length=MOST_LINES)] | UnsetType = UNSET
    parties: Annotated[list[PartyName], Meta(max_length=50)] | UnsetType = UNSET
    status: Status | UnsetType = UNSET


class DocumentBody(Body):
    """A file to deposit: where, by `folder` (its path) or `document_class`, and the record that it is the paper of."""

    party: Code | NestedParty
    family: Code | UnsetType = UNSET
    folder: Annotated[str, Meta(max_length=400)] | UnsetType = UNSET
    document_class: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET
    filename: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    title: Short = ""
    number: Annotated[str, Meta(max_length=60)] = ""
    issued_on: date | None = None
    due_on: date | None = None
    amount: Amount | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "EUR"
    is_credit_note: bool = False
    record_kind: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET
    record_number: Annotated[str, Meta(max_length=120)] | UnsetType = UNSET
    is_attachment: bool = False


class Marking(Body):
    """The entries that were taken over, by their ids."""

    entries: Annotated[list[UUID], Meta(min_length=1, max_length=MOST_ENTRIES)]
