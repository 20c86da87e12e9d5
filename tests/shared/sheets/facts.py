"""Small facts for the tests of sheets."""

import io
from datetime import date
from decimal import Decimal

import pikepdf

from shared.demo.parties import COMPANY, demo_party
from shared.sheets.facts import Employee, Letter, Line, Sale


def sale(**changes: object) -> Sale:
    facts: dict[str, object] = {
        "kind": "invoice",
        "number": "F-2026-0412",
        "issued_on": date(2026, 11, 3),
        "due_on": date(2026, 12, 3),
        "company": COMPANY,
        "customer": demo_party("customers", "4").addressee,
        "lines": (
            Line("Suspension « Aube »", Decimal(6), Decimal("189"), detail="Laiton & lin <32 cm>"),
            Line("Pose", Decimal("4.5"), Decimal("58"), Decimal(10), "heure"),
            Line("Guide", Decimal(6), Decimal("4.20"), Decimal("5.5")),
        ),
        "order_reference": "PO445",
        "prepaid": Decimal(200),
    }
    return Sale(**{**facts, **changes})  # type: ignore[arg-type]


def employee() -> Employee:
    found = demo_party("employees", "E001").employee
    assert found is not None
    return found


def letter(**changes: object) -> Letter:
    facts: dict[str, object] = {
        "company": COMPANY,
        "recipient": demo_party("customers", "4").addressee,
        "portal": "https://portail.atelier-lumen.example",
        "identifier": "4",
        "written_on": date(2026, 11, 22),
    }
    return Letter(**{**facts, **changes})  # type: ignore[arg-type]


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))
