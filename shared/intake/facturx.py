"""The facts of an electronic invoice, read from the XML inside its PDF (Factur-X, ZUGFeRD, XRechnung in CII syntax).

Source of the element names: UN/CEFACT Cross Industry Invoice D16B/D22B, profiles of FNFE-MPE Factur-X 1.0.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siren as fr_siren
from stdnum.fr import siret as fr_siret

from shared.documents import sandbox
from shared.documents.refusals import FileRefused

if TYPE_CHECKING:
    from lxml import etree

XML_MAX = 5_000_000  # bytes
TEXT_MAX = 300  # characters of a name or address
AMOUNT_MAX = Decimal(10) ** 12

NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
PROFILES = {
    "urn:factur-x.eu:1p0:minimum": "MINIMUM",
    "urn:factur-x.eu:1p0:basicwl": "BASIC WL",
    "urn:cen.eu:en16931:2017:compliant:factur-x.eu:1p0:basic": "BASIC",
    "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic": "BASIC",
    "urn:cen.eu:en16931:2017": "EN 16931",
    "urn:cen.eu:en16931:2017:conformant:factur-x.eu:1p0:extended": "EXTENDED",
    "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended": "EXTENDED",
}
# UNTDID 1001: invoices and their cousins, then what gives money back.
INVOICE_CODES = {"380", "383", "384", "385", "386", "389", "393", "751", "875", "876", "877"}
CREDIT_CODES = {"261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"}

_DOCUMENT = "rsm:ExchangedDocument"
_AGREEMENT = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement"
_SETTLEMENT = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"
_TOTALS = f"{_SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"


@dataclass(frozen=True)
class InvoiceParty:
    """Seller or buyer. A VAT number, SIRET or SIREN that does not pass its checksum is None."""

    name: str | None
    vat: str | None
    siret: str | None
    siren: str | None
    address: str | None
    postcode: str | None
    city: str | None
    country: str | None
    identifier: str | None


@dataclass(frozen=True)
class Invoice:
    """What the XML says; None where the profile or the sender says nothing.

    Amounts are those of the XML: positive on a credit note too. `total` includes tax, `due` is what remains to be paid.
    `buyer.identifier` is the seller's own code for the buyer when it is given.
    """

    number: str
    kind: Literal["invoice", "credit_note"]
    type_code: str
    issued_on: date
    due_on: date | None
    seller: InvoiceParty
    buyer: InvoiceParty
    currency: str
    total: Decimal
    due: Decimal | None
    net: Decimal | None
    tax: Decimal | None
    order_reference: str | None
    corrected_number: str | None
    iban: str | None
    profile: str
    xml: bytes


def read_facturx(source: bytes | Path) -> Invoice | None:
    """The invoice inside this PDF, or None when there is none or it cannot be understood. Never raises for the file."""
    try:
        _, xml = sandbox.ask("facturx", source)
    except FileRefused:
        return None
    return read_xml(xml) if xml else None


def read_xml(xml: bytes) -> Invoice | None:
    """The invoice in this XML, or None: entities, another vocabulary, a missing number, date or total."""
    root = _parsed(xml)
    if root is None:
        return None
    number = _text(root, f"{_DOCUMENT}/ram:ID")
    code = _text(root, f"{_DOCUMENT}/ram:TypeCode") or ""
    issued_on = _date(root, f"{_DOCUMENT}/ram:IssueDateTime/udt:DateTimeString")
    total = _amount(root, f"{_TOTALS}/ram:GrandTotalAmount")
    if not number or code not in INVOICE_CODES | CREDIT_CODES or issued_on is None or total is None:
        return None
    return Invoice(
        number=number,
        kind="credit_note" if code in CREDIT_CODES else "invoice",
        type_code=code,
        issued_on=issued_on,
        due_on=_date(root, f"{_SETTLEMENT}/ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString"),
        seller=_party(root, "ram:SellerTradeParty"),
        buyer=_party(root, "ram:BuyerTradeParty"),
        currency=(_text(root, f"{_SETTLEMENT}/ram:InvoiceCurrencyCode") or "EUR")[:3].upper(),
        total=total,
        due=_amount(root, f"{_TOTALS}/ram:DuePayableAmount"),
        net=_amount(root, f"{_TOTALS}/ram:TaxBasisTotalAmount"),
        tax=_amount(root, f"{_TOTALS}/ram:TaxTotalAmount"),
        order_reference=_text(root, f"{_AGREEMENT}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        corrected_number=_text(root, f"{_SETTLEMENT}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID"),
        iban=_text(root, f"{_SETTLEMENT}//ram:PayeePartyCreditorFinancialAccount/ram:IBANID"),
        profile=_profile(root),
        xml=xml,
    )


def checked_vat(written: str | None) -> str | None:
    """A European VAT number without spaces, or None when its checksum is wrong."""
    if not written:
        return None
    try:
        return str(eu_vat.validate(written))
    except ValidationError:
        return None


def checked_siret(written: str | None) -> str | None:
    """The 14 digits of a SIRET, or None when its checksum is wrong."""
    if not written:
        return None
    try:
        return str(fr_siret.validate(written))
    except ValidationError:
        return None


def checked_siren(written: str | None) -> str | None:
    """The 9 digits of a SIREN, or None when its checksum is wrong."""
    if not written:
        return None
    try:
        return str(fr_siren.validate(written))
    except ValidationError:
        return None


def _parsed(xml: bytes) -> "etree._Element | None":
    # A declared entity may grow or reach outside; none of these vocabularies has a DOCTYPE.
    if len(xml) > XML_MAX or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        return None
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root.getroottree().docinfo.internalDTD is not None:  # written in another encoding
        return None
    return root if root.tag == f"{{{NAMESPACES['rsm']}}}CrossIndustryInvoice" else None


def _party(root: "etree._Element", name: str) -> InvoiceParty:
    base = f"{_AGREEMENT}/{name}"
    address = f"{base}/ram:PostalTradeAddress"
    organisation = _text(root, f"{base}/ram:SpecifiedLegalOrganization/ram:ID") or ""
    siret = checked_siret(_text(root, f"{base}/ram:GlobalID[@schemeID='0009']")) or checked_siret(organisation)
    vat = checked_vat(_text(root, f"{base}/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']"))
    siren = siret[:9] if siret else checked_siren("".join(organisation.split())[:9])
    if siren is None and vat and vat.startswith("FR"):
        siren = checked_siren(vat[4:])
    lines = [_text(root, f"{address}/ram:Line{rank}") for rank in ("One", "Two", "Three")]
    return InvoiceParty(
        name=_text(root, f"{base}/ram:Name"),
        vat=vat,
        siret=siret,
        siren=siren,
        address="\n".join(line for line in lines if line) or None,
        postcode=_text(root, f"{address}/ram:PostcodeCode"),
        city=_text(root, f"{address}/ram:CityName"),
        country=_text(root, f"{address}/ram:CountryID"),
        identifier=_text(root, f"{base}/ram:ID"),
    )


def _profile(root: "etree._Element") -> str:
    written = _text(root, "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID") or ""
    return PROFILES.get(written.lower(), "XRECHNUNG" if "xrechnung" in written.lower() else "")


def _text(root: "etree._Element", path: str) -> str | None:
    found = root.find(path, NAMESPACES)
    text = "" if found is None else "".join(str(part) for part in found.itertext())
    clean = " ".join("".join(mark for mark in text if mark.isprintable() or mark.isspace()).split())
    return clean[:TEXT_MAX] or None


def _date(root: "etree._Element", path: str) -> date | None:
    written = _text(root, path)
    if not written:
        return None
    for form in ("%Y%m%d", "%Y-%m-%d"):
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007 (a date has no time zone)
        except ValueError:
            continue
    return None


def _amount(root: "etree._Element", path: str) -> Decimal | None:
    written = _text(root, path)
    if not written or len(written) > 30:
        return None
    try:
        amount = Decimal(written)
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) > AMOUNT_MAX:
        return None
    return amount.quantize(Decimal("0.01"))
