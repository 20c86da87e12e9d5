"""The XML of an invoice or credit note (Factur-X 1.0, profile EN 16931), and how it travels in the PDF.

The order of the elements is that of the schema; the `factur-x` library checks it in the tests.
"""

import io
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from shared.sheets.facts import Addressee, Company, Line, Sale

if TYPE_CHECKING:
    from lxml import etree

FILE_NAME = "factur-x.xml"
PROFILE = "urn:cen.eu:en16931:2017"
LEVEL = "EN 16931"
SIREN, SIRET = "0002", "0009"  # ISO 6523
CREDIT_TRANSFER = "30"  # UNTDID 4461
UNITS = {"pièce": "C62", "heure": "HUR", "jour": "DAY", "kg": "KGM", "litre": "LTR", "mètre": "MTR", "mois": "MON"}

NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"

# What the law wants said: penalties, fixed compensation, no discount for early payment (UNTDID 4451).
LEGAL_NOTES = (
    ("PMD", "Pénalités de retard : trois fois le taux d’intérêt légal, exigibles sans rappel."),
    ("PMT", "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 €."),
    ("AAB", "Pas d’escompte pour paiement anticipé."),
)


def invoice_xml(sale: Sale) -> bytes:
    """The XML of that invoice or credit note, in UTF-8. Raises ValueError for a quote."""
    if sale.kind == "quote":
        raise ValueError("a quote is not an invoice")
    from lxml import etree

    root = etree.Element(_name("rsm:CrossIndustryInvoice"), nsmap=NAMESPACES)
    _add(root, "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", PROFILE)
    _add_header(_add(root, "rsm:ExchangedDocument"), sale)
    trade = _add(root, "rsm:SupplyChainTradeTransaction")
    for rank, line in enumerate(sale.lines, start=1):
        _add_line(_add(trade, "ram:IncludedSupplyChainTradeLineItem"), rank, line)
    agreement = _add(trade, "ram:ApplicableHeaderTradeAgreement")
    _add_party(_add(agreement, "ram:SellerTradeParty"), sale.company)
    _add_party(_add(agreement, "ram:BuyerTradeParty"), sale.customer)
    if sale.order_reference:
        _add(agreement, "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID", sale.order_reference)
    _add(trade, "ram:ApplicableHeaderTradeDelivery")
    _add_settlement(_add(trade, "ram:ApplicableHeaderTradeSettlement"), sale)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def declare(pdf: bytes) -> bytes:
    """Say in the metadata of a PDF/A-3 made by Typst that it carries a Factur-X file."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        metadata = document.Root.Metadata
        text = metadata.read_bytes().decode()
        for mark, addition in (("</rdf:Bag></pdfaExtension:schemas>", _EXTENSION), ("</rdf:RDF>", _DECLARATION)):
            before, found, after = text.rpartition(mark)
            if not found:
                raise ValueError("these metadata are not those of a PDF/A-3 by Typst")
            text = before + addition + found + after
        metadata.write(text.encode())
        out = io.BytesIO()
        # Metadata stay readable as text, as PDF/A wants them; the identifier depends on the content alone.
        document.save(out, compress_streams=False, deterministic_id=True, fix_metadata_version=False)
    return out.getvalue()


def _add_header(header: "etree._Element", sale: Sale) -> None:
    _add(header, "ram:ID", sale.number)
    _add(header, "ram:TypeCode", "381" if sale.kind == "credit_note" else "380")
    _add_date(header, "ram:IssueDateTime", sale.issued_on)
    notes = ((("", sale.note),) if sale.note else ()) + LEGAL_NOTES
    for code, text in notes:
        note = _add(header, "ram:IncludedNote")
        _add(note, "ram:Content", text)
        if code:
            _add(note, "ram:SubjectCode", code)


def _add_line(item: "etree._Element", rank: int, line: Line) -> None:
    _add(item, "ram:AssociatedDocumentLineDocument/ram:LineID", str(rank))
    product = _add(item, "ram:SpecifiedTradeProduct")
    _add(product, "ram:Name", line.label)
    if line.detail:
        _add(product, "ram:Description", line.detail)
    price = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"
    _add(item, price, _price(line.price))
    delivered = _add(item, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity", f"{line.quantity.normalize():f}")
    delivered.set("unitCode", UNITS.get(line.unit, "C62"))
    settlement = _add(item, "ram:SpecifiedLineTradeSettlement")
    _add_tax(_add(settlement, "ram:ApplicableTradeTax"), line.rate)
    _add(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount", _amount(line.net))


def _add_party(party: "etree._Element", who: Company | Addressee) -> None:
    if isinstance(who, Addressee) and who.code:
        _add(party, "ram:ID", who.code)
    if who.siret:
        _add(party, "ram:GlobalID", who.siret).set("schemeID", SIRET)
    _add(party, "ram:Name", who.name)
    if who.siret:
        _add(party, "ram:SpecifiedLegalOrganization/ram:ID", who.siret[:9]).set("schemeID", SIREN)
    address = _add(party, "ram:PostalTradeAddress")
    if who.postcode:
        _add(address, "ram:PostcodeCode", who.postcode)
    for rank, line in zip(("One", "Two", "Three"), who.address, strict=False):
        _add(address, f"ram:Line{rank}", line)
    if who.city:
        _add(address, "ram:CityName", who.city)
    _add(address, "ram:CountryID", "FR")
    if who.vat:
        _add(party, "ram:SpecifiedTaxRegistration/ram:ID", who.vat).set("schemeID", "VA")


def _add_settlement(settlement: "etree._Element", sale: Sale) -> None:
    _add(settlement, "ram:PaymentReference", sale.number)
    _add(settlement, "ram:InvoiceCurrencyCode", "EUR")
    if sale.company.iban and sale.kind == "invoice":
        means = _add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
        _add(means, "ram:TypeCode", CREDIT_TRANSFER)
        _add(means, "ram:PayeePartyCreditorFinancialAccount/ram:IBANID", sale.company.iban.replace(" ", ""))
    for rate, basis, tax in sale.taxes:
        _add_tax(_add(settlement, "ram:ApplicableTradeTax"), rate, basis, tax)
    _add_date(_add(settlement, "ram:SpecifiedTradePaymentTerms"), "ram:DueDateDateTime", sale.due_on)
    totals = _add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _add(totals, "ram:LineTotalAmount", _amount(sale.net))
    _add(totals, "ram:TaxBasisTotalAmount", _amount(sale.net))
    _add(totals, "ram:TaxTotalAmount", _amount(sale.tax)).set("currencyID", "EUR")
    _add(totals, "ram:GrandTotalAmount", _amount(sale.total))
    _add(totals, "ram:TotalPrepaidAmount", _amount(sale.prepaid))
    _add(totals, "ram:DuePayableAmount", _amount(sale.due))
    if sale.corrected_number:
        reference = _add(settlement, "ram:InvoiceReferencedDocument")
        _add(reference, "ram:IssuerAssignedID", sale.corrected_number)
        if sale.corrected_on:
            _add_date(reference, "ram:FormattedIssueDateTime", sale.corrected_on, "qdt:DateTimeString")


def _add_tax(tax: "etree._Element", rate: Decimal, basis: Decimal | None = None, amount: Decimal | None = None) -> None:
    if amount is not None:
        _add(tax, "ram:CalculatedAmount", _amount(amount))
    _add(tax, "ram:TypeCode", "VAT")
    if basis is not None:
        _add(tax, "ram:BasisAmount", _amount(basis))
    _add(tax, "ram:CategoryCode", "S" if rate else "Z")
    _add(tax, "ram:RateApplicablePercent", f"{rate:.2f}")


def _add(parent: "etree._Element", path: str, text: str | None = None) -> "etree._Element":
    from lxml import etree

    for name in path.split("/"):
        parent = etree.SubElement(parent, _name(name))
    parent.text = text
    return parent


def _add_date(parent: "etree._Element", path: str, day: date, leaf: str = "udt:DateTimeString") -> None:
    _add(parent, f"{path}/{leaf}", f"{day:%Y%m%d}").set("format", "102")


def _name(prefixed: str) -> str:
    prefix, _, local = prefixed.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _price(price: Decimal) -> str:
    """Of one unit: more than two decimals where there are some."""
    return _amount(price) if price == price.quantize(Decimal("0.01")) else f"{price.normalize():f}"


def _property(name: str, description: str) -> str:
    return (
        '<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category>'
        f"<pdfaProperty:description>{description}</pdfaProperty:description>"
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
    )


_EXTENSION = (
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
    f"<pdfaSchema:namespaceURI>{FX}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
    "<pdfaSchema:property><rdf:Seq>"
    + _property("DocumentFileName", "The name of the embedded XML document")
    + _property("DocumentType", "The type of the hybrid document in capital letters")
    + _property("Version", "The version of the XML schema")
    + _property("ConformanceLevel", "The conformance level of the XML")
    + "</rdf:Seq></pdfaSchema:property></rdf:li>"
)
_DECLARATION = (
    f'<rdf:Description rdf:about="" xmlns:fx="{FX}"><fx:DocumentType>INVOICE</fx:DocumentType>'
    f"<fx:DocumentFileName>{FILE_NAME}</fx:DocumentFileName><fx:Version>1.0</fx:Version>"
    f"<fx:ConformanceLevel>{LEVEL}</fx:ConformanceLevel></rdf:Description>"
)
