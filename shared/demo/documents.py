"""Believable documents of Atelier Lumen: the same facts give the same bytes, and the same seed the same facts."""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from shared.demo import clauses
from shared.demo.parties import COMPANY, DemoParty
from shared.sheets.agreeing import make_contract
from shared.sheets.facts import Contract, Employee, Line, Payslip, Sale
from shared.sheets.paying import make_payslip
from shared.sheets.selling import make_sale

SEED = "guichet"

# Label, detail, price before tax, VAT rate, unit, largest quantity.
CATALOGUE = (
    ("Suspension « Aube »", "Laiton brossé, diamètre 32 cm, câble textile 2 m", "189", "20", "pièce", 8),
    ("Applique « Éclipse »", "Acier laqué noir, orientable, douille E14", "124.50", "20", "pièce", 10),
    ("Lampadaire « Roseau »", "Laiton et lin, hauteur 168 cm", "346", "20", "pièce", 3),
    ("Lampe de bureau « Copiste »", "Bras articulé, socle en chêne", "158", "20", "pièce", 6),
    ("Plafonnier « Nébuleuse »", "Verre soufflé, 5 globes", "612", "20", "pièce", 2),
    ("Rail « Fil droit » 2 m", "Avec quatre projecteurs à DEL 2 700 K", "274", "20", "pièce", 5),
    ("Ampoules à DEL E27, 2 700 K", "Boîte de 6", "38.40", "20", "pièce", 12),
    ("Étude d’éclairage", "Relevé, plan d’implantation et calcul des niveaux", "480", "20", "pièce", 1),
    ("Pose et raccordement sur site", "Par un électricien habilité", "58", "10", "heure", 14),
    ("Restauration d’un luminaire ancien", "Démontage, nettoyage, recâblage aux normes", "215", "20", "pièce", 3),
    ("Déplacement", "Aller et retour, Lyon et sa région", "45", "10", "pièce", 2),
    ("Guide d’entretien imprimé", "", "4.20", "5.5", "pièce", 10),
)
SUBJECTS = (
    "Éclairage de l’accueil", "Rénovation de la salle", "Remplacement des appliques", "Mise en lumière de la vitrine",
    "Réassort", "Aménagement des bureaux", "Éclairage de la terrasse",
)  # fmt: skip


def sale_facts(
    kind: str, *, party: DemoParty, number: str, issued_on: date, days: int = 30, subject: str | None = None
) -> Sale:
    """An invoice or a quote of two to five lines for that customer, drawn from its kind and number.

    `kind` is `invoice` or `quote`; see `credit_facts` for the third. Raises ValueError for another word.
    """
    if kind not in ("invoice", "quote"):
        raise ValueError(f"no sale of kind {kind!r}")
    draw = random.Random(f"{SEED} {kind} {number} {party.code}")
    chosen = draw.sample(CATALOGUE, draw.randint(2, 5))
    return Sale(
        kind="invoice" if kind == "invoice" else "quote",
        number=number,
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=days),
        company=COMPANY,
        customer=party.addressee,
        lines=tuple(_line(draw, *row) for row in chosen),
        subject=draw.choice(SUBJECTS) if subject is None else subject,
        order_reference=f"BC-{draw.randint(1000, 9999)}" if party.is_business and draw.random() < 0.6 else "",
    )


def credit_facts(invoice: Sale, *, number: str, issued_on: date) -> Sale:
    """A credit note for the first line of that invoice."""
    return replace(
        invoice,
        kind="credit_note",
        number=number,
        issued_on=issued_on,
        due_on=issued_on,
        lines=invoice.lines[:1],
        subject="Retour de marchandise",
        corrected_number=invoice.number,
        corrected_on=invoice.issued_on,
        prepaid=Decimal(0),
    )


def payslip_facts(employee: Employee, month: date, *, rectified: bool = False) -> Payslip:
    """The month of that employee: a bonus in December, some overtime, leave in summer."""
    draw = random.Random(f"{SEED} {employee.code} {month:%Y-%m}")
    return Payslip(
        company=COMPANY,
        employee=employee,
        month=month.replace(day=1),
        bonus=Decimal(400 if month.month == 12 else 0),
        overtime=Decimal(draw.choice((0, 0, 0, 2, 4))) + (2 if rectified else 0),
        leave_taken=Decimal(draw.choice((5, 10)) if month.month in (7, 8) else draw.choice((0, 0, 1))),
        rectified=rectified,
    )


def contract_facts(employee: Employee, *, amendment: bool = False, made_on: date | None = None) -> Contract:
    """The contract of that employee, or an amendment about remote work."""
    return Contract(
        title="Avenant au contrat de travail" if amendment else "Contrat de travail à durée indéterminée",
        reference=f"{'Avenant' if amendment else 'Contrat'} {employee.code}",
        company=COMPANY,
        other_name=f"{employee.civility} {employee.name}",
        other_lines=(f"{', '.join(employee.address)}, {employee.postcode} {employee.city}",),
        other_role="la salariée" if employee.civility == "Mme" else "le salarié",
        company_role="l’employeur",
        articles=clauses.remote_work() if amendment else clauses.hiring(employee),
        made_on=made_on or employee.hired_on,
        made_at=COMPANY.city,
    )


def invoice_pdf(facts: Sale) -> bytes:
    """The PDF/A-3 of an invoice or credit note, with its Factur-X file."""
    return make_sale(facts)


def quote_pdf(facts: Sale) -> bytes:
    """The PDF/A-3 of a quote."""
    return make_sale(facts)


def payslip_pdf(facts: Payslip) -> bytes:
    """The PDF/A-3 of a payslip."""
    return make_payslip(facts)


def contract_pdf(facts: Contract) -> bytes:
    """The PDF/A-3 of a contract."""
    return make_contract(facts)


def _line(draw: random.Random, label: str, detail: str, price: str, rate: str, unit: str, most: int) -> Line:
    quantity = Decimal(draw.randint(1, most))
    if unit == "heure" and draw.random() < 0.5:
        quantity += Decimal("0.5")
    return Line(label, quantity, Decimal(price), Decimal(rate), unit, detail)
