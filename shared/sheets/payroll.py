"""Batches as payroll programs print them: one PDF of many payslips, in the manner of three (invented) programs.

For demonstrations, tests and measures. Unlike our own payslips they bear a social security number, as real ones do:
an invented one, that Guichet must never keep.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from shared.sheets.amounts import month as month_words
from shared.sheets.amounts import short_date
from shared.sheets.facts import Company
from shared.sheets.making import make_sheet
from shared.sheets.selling import spaced_siret

Program = Literal["sillage", "ardoise", "cadence"]

FEET: dict[Program, str] = {
    "sillage": "Édité par Sillage Paie 14.2 – à conserver sans limitation de durée",
    "ardoise": "Ardoise RH, gestion de la paie – à conserver sans limitation de durée",
    "cadence": "Cadence Social 2026 – à conserver sans limitation de durée",
}

LINES = (
    "Salaire de base", "Heures supplémentaires à 125 %", "Prime d’ancienneté", "Indemnité de panier",
    "Sécurité sociale plafonnée", "Sécurité sociale déplafonnée", "Complémentaire tranche 1", "Allocations familiales",
    "Assurance chômage", "CSG déductible", "CSG et CRDS non déductibles", "Prévoyance", "Mutuelle",
)  # fmt: skip


@dataclass(frozen=True)
class PayrollSlip:
    """One payslip of a batch; `nir` is printed as it is given, `note` beside the title."""

    matricule: str
    name: str
    month: date
    pages: int = 1
    nir: str = "1 85 05 78 006 048 22"
    street: str = "12 rue de la Soierie, 69001 Lyon"
    job: str = "Monteur"
    note: str = ""
    gross: int = 2300  # euros


def make_batch(program: Program, company: Company, slips: Sequence[PayrollSlip]) -> bytes:
    """The PDF that this program would print; the same payslips give the same bytes."""
    last = max((slip.month for slip in slips), default=date(2026, 1, 1))
    told = {
        "title": f"Bulletins {month_words(last)}",
        "program": program,
        "layout": program,
        "foot": FEET[program],
        "company": {
            "name": company.name,
            "address": f"{', '.join(company.address)}, {company.postcode} {company.city}",
            "siret": spaced_siret(company.siret),
        },
        "slips": [_told(slip) for slip in slips],
    }
    return make_sheet("payroll", told, standard=None, made_at=datetime.combine(last, time(18), UTC))


def _told(slip: PayrollSlip) -> dict[str, Any]:
    first = slip.month.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return {
        "matricule": slip.matricule,
        "name": slip.name,
        "nir": slip.nir,
        "street": slip.street,
        "job": slip.job,
        "note": slip.note,
        "pages": slip.pages,
        "first": short_date(first),
        "last": short_date(last),
        "month": month_words(first),
        "net": f"{slip.gross * 0.78:.2f} €".replace(".", ","),
        "rows": [_rows(slip, page) for page in range(slip.pages)],
    }


def _rows(slip: PayrollSlip, page: int) -> list[list[str]]:
    rate = (2.5, 4.0, 6.9, 9.2)
    return [
        [
            label,
            f"{slip.gross}",
            f"{rate[(place + page) % 4]:.2f}",
            f"{slip.gross * rate[(place + page) % 4] / 100:.2f}",
        ]
        for place, label in enumerate(LINES)
    ]
