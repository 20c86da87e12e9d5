"""« Ma jolie boutique », customer 4, and the invoice by which the story is told."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from shared.config import config
from shared.demo.documents import invoice_pdf
from shared.demo.logins import SHOP
from shared.demo.parties import COMPANY, DemoParty, demo_party
from shared.sheets.facts import Line, Sale

NUMBER, TOTAL, DUE = "FA-2017-0010", "671,15 €", "13/12/2017"
NEW_BILLING = "facturation@ma-jolie-boutique.example"


def the_shop() -> DemoParty:
    """Its card."""
    return demo_party("customers", SHOP)


def the_invoice() -> bytes:
    """A Factur-X invoice of 671,15 €, whose file names its buyer by SIRET and VAT number alone."""
    lines = (
        Line("Bougeoir « Lueur »", Decimal(9), Decimal("9.10"), Decimal(20), detail="Laiton poli, pour revente"),
        Line("Livre « La lumière chez soi »", Decimal(30), Decimal("18.10"), Decimal("5.5"), detail="Relié, 128 pages"),
    )
    sale = Sale(
        kind="invoice",
        number=NUMBER,
        issued_on=date(2017, 11, 13),
        due_on=date(2017, 12, 13),
        company=COMPANY,
        customer=the_shop().addressee,
        lines=lines,
        subject="Réassort de la boutique",
    )
    return invoice_pdf(sale)


def invoice_file() -> Path:
    """The same invoice where a person can take it to drop it on the explorer."""
    path = config().var / "demo" / f"{NUMBER}.pdf"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(the_invoice())
    return path
