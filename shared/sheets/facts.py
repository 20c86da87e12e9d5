"""What sheets are made from: plain facts, without any layout."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from shared.sheets.amounts import cents


@dataclass(frozen=True)
class Company:
    """Who issues the sheet: its identity, what the law wants at the foot, its bank and its colour."""

    name: str
    address: tuple[str, ...]
    postcode: str
    city: str
    siret: str
    vat: str
    legal_form: str = ""
    capital: str = ""
    registry: str = ""
    activity_code: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    iban: str = ""
    bic: str = ""
    colour: str = "#1f4e5f"
    signatory: str = ""
    legal: str = ""  # the line of the foot, where it is known as a whole and not by its parts

    @property
    def siren(self) -> str:
        return self.siret[:9]


@dataclass(frozen=True)
class Addressee:
    """Who the sheet is for; an individual has neither SIRET nor VAT number."""

    name: str
    address: tuple[str, ...]
    postcode: str
    city: str
    code: str = ""
    siret: str = ""
    vat: str = ""


@dataclass(frozen=True)
class Line:
    """One thing sold; `price` before tax for one unit, `rate` of VAT in percent."""

    label: str
    quantity: Decimal
    price: Decimal
    rate: Decimal = Decimal("20")
    unit: str = "pièce"
    detail: str = ""

    @property
    def net(self) -> Decimal:
        return cents(self.quantity * self.price)


@dataclass(frozen=True)
class Sale:
    """An invoice, a credit note or a quote. Amounts are in euros, positive on a credit note too.

    `due_on` is the day of payment of an invoice and the last day of a quote.
    """

    kind: Literal["invoice", "credit_note", "quote"]
    number: str
    issued_on: date
    due_on: date
    company: Company
    customer: Addressee
    lines: tuple[Line, ...]
    subject: str = ""
    order_reference: str = ""
    corrected_number: str = ""
    corrected_on: date | None = None
    prepaid: Decimal = Decimal(0)
    note: str = ""

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def taxes(self) -> list[tuple[Decimal, Decimal, Decimal]]:
        """Rate, basis and tax, highest rate first; the tax is rounded once for each rate."""
        bases: dict[Decimal, Decimal] = {}
        for line in self.lines:
            bases[line.rate] = bases.get(line.rate, Decimal(0)) + line.net
        return [(rate, basis, cents(basis * rate / 100)) for rate, basis in sorted(bases.items(), reverse=True)]

    @property
    def tax(self) -> Decimal:
        return sum((tax for _, _, tax in self.taxes), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.net + self.tax

    @property
    def due(self) -> Decimal:
        return self.total - self.prepaid


@dataclass(frozen=True)
class Employee:
    """Who a payslip or contract is for; a social security number has no place here."""

    code: str
    civility: str
    first_name: str
    last_name: str
    address: tuple[str, ...]
    postcode: str
    city: str
    job: str
    classification: str
    hired_on: date
    monthly_gross: Decimal
    hours: Decimal = Decimal("151.67")
    tax_rate: Decimal = Decimal("0")
    executive: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class Payslip:
    """One month of one employee; `month` is any day of it. `overtime` in hours at 125 %, `bonus` before deductions."""

    company: Company
    employee: Employee
    month: date
    bonus: Decimal = Decimal(0)
    overtime: Decimal = Decimal(0)
    leave_taken: Decimal = Decimal(0)
    rectified: bool = False

    @property
    def first_day(self) -> date:
        return self.month.replace(day=1)

    @property
    def last_day(self) -> date:
        return (self.first_day + timedelta(days=32)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class Article:
    """One numbered article of a contract."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """A contract of work or of service: two parties, articles, and room for both signatures on the last page."""

    title: str
    company: Company
    other_name: str
    other_lines: tuple[str, ...]
    other_role: str
    company_role: str
    articles: tuple[Article, ...]
    made_on: date
    made_at: str
    reference: str = ""
    preamble: str = ""


@dataclass(frozen=True)
class Letter:
    """A letter for a window envelope that gives an access: a code or a password, and a QR code of the link."""

    company: Company
    recipient: Addressee
    portal: str
    identifier: str
    written_on: date
    secret_label: str = ""
    secret: str = ""
    link: str = ""
    expires_on: date | None = None
    salutation: str = "Madame, Monsieur,"
    paragraphs: tuple[str, ...] = field(default=())
