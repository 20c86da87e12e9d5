"""The electronic invoice or order that a PDF may carry."""

import logging
from typing import Any

from lxml import etree

from shared.documents.sandboxed.reject import Reject

XML_MAX = 5_000_000  # bytes; a thousand-line invoice takes one
NAMES = {"factur-x.xml", "order-x.xml", "xrechnung.xml", "zugferd-invoice.xml"}
ROOTS = {"CrossIndustryDocument", "CrossIndustryInvoice", "SCRDMCCBDACIOMessageStructure"}

logging.getLogger("factur-x").setLevel(logging.CRITICAL)


def is_welcome(name: str, content: bytes) -> bool:
    """True for the XML of an electronic invoice or order under one of its names."""
    if name.lower() not in NAMES or len(content) > XML_MAX or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return False
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.QName(etree.fromstring(content, parser)).localname in ROOTS
    except (etree.XMLSyntaxError, ValueError):
        return False


def extract(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The XML of the invoice, empty when there is none that can be trusted."""
    from facturx import get_xml_from_pdf  # takes a second to import, and most files never need it

    try:
        name, content = get_xml_from_pdf(data, check_xsd=False, filenames=sorted(NAMES))
    except Exception as error:
        raise Reject("unreadable") from error
    if not name or not is_welcome(name, content):
        return {"name": None}, b""
    return {"name": name}, content
