"""Payslips: a believable calculation for demonstrations and tests, not a payroll engine.

Rates: those of a small company of the general scheme in 2026, rounded; the ceiling is the monthly one of 2026.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from shared.sheets.amounts import cents, euros, long_date, month, number, percent, short_date
from shared.sheets.facts import Payslip
from shared.sheets.making import make_sheet
from shared.sheets.selling import company_data, spaced_siret

CEILING = Decimal("4005")
CSG_SHARE = Decimal("0.9825")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Rate:
    """One contribution: percent of the employee and of the employer on `base`: gross, capped, above or csg."""

    label: str
    base: str
    employee: str
    employer: str


GROUPS: tuple[tuple[str, tuple[Rate, ...]], ...] = (
    (
        "Santé",
        (
            Rate("Sécurité sociale – maladie, maternité, invalidité, décès", "gross", "0", "7"),
            Rate("Complémentaire santé et prévoyance", "gross", "0.9", "1.1"),
        ),
    ),
    ("Accidents du travail – maladies professionnelles", (Rate("Accidents du travail", "gross", "0", "2.1"),)),
    (
        "Retraite",
        (
            Rate("Sécurité sociale plafonnée", "capped", "6.9", "8.55"),
            Rate("Sécurité sociale déplafonnée", "gross", "0.4", "2.11"),
            Rate("Complémentaire, tranche 1", "capped", "4.01", "6.01"),
            Rate("Complémentaire, tranche 2", "above", "9.72", "14.57"),
        ),
    ),
    ("Famille", (Rate("Allocations familiales", "gross", "0", "3.45"),)),
    ("Assurance chômage", (Rate("Chômage", "gross", "0", "4"),)),
    (
        "Autres contributions dues par l’employeur",
        (Rate("Formation et logement", "gross", "0", "1.25"),),
    ),
    (
        "CSG",
        (
            Rate("CSG déductible de l’impôt sur le revenu", "csg", "6.8", "0"),
            Rate("CSG et CRDS non déductibles", "csg", "2.9", "0"),
        ),
    ),
)


@dataclass(frozen=True)
class Computed:
    """The amounts of a month; `social_net` is the « montant net social »."""

    base: Decimal
    overtime: Decimal
    gross: Decimal
    employee: Decimal
    employer: Decimal
    not_deductible: Decimal
    taxable: Decimal
    tax: Decimal

    @property
    def net(self) -> Decimal:
        return self.gross - self.employee

    @property
    def social_net(self) -> Decimal:
        return self.net

    @property
    def paid(self) -> Decimal:
        return self.net - self.tax


def make_payslip(slip: Payslip) -> bytes:
    """The PDF/A-3 of that payslip; the same facts give the same bytes. It never holds a social security number."""
    made_at = datetime.combine(slip.last_day, time(18), UTC)
    return make_sheet("payslip", _told(slip, compute(slip)), made_at=made_at)


def compute(slip: Payslip) -> Computed:
    """Gross, contributions, tax and net of the month."""
    employee = slip.employee
    base = employee.monthly_gross
    overtime = cents(slip.overtime * employee.monthly_gross / employee.hours * Decimal("1.25"))
    gross = base + overtime + slip.bonus
    shares = [_shares(rate, gross) for _, rates in GROUPS for rate in rates]
    withheld = sum((mine for mine, _ in shares), ZERO)
    not_deductible = shares[-1][0]
    taxable = gross - withheld + not_deductible
    return Computed(
        base=base,
        overtime=overtime,
        gross=gross,
        employee=withheld,
        employer=sum((theirs for _, theirs in shares), ZERO),
        not_deductible=not_deductible,
        taxable=taxable,
        tax=cents(taxable * employee.tax_rate / 100),
    )


def _base(kind: str, gross: Decimal) -> Decimal:
    capped = min(gross, CEILING)
    return {"gross": gross, "capped": capped, "above": gross - capped, "csg": cents(gross * CSG_SHARE)}[kind]


def _shares(rate: Rate, gross: Decimal) -> tuple[Decimal, Decimal]:
    base = _base(rate.base, gross)
    return cents(base * Decimal(rate.employee) / 100), cents(base * Decimal(rate.employer) / 100)


def _told(slip: Payslip, sums: Computed) -> dict[str, Any]:
    company, employee = slip.company, slip.employee
    return {
        "title": f"Bulletin de paie – {employee.name} – {month(slip.month)}",
        "words": {
            "title": "Bulletin de paie",
            "period": f"{short_date(slip.first_day)} – {short_date(slip.last_day)}",
            "rectified": "Bulletin rectifié : annule et remplace le précédent" if slip.rectified else "",
        },
        "company": company_data(company),
        "employer": [
            ["Employeur", company.name],
            ["Adresse", f"{', '.join(company.address)}, {company.postcode} {company.city}"],
            ["SIRET", spaced_siret(company.siret)],
            ["Code APE", company.activity_code or "–"],
            ["Cotisations", "Urssaf Rhône-Alpes"],
        ],
        "employee": {
            "name": f"{employee.civility} {employee.name}",
            "lines": [*employee.address, f"{employee.postcode} {employee.city}"],
        },
        "job": [
            ["Matricule", employee.code],
            ["Emploi", f"{employee.job} – {employee.classification}"],
            ["Entrée", long_date(employee.hired_on)],
            ["Convention collective", "Métallurgie (IDCC 3248)"],
            ["Payé le", f"{long_date(slip.last_day)}, par virement"],
        ],
        "rows": _rows(slip, sums),
        "counts": _counts(slip, sums),
        "nets": [
            ["Montant net social", euros(sums.social_net)],
            ["Net à payer avant impôt", euros(sums.net)],
            ["Net imposable", euros(sums.taxable)],
            [f"Impôt prélevé à la source ({percent(employee.tax_rate)})", euros(-sums.tax)],
        ],
        "paid": ["Net payé", euros(sums.paid)],
        "mentions": [
            "Dans votre intérêt et pour vous aider à faire valoir vos droits, conservez ce bulletin de paie sans"
            " limitation de durée.",
            "Informations complémentaires : www.service-public.gouv.fr, rubrique « cotisations sociales ».",
        ],
    }


def _rows(slip: Payslip, sums: Computed) -> list[dict[str, Any]]:
    employee = slip.employee
    rows = [_row("line", "Salaire de base", number(employee.hours), "", euros(sums.base))]
    if sums.overtime:
        rows.append(_row("line", "Heures supplémentaires à 125 %", number(slip.overtime), "", euros(sums.overtime)))
    if slip.bonus:
        rows.append(_row("line", "Prime exceptionnelle", "", "", euros(slip.bonus)))
    rows.append(_row("total", "Salaire brut", "", "", euros(sums.gross)))
    for title, rates in GROUPS:
        shown = [rate for rate in rates if _base(rate.base, sums.gross)]
        if shown:
            rows.append(_row("title", title))
        for rate in shown:
            mine, theirs = _shares(rate, sums.gross)
            share = percent(Decimal(rate.employee)) if mine else ""
            rows.append(_row("line", rate.label, number(_base(rate.base, sums.gross)), share, _sum(mine), _sum(theirs)))
    rows.append(
        _row("total", "Total des cotisations et contributions", "", "", _sum(sums.employee), _sum(sums.employer))
    )
    return rows


def _sum(amount: Decimal) -> str:
    return number(amount) if amount else ""


def _row(kind: str, *cells: str) -> dict[str, Any]:
    return {"kind": kind, "cells": [*cells, *[""] * (5 - len(cells))]}


def _counts(slip: Payslip, sums: Computed) -> list[list[str]]:
    months = slip.month.month
    return [
        ["Heures", number(slip.employee.hours + slip.overtime), number(slip.employee.hours * months + slip.overtime)],
        ["Brut", number(sums.gross), number(slip.employee.monthly_gross * (months - 1) + sums.gross)],
        ["Congés acquis (jours)", number(Decimal("2.08")), number(Decimal("2.08") * months)],
        ["Congés pris (jours)", number(slip.leave_taken), ""],
        ["Coût total pour l’employeur", number(sums.gross + sums.employer), ""],
    ]
