"""Contracts."""

from datetime import UTC, datetime, time

from shared.sheets.amounts import NO_BREAK, long_date
from shared.sheets.facts import Contract
from shared.sheets.making import make_sheet
from shared.sheets.selling import company_data


def make_contract(contract: Contract) -> bytes:
    """The PDF/A-3 of that contract; its last page keeps room for both signatures."""
    company = contract.company
    data = {
        "title": contract.title,
        "reference": contract.reference,
        "company": company_data(company),
        "parties": [
            {
                "name": company.name,
                "lines": [
                    f"{', '.join(company.address)}, {company.postcode}{NO_BREAK}{company.city}",
                    f"Représentée par {company.signatory}" if company.signatory else "",
                ],
                "role": f"ci-après « {contract.company_role} »",
            },
            {
                "name": contract.other_name,
                "lines": list(contract.other_lines),
                "role": f"ci-après « {contract.other_role} »",
            },
        ],
        "preamble": contract.preamble or "Il a été convenu ce qui suit.",
        "articles": [{"title": one.title, "paragraphs": list(one.paragraphs)} for one in contract.articles],
        "closing": f"Fait à {contract.made_at}, le {long_date(contract.made_on)}, en un exemplaire électronique.",
        "signatures": [
            [f"Pour {company.name}", company.signatory],
            [contract.other_name, "Lu et approuvé"],
        ],
    }
    return make_sheet("contract", data, made_at=datetime.combine(contract.made_on, time(9), UTC))
