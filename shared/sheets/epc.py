"""The square code that fills in a bank transfer: EPC069-12, « Quick Response Code: Guidelines », version 2.1."""

from decimal import Decimal

import segno

LEAST, MOST = Decimal("0.01"), Decimal("999999999.99")
LONGEST_NAME, LONGEST_REFERENCE = 70, 140


def payload(*, holder: str, iban: str, bic: str, amount: Decimal, reference: str) -> str:
    """The text of the code: version 002 (a BIC may be left out), UTF-8, a SEPA credit transfer in euros.

    `reference` is the unstructured remittance information; what is longer than the guideline allows is cut.
    Raises ValueError for an amount that a transfer cannot carry.
    """
    if not LEAST <= amount <= MOST:
        raise ValueError("an EPC code carries from 0.01 to 999,999,999.99 euros")
    told = " ".join(reference.split())[:LONGEST_REFERENCE]
    name = " ".join(holder.split())[:LONGEST_NAME]
    lines = ("BCD", "002", "1", "SCT", bic, name, iban, f"EUR{amount:.2f}", "", "", told)
    return "\n".join(lines)


def code(text: str) -> segno.QRCode:
    """Error correction M, and version 13 at most, as the guideline says."""
    return segno.make(text, error="m", micro=False, boost_error=False, encoding="utf-8")


def image_address(text: str) -> str:
    """The code as the address of an image of its own, in SVG, with the margin of four modules that readers want."""
    return code(text).svg_data_uri(border=4, light="white", omitsize=True)
