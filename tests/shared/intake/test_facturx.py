"""Reading electronic invoices, honest and hostile."""

from datetime import date
from decimal import Decimal

import pytest

from shared.intake.facturx import checked_siren, checked_siret, checked_vat, read_facturx, read_xml
from tests.shared.documents import corpus
from tests.shared.intake.invoice_xml import HEAD, xml


def test_facts_of_an_invoice() -> None:
    seen = read_xml(xml())
    assert seen is not None
    assert (seen.number, seen.kind, seen.issued_on, seen.due_on) == (
        "FA-2026-0010",
        "invoice",
        date(2026, 11, 13),
        date(2026, 12, 13),
    )
    assert (seen.total, seen.due, seen.net, seen.tax) == tuple(map(Decimal, ("671.15", "470.15", "624.90", "46.25")))
    assert (seen.currency, seen.profile, seen.order_reference) == ("EUR", "BASIC WL", "PO445")
    buyer = seen.buyer
    assert (buyer.name, buyer.identifier, buyer.vat) == ("Ma jolie boutique", "4", "FR19787878784")
    assert (buyer.siret, buyer.siren) == ("55210055400013", "552100554")
    assert (buyer.address, buyer.postcode, buyer.city) == ("35 rue de la République\nBâtiment B", "69001", "Lyon")
    assert seen.seller.name == "Au bon moulin" and seen.seller.vat is None


def test_it_is_read_from_the_pdf() -> None:
    seen = read_facturx(corpus.pdf(corpus.with_attachment("factur-x.xml", xml())))
    assert seen is not None and seen.number == "FA-2026-0010"
    assert seen.xml == xml()


def test_credit_note() -> None:
    seen = read_xml(xml(code="<ram:TypeCode>380=><ram:TypeCode>381"))
    assert seen is not None and seen.kind == "credit_note" and seen.total > 0


def test_minimum_says_less() -> None:
    start, _, rest = xml().decode().partition("<ram:SpecifiedTradePaymentTerms>")
    bare = start + rest.partition("</ram:SpecifiedTradePaymentTerms>")[2]
    seen = read_xml(bare.replace("basicwl", "minimum").encode())
    assert seen is not None and seen.profile == "MINIMUM" and seen.due_on is None and seen.iban is None


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><r>&d;</r>'
)
OUTSIDE = xml().replace(
    b'encoding="UTF-8"?>', b'encoding="UTF-8"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
)
HOSTILE = {
    "nothing": b"",
    "not xml": b"Bonjour",
    "cut": xml()[:900],
    "growing entities": ENTITIES,
    "outside entity": OUTSIDE.replace(b"FA-2026-0010", b"&x;"),
    "entities in UTF-16": ENTITIES.decode().replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"),
    "huge": HEAD.encode() + b"<x>" + b" " * 6_000_000 + b"</x></rsm:CrossIndustryInvoice>",
    "deep": HEAD.encode() + b"<x>" * 100_000,
    "another vocabulary": b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>',
    "no number": xml(a="<ram:ID>FA-2026-0010</ram:ID>=>"),
    "unknown type": xml(a="<ram:TypeCode>380=><ram:TypeCode>999"),
    "impossible date": xml(a="20261113=>20261399"),
    "no total": xml(a="<ram:GrandTotalAmount>671.15=><ram:GrandTotalAmount>beaucoup"),
    "infinite total": xml(a="<ram:GrandTotalAmount>671.15=><ram:GrandTotalAmount>Infinity"),
    "astronomical total": xml(a="<ram:GrandTotalAmount>671.15=><ram:GrandTotalAmount>1e999999"),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_cannot_be_trusted_is_unreadable(data: bytes) -> None:
    assert read_xml(data) is None


@pytest.mark.parametrize("data", [ENTITIES, OUTSIDE, b"<x/>"], ids=["growing", "outside", "other"])
def test_hostile_xml_inside_a_pdf(data: bytes) -> None:
    assert read_facturx(corpus.pdf(corpus.with_attachment("factur-x.xml", data))) is None


def test_pdfs_without_invoice() -> None:
    for data in (corpus.pdf(), b"", b"%PDF-1.4", corpus.pdf()[:200], corpus.small_bomb()):
        assert read_facturx(data) is None


def test_wrong_numbers_are_left_out() -> None:
    seen = read_xml(xml(vat="FR 19 787878784=>FR 20 787878784", siret="552 100 554 00013=>787 878 784 00035"))
    assert seen is not None
    assert (seen.buyer.vat, seen.buyer.siret, seen.buyer.siren) == (None, None, "787878784")
    assert checked_vat("be0428759497") == "BE0428759497"
    assert checked_vat("FR00") is None and checked_vat("") is None
    assert checked_siret("55210055400013") and checked_siret("55210055400014") is None
    assert checked_siren("552 100 554") == "552100554"


def test_marks_that_hide_are_taken_out() -> None:
    seen = read_xml(xml(name="Ma jolie=>Ma \u202ejolie"))
    assert seen is not None and seen.buyer.name == "Ma jolie boutique"
