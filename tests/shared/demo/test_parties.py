"""The demo's people: complete, plausible, and nobody's."""

import time
from datetime import date

from stdnum import iban
from stdnum.fr import siret, tva

from shared.demo.documents import (
    contract_facts,
    contract_pdf,
    credit_facts,
    invoice_pdf,
    payslip_facts,
    payslip_pdf,
    quote_pdf,
    sale_facts,
)
from shared.demo.parties import BOUNCING, COMPANY, demo_parties, demo_party


def test_who_there_is() -> None:
    parties = demo_parties()
    families = [party.family for party in parties]
    assert (families.count("customers"), families.count("employees"), families.count("suppliers")) == (40, 12, 3)
    assert len({(party.family, party.code) for party in parties}) == 55
    assert demo_party("customers", "4").name == "Ma jolie boutique"
    assert sum(BOUNCING in party.cells.values() for party in parties) == 1
    assert all(set(party.cells) <= {"card", "quote", "billing", "reminder"} for party in parties)
    addresses = [address for party in parties for address in party.cells.values()]
    addresses += [contact.email for party in parties for contact in party.contacts]
    assert all(address.endswith(".example") and address.isascii() for address in addresses)


def test_numbers_pass_their_checksums() -> None:
    for party in demo_parties():
        assert bool(party.siret) == (party.is_business)
        if party.siret:
            siret.validate(party.siret)
            assert tva.validate(party.vat)[2:] == party.siret[:9]
    siret.validate(COMPANY.siret)
    assert iban.is_valid(COMPANY.iban)


def test_facts_depend_on_the_seed_alone() -> None:
    shop = demo_party("customers", "4")
    one, two = (sale_facts("invoice", party=shop, number="F-1", issued_on=date(2026, 1, 5)) for _ in range(2))
    assert one == two and invoice_pdf(one) == invoice_pdf(two)
    assert one.lines != sale_facts("invoice", party=shop, number="F-2", issued_on=date(2026, 1, 5)).lines
    credit = credit_facts(one, number="AV-1", issued_on=date(2026, 2, 1))
    assert credit.total <= one.total and credit.corrected_number == "F-1"


def test_documents_come_quickly() -> None:
    shop, worker = demo_party("customers", "4"), demo_party("employees", "E001").employee
    assert worker is not None
    invoice_pdf(sale_facts("invoice", party=shop, number="F-0", issued_on=date(2026, 1, 5)))
    began = time.process_time()
    for rank in range(5):
        day = date(2026, 1 + rank, 5)
        invoice_pdf(sale_facts("invoice", party=shop, number=f"F-{rank}", issued_on=day))
        quote_pdf(sale_facts("quote", party=shop, number=f"D-{rank}", issued_on=day))
        payslip_pdf(payslip_facts(worker, day))
        contract_pdf(contract_facts(worker, made_on=day, amendment=True))
    assert 20 / (time.process_time() - began) >= 4, "documents in a second of processor"
