"""Which documents Atelier Lumen has put on its portal, month after month: the plan, without a byte of them.

The same first and last days give the same plan.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from shared.demo import documents
from shared.demo.bundles import Bundle
from shared.demo.logins import SHOP
from shared.demo.parties import DemoParty, demo_parties
from shared.demo.pressing import Facts as Made
from shared.documents.filing import Facts
from shared.sheets.facts import Employee, Sale

SEED = "guichet archive"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
PAID_LATELY = 365  # days of payslips that every employee has
PAID_LONG = ("E001", "E002")  # who has them all


@dataclass(frozen=True)
class Planned:
    """One document: when it was filed, whose it is, in which shipped folder, its name and what it is made from."""

    moment: datetime
    family: str
    code: str
    folder: str
    filename: str
    facts: Facts
    made: Made


def archive(first: date, last: date) -> list[Planned]:
    """Everything filed from the first day to the last, in the order in which it was."""
    customers = [party for party in demo_parties() if party.family == "customers" and party.code != SHOP]
    employees = [party for party in demo_parties() if party.employee]
    planned = [*_sales(customers, first, last), *_papers(first, last)]
    for party in employees:
        planned += _of_employee(party, first, last)
    return sorted(planned, key=lambda one: (one.moment, one.code, one.filename))


def sale_document(sale: Sale, moment: datetime, folder: str) -> Planned:
    """An invoice, a credit note or a quote as it is filed."""
    prefix = {"invoice": "FAC", "credit_note": "AV", "quote": "DEV"}[sale.kind]
    is_credit = sale.kind == "credit_note"
    facts = Facts(
        title=f"Devis {sale.number}" if sale.kind == "quote" else "",
        number=sale.number,
        issued_on=sale.issued_on,
        due_on=sale.due_on,
        amount=-sale.total if is_credit else sale.total,
        is_credit_note=is_credit,
        net=-sale.net if is_credit else sale.net,
        is_electronic=sale.kind != "quote",
    )
    filename = f"{prefix}_{sale.customer.code}_{sale.number}_{sale.issued_on:%Y-%m-%d}.pdf"
    return Planned(moment, "customers", sale.customer.code, folder, filename, facts, sale)


def _sales(customers: list[DemoParty], first: date, last: date) -> Iterator[Planned]:
    """Five invoices and a quote or two each over two years; the numbers follow the days."""
    days: list[tuple[date, str, DemoParty]] = []
    span = (last - first).days
    for party in customers:
        draw = random.Random(f"{SEED} {party.code}")
        many = max(1, round(span / 146))
        days += [(_day(first, span * (at + draw.random()) / many), "invoice", party) for at in range(many)]
        days += [(_day(first, span * draw.random()), "quote", party)]
        days += [(last - timedelta(days=draw.randint(1, 12)), "quote", party)] * (int(party.code) % 4 == 1)
    ranks: dict[tuple[str, int], int] = {}
    for day, kind, party in sorted(days, key=lambda one: (one[0], one[1], int(one[2].code))):
        rank = ranks[kind, day.year] = ranks.get((kind, day.year), 0) + 1
        number = f"{'FA' if kind == 'invoice' else 'DE'}-{day.year}-{rank:04}"
        sale = documents.sale_facts(kind, party=party, number=number, issued_on=day)
        if kind == "quote":
            to_sign = (last - day).days < 30
            yield sale_document(sale, _at(day, 10, rank), "c.quotes_to_sign" if to_sign else "c.quotes")
            continue
        yield sale_document(sale, _at(day, 9, rank), "c.invoices")
        if rank % 17 == 5 and (last - day).days > 20:
            later = day + timedelta(days=15)
            credit = documents.credit_facts(sale, number=f"AV-{day.year}-{rank:04}", issued_on=later)
            yield sale_document(credit, _at(later, 11, rank), "c.invoices")


def _of_employee(party: DemoParty, first: date, last: date) -> Iterator[Planned]:
    assert party.employee is not None
    worker, code = party.employee, party.code
    hired = max(worker.hired_on, first)
    contract = documents.contract_facts(worker)
    facts = Facts(title=f"Contrat de travail de {worker.name}", issued_on=contract.made_on)
    yield Planned(_at(hired, 8, 0), "employees", code, "e.contracts", f"CTR_{code}_CDI.pdf", facts, contract)
    since = hired if code in PAID_LONG else max(hired, last - timedelta(days=PAID_LATELY))
    yield from _payslips(code, worker, since, last)
    rank = int(code[1:])
    if rank % 3 == 0:
        made_on = last - timedelta(days=rank * 20)
        yield _amendment(code, worker, made_on, "e.amendments", hired)
    elif rank % 4 == 1:
        yield _amendment(code, worker, last - timedelta(days=3 + rank % 5), "e.to_sign", hired)


def _payslips(code: str, worker: Employee, since: date, last: date) -> Iterator[Planned]:
    month = since.replace(day=1)
    while (following := (month + timedelta(days=32)).replace(day=1)) <= last:
        title = f"Bulletin de paie {MONTHS[month.month - 1]} {month.year}"
        facts = Facts(title=title, issued_on=following - timedelta(days=1))
        slip = documents.payslip_facts(worker, month)
        filename = f"BUL_{code}_{month:%Y-%m}.pdf"
        yield Planned(_at(following, 6, int(code[1:])), "employees", code, "e.payslips", filename, facts, slip)
        month = following


def _amendment(code: str, worker: Employee, made_on: date, folder: str, hired: date) -> Planned:
    made_on = max(made_on, hired)
    contract = documents.contract_facts(worker, amendment=True, made_on=made_on)
    facts = Facts(title="Avenant : télétravail", issued_on=made_on)
    return Planned(
        _at(made_on, 14, 0), "employees", code, folder, f"CTR_{code}_avenant-teletravail.pdf", facts, contract
    )


def _papers(first: date, last: date) -> Iterator[Planned]:
    """Photographs, Word documents and archives, and what suppliers find on their portal."""
    span = (last - first).days
    for rank, (code, kind, title, words) in enumerate(_PAPERS):
        day = _day(first, span * (0.3 + 0.6 * rank / len(_PAPERS)))
        supplier = code.startswith("F")
        folder = ("s.certificates" if kind == "jpg" else "s.orders") if supplier else "c.contracts"
        yield Planned(
            _at(day, 15, rank),
            "suppliers" if supplier else "customers",
            code,
            folder,
            f"{title.replace(' : ', ' - ')}.{kind}",
            Facts(title=title, issued_on=day),
            Bundle(kind, title, words),
        )


def _day(first: date, days: float) -> date:
    return first + timedelta(days=int(days))


def _at(day: date, hour: int, rank: int) -> datetime:
    """Within that hour, in UTC; never twice the same minute for the same kind of documents of a day."""
    return datetime.combine(day, time(hour), UTC) + timedelta(minutes=rank % 60)


_CARE = (
    "Entretien annuel des luminaires : dépoussiérage, contrôle des connexions, remplacement des sources usées.",
    "Deux visites par an, sur rendez-vous, du lundi au vendredi de 8 h à 18 h.",
    "Le contrat est conclu pour un an et se renouvelle par tacite reconduction.",
)
_ORDER = ("Livraison à l’atelier, 18 rue des Fondeurs, Lyon.", "Délai convenu : quinze jours ouvrés.")
_PAPERS: tuple[tuple[str, Literal["jpg", "docx", "zip"], str, tuple[str, ...]], ...] = (
    ("1", "docx", "Contrat d’entretien", _CARE),
    ("F01", "docx", "Commande BC-2611 : laiton brossé", ("120 tubes de laiton de 12 mm, longueur 2 m.", *_ORDER)),
    ("2", "jpg", "Photo de la vitrine après la pose", ()),
    ("F02", "docx", "Commande BC-2634 : câble textile", ("600 m de câble textile deux fils, lin naturel.", *_ORDER)),
    ("3", "zip", "Photos du chantier", ("Accueil, vu de l’entrée.", "Salle de réunion.", "Escalier.")),
    ("F01", "jpg", "Attestation de vigilance", ()),
    ("5", "docx", "Contrat d’entretien", _CARE),
    ("F03", "docx", "Commande BC-2702 : cartons", ("400 caisses à double cannelure, 60 × 40 × 40 cm.", *_ORDER)),
    ("1", "jpg", "Photo de l’accueil", ()),
    ("13", "zip", "Photos de la scène", ("Projecteurs de face.", "Contre-jour.")),
    ("F02", "jpg", "Attestation de vigilance", ()),
    ("16", "docx", "Contrat d’entretien", _CARE),
)
