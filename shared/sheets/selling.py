"""Invoices, credit notes and quotes."""

from datetime import UTC, datetime, time
from typing import Any

from shared.sheets import facturx
from shared.sheets.amounts import NO_BREAK, euros, number, percent, quantity, short_date
from shared.sheets.facts import Addressee, Company, Sale
from shared.sheets.making import Attachment, make_sheet

TITLES = {"invoice": "Facture", "credit_note": "Avoir", "quote": "Devis"}


def make_sale(sale: Sale) -> bytes:
    """The PDF/A-3 of that sale; an invoice or credit note carries its Factur-X file (profile EN 16931).

    The same facts give the same bytes.
    """
    made_at = datetime.combine(sale.issued_on, time(9), UTC)
    if sale.kind == "quote":
        return make_sheet("quote", _told(sale), made_at=made_at)
    xml = facturx.invoice_xml(sale).decode()
    carried = Attachment(facturx.FILE_NAME, xml, description="Facture électronique (Factur-X)")
    return facturx.declare(make_sheet("invoice", _told(sale), attachments=[carried], made_at=made_at))


def company_data(company: Company) -> dict[str, Any]:
    """What the frame of every sheet shows of the company."""
    identity = [company.legal_form, f"au capital de {company.capital}" if company.capital else ""]
    numbers = [
        f"SIRET {spaced_siret(company.siret)}" if company.siret else "",
        company.registry,
        f"APE {company.activity_code}" if company.activity_code else "",
        f"TVA {company.vat}" if company.vat else "",
    ]
    place = f"{company.postcode}{NO_BREAK}{company.city}".strip()
    parts = [f"{company.name}, {' '.join(filter(None, identity))}".strip(", "), *company.address, place]
    first = company.legal or " – ".join(filter(None, parts))
    if company.vat and company.vat in company.legal:
        numbers = []  # said there already
    return {
        "name": company.name,
        "colour": company.colour,
        "lines": [*company.address, place, company.phone, company.email, company.website],
        "legal": [first, " – ".join(filter(None, numbers))],
    }


def addressee_data(who: Addressee) -> dict[str, Any]:
    """Name, postal lines and numbers of the one to whom the sheet goes."""
    identity = [
        f"Code client : {who.code}" if who.code else "",
        f"SIRET : {spaced_siret(who.siret)}" if who.siret else "",
        f"TVA : {who.vat}" if who.vat else "",
    ]
    return {
        "name": who.name,
        "lines": [*who.address, f"{who.postcode}{NO_BREAK}{who.city}".strip()],
        "identity": [line for line in identity if line],
    }


def spaced_siret(siret: str) -> str:
    """`552 100 554 00013`, with no-break spaces."""
    return NO_BREAK.join((siret[:3], siret[3:6], siret[6:9], siret[9:])).strip()


def _told(sale: Sale) -> dict[str, Any]:
    title = TITLES[sale.kind]
    return {
        "title": f"{title} {sale.number}",
        "words": {"title": f"{title} {sale.number}", "addressee": _addressed(sale), "payment": "Règlement"},
        "company": company_data(sale.company),
        "customer": addressee_data(sale.customer),
        "facts": _facts(sale),
        "subject": sale.subject,
        "lines": [
            {
                "label": line.label,
                "detail": line.detail,
                "quantity": quantity(line.quantity),
                "unit": line.unit,
                "price": number(line.price),
                "rate": percent(line.rate),
                "net": number(line.net),
            }
            for line in sale.lines
        ],
        "taxes": [[percent(rate), euros(basis), euros(tax)] for rate, basis, tax in sale.taxes],
        "totals": _totals(sale),
        "due": [_due_words(sale), euros(sale.due)],
        "note": sale.note,
        "payment": _payment(sale),
        "agreement": _agreement(sale),
        "mentions": _mentions(sale),
    }


def _addressed(sale: Sale) -> str:
    return "Proposé à" if sale.kind == "quote" else "Adressé à"


def _facts(sale: Sale) -> list[list[str]]:
    facts = [["Date", short_date(sale.issued_on)]]
    if sale.kind == "invoice":
        facts.append(["Échéance", short_date(sale.due_on)])
    if sale.kind == "quote":
        facts.append(["Valable jusqu’au", short_date(sale.due_on)])
    if sale.order_reference:
        facts.append(["Votre référence", sale.order_reference])
    if sale.corrected_number:
        of = f" du {short_date(sale.corrected_on)}" if sale.corrected_on else ""
        facts.append(["Facture rectifiée", sale.corrected_number + of])
    if sale.kind != "quote":
        facts.append(["Opération", "Livraison de biens et prestation de services"])
    return facts


def _totals(sale: Sale) -> list[list[str]]:
    totals = [["Total HT", euros(sale.net)], ["TVA", euros(sale.tax)]]
    if sale.prepaid:
        totals += [["Total TTC", euros(sale.total)], ["Acompte versé", euros(-sale.prepaid)]]
    return totals


def _due_words(sale: Sale) -> str:
    return {"invoice": "Net à payer (TTC)", "credit_note": "Net en votre faveur (TTC)", "quote": "Total TTC"}[sale.kind]


def _payment(sale: Sale) -> list[str]:
    company = sale.company
    if sale.kind == "credit_note":
        return ["Cet avoir sera déduit de votre prochain règlement, ou remboursé sur demande."]
    if sale.kind == "quote":
        return ["Acompte de 30 % à la commande, solde à 30 jours à compter de la facture."]
    told = [f"Par virement avant le {short_date(sale.due_on)}, en rappelant la référence {sale.number}."]
    if company.iban:
        grouped = NO_BREAK.join(company.iban.replace(" ", "")[at : at + 4] for at in range(0, len(company.iban), 4))
        told.append(f"IBAN{NO_BREAK}: {grouped.strip()}" + (f" – BIC{NO_BREAK}: {company.bic}" if company.bic else ""))
    return told


def _agreement(sale: Sale) -> list[str]:
    if sale.kind != "quote":
        return []
    return [
        f"Devis gratuit, valable jusqu’au {short_date(sale.due_on)}.",
        "À signer sur votre espace client, ou à nous renvoyer daté et signé.",
    ]


def _mentions(sale: Sale) -> list[str]:
    if sale.kind == "quote":
        return ["TVA au taux en vigueur le jour de la facturation. Prix fermes pendant la durée de validité."]
    return [text for _, text in facturx.LEGAL_NOTES] + ["TVA acquittée sur les débits."]
