"""What each sheet says, and what each must carry."""

from datetime import date
from decimal import Decimal

import facturx as reference
import pytest
from lxml import etree

from shared.demo.documents import contract_facts, payslip_facts
from shared.documents.inspecting import inspect
from shared.documents.previewing import page_text
from shared.intake.facturx import read_facturx
from shared.sheets.agreeing import make_contract
from shared.sheets.amounts import euros, long_date, number, percent, quantity
from shared.sheets.facts import Line
from shared.sheets.facturx import declare, invoice_xml
from shared.sheets.paying import compute, make_payslip
from shared.sheets.qr import qr_svg
from shared.sheets.selling import make_sale
from shared.sheets.writing import make_letter
from tests.shared.sheets.facts import employee, letter, opened, sale


def words(pdf: bytes, page: int = 0) -> str:
    return " ".join(page_text(pdf, page).split()).replace("\u202f", " ").replace("\u00a0", " ")


def test_totals_are_rounded_once_for_each_rate() -> None:
    facts = sale()
    assert facts.taxes == [
        (Decimal(20), Decimal("1134.00"), Decimal("226.80")),
        (Decimal(10), Decimal("261.00"), Decimal("26.10")),
        (Decimal("5.5"), Decimal("25.20"), Decimal("1.39")),
    ]
    assert (facts.net, facts.tax, facts.total, facts.due) == tuple(
        map(Decimal, ("1420.20", "254.29", "1674.49", "1474.49"))
    )


@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_the_xml_passes_the_schema_and_comes_back(kind: str) -> None:
    facts = sale(kind=kind, corrected_number="F-2026-0001" if kind == "credit_note" else "", note="Merci & à bientôt")
    pdf = make_sale(facts)
    name, xml = reference.get_xml_from_pdf(pdf, check_xsd=True)
    assert name == "factur-x.xml" and xml == invoice_xml(facts)
    assert reference.get_level(etree.fromstring(xml)) == "en16931"
    seen = read_facturx(pdf)
    assert seen is not None
    assert (seen.kind, seen.number, seen.total, seen.due) == (kind, facts.number, facts.total, facts.due)
    assert (seen.profile, seen.order_reference, seen.due_on) == ("EN 16931", "PO445", facts.due_on)
    assert (seen.buyer.vat, seen.buyer.siret, seen.buyer.identifier) == (facts.customer.vat, facts.customer.siret, "4")
    assert seen.seller.siren == facts.company.siren


def test_the_metadata_declare_facturx_and_stay_archivable() -> None:
    pdf = opened(make_sale(sale()))
    metadata = pdf.open_metadata()
    fx = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
    assert metadata[f"{fx}DocumentFileName"] == "factur-x.xml"
    assert metadata[f"{fx}ConformanceLevel"] == "EN 16931"
    assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert "/Filter" not in pdf.Root.Metadata
    assert pdf.Root.AF[0].AFRelationship == "/Alternative"
    with pytest.raises(ValueError):
        declare(make_sale(sale(kind="quote"))[:-1].replace(b"rdf", b"xxx") + b"\n")


def test_an_invoice_says_what_the_law_wants() -> None:
    text = words(make_sale(sale()))
    for said in (
        "Facture F-2026-0412", "03/12/2026", "Ma jolie boutique", "FR19787878784", "787 878 784 00034", "1 474,49 €",
        "226,80 €", "5,5 %", "Indemnité forfaitaire", "Pénalités de retard", "escompte", "RCS Lyon", "IBAN", "PO445",
        "Laiton & lin <32 cm>",
    ):  # fmt: skip
        assert said in text, said


def test_a_quote_leaves_room_to_sign() -> None:
    pdf = make_sale(sale(kind="quote", number="D-12", prepaid=Decimal(0)))
    text = words(pdf)
    assert "Devis D-12" in text and "Bon pour accord" in text and "Valable jusqu’au 03/12/2026" in text
    assert not opened(pdf).attachments
    with pytest.raises(ValueError):
        invoice_xml(sale(kind="quote"))


def test_a_long_invoice_repeats_its_header() -> None:
    lines = tuple(Line(f"Article {rank}", Decimal(1), Decimal(10)) for rank in range(60))
    pdf = make_sale(sale(lines=lines, prepaid=Decimal(0)))
    assert len(opened(pdf).pages) == 3 or len(opened(pdf).pages) == 2
    assert "Désignation" in words(pdf, 1) and "2 / " in words(pdf, 1)


def test_payslip_adds_up_and_holds_no_number_of_social_security() -> None:
    slip = payslip_facts(employee(), date(2026, 12, 15))
    sums = compute(slip)
    assert sums.gross == sums.base + sums.overtime + slip.bonus
    assert sums.paid == sums.gross - sums.employee - sums.tax
    assert sums.taxable == sums.gross - sums.employee + sums.not_deductible
    text = words(make_payslip(slip))
    for said in (
        "Bulletin de paie",
        "01/12/2026 – 31/12/2026",
        "E001",
        "Montant net social",
        "sans limitation de durée",
    ):
        assert said in text, said
    assert euros(sums.paid).replace("\u202f", " ").replace("\u00a0", " ") in text
    assert "sécurité sociale :" not in text.lower() and "•••" not in inspect(make_payslip(slip), "b.pdf").text


def test_a_rectified_payslip_says_so() -> None:
    assert "rectifié" in words(make_payslip(payslip_facts(employee(), date(2026, 9, 1), rectified=True)))


def test_contract_ends_with_both_signatures_on_one_page() -> None:
    pdf = make_contract(contract_facts(employee()))
    last = words(pdf, len(opened(pdf).pages) - 1)
    assert "Pour Atelier Lumen" in last and "Lu et approuvé" in last and "Fait à Lyon" in last


def test_letter_hands_over_an_access() -> None:
    facts = letter(secret="kX7h-Pq2m-Wz9t", link="https://portail.example/a/abc", expires_on=date(2026, 12, 6))
    pdf = make_letter(facts)
    text = words(pdf)
    for said in ("kX7h-Pq2m-Wz9t", "Identifiant 4", "6 décembre 2026", "35 rue de la République", "Code d’activation"):
        assert said in text, said
    assert "Code d’activation" not in words(make_letter(letter()))


def test_every_sheet_passes_our_own_inspection() -> None:
    for pdf in (make_sale(sale()), make_payslip(payslip_facts(employee(), date(2026, 1, 1))), make_letter(letter())):
        assert inspect(pdf, "a.pdf").warnings == ()


def test_numbers_as_the_french_write_them() -> None:
    assert number(Decimal("-1234567.5")) == "−1\u202f234\u202f567,50"
    assert euros(Decimal("0.005")) == "0,01\u00a0€"
    assert (percent(Decimal("5.50")), percent(Decimal(20))) == ("5,5\u00a0%", "20\u00a0%")
    assert (quantity(Decimal("3.00")), quantity(Decimal("2.50"))) == ("3", "2,5")
    assert long_date(date(2026, 11, 1)) == "1er\u00a0novembre 2026"


def test_qr_is_a_drawing_without_script() -> None:
    svg = qr_svg("https://portail.example/é")
    assert svg.startswith("<svg") and "script" not in svg and "viewBox" in svg
