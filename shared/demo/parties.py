"""The invented people around Atelier Lumen: forty customers, twelve employees, three suppliers.

Numbers pass their checksums; the SIREN begin with 9999, which INSEE has given to nobody. Only « Ma jolie boutique »
keeps the number of the public Factur-X samples, so that those files find their party. Every address ends in .example.
"""

import functools
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from stdnum import luhn

from shared.demo.cast import BUSINESSES, INDIVIDUALS, PEOPLE, STAFF, STREETS, SUPPLIERS
from shared.folding import fold
from shared.sheets.facts import Addressee, Company, Employee

BOUNCING = "compta@rebond.example"
SAMPLE_SIREN = "787878784"


@dataclass(frozen=True)
class DemoContact:
    """A person at a party; `job` is what they do there."""

    civility: str
    given_name: str
    family_name: str
    email: str
    phone: str = ""
    job: str = ""


@dataclass(frozen=True)
class DemoParty:
    """A party as the loader files it; `cells` by slot: card, quote, billing, reminder."""

    family: str
    code: str
    name: str
    street: str
    postcode: str
    city: str
    phone: str
    cells: dict[str, str]
    contacts: tuple[DemoContact, ...]
    is_business: bool = True
    siret: str = ""
    vat: str = ""
    employee: Employee | None = None

    @property
    def addressee(self) -> Addressee:
        """This party on a sheet."""
        return Addressee(self.name, (self.street,), self.postcode, self.city, self.code, self.siret, self.vat)


def siren(rank: int) -> str:
    """The invented SIREN of that rank, up to 9,999."""
    head = f"9999{rank:04}"
    return head + luhn.calc_check_digit(head)


def siret(of: str, office: int = 1) -> str:
    """The SIRET of an office of that SIREN."""
    head = f"{of}{office:04}"
    return head + luhn.calc_check_digit(head)


def vat(of: str) -> str:
    """The French VAT number of that SIREN."""
    return f"FR{(12 + 3 * (int(of) % 97)) % 97:02}{of}"


def iban(account: str) -> str:
    """A French IBAN of a bank that does not exist (99999); `account` is 11 digits."""
    bank, desk = 99999, 1
    key = 97 - (89 * bank + 15 * desk + 3 * int(account)) % 97
    number = f"{bank:05}{desk:05}{account}{key:02}"
    return f"FR{98 - int(number + '152700') % 97:02}{number}"


COMPANY = Company(
    name="Atelier Lumen",
    address=("18 rue des Fondeurs",),
    postcode="69007",
    city="Lyon",
    siret=siret(siren(1)),
    vat=vat(siren(1)),
    legal_form="SAS",
    capital="50 000 €",
    registry="RCS Lyon",
    activity_code="27.40Z",
    phone="04 65 71 00 18",
    email="contact@atelier-lumen.example",
    website="www.atelier-lumen.example",
    iban=iban("00020251104"),
    bic="LUMNFRPPXXX",
    colour="#1f4e5f",
    signatory="Claire Vasseur, présidente",
)


@functools.cache
def demo_parties() -> tuple[DemoParty, ...]:
    """Forty customers (codes 1 to 40, 4 is « Ma jolie boutique »), twelve employees (E001…), three suppliers (F01…)."""
    businesses = [_business(rank, *facts) for rank, facts in enumerate(BUSINESSES, start=1)]
    individuals = [_individual(rank, *facts) for rank, facts in enumerate(INDIVIDUALS, start=len(BUSINESSES) + 1)]
    employees = [_employee(rank, *facts) for rank, facts in enumerate(STAFF, start=1)]
    suppliers = [_supplier(rank, *facts) for rank, facts in enumerate(SUPPLIERS, start=1)]
    return (*businesses, *individuals, *employees, *suppliers)


def demo_party(family: str, code: str) -> DemoParty:
    """The party of that family and code. Raises KeyError."""
    for party in demo_parties():
        if (party.family, party.code) == (family, code):
            return party
    raise KeyError((family, code))


def _business(rank: int, name: str, street: str, postcode: str, city: str) -> DemoParty:
    own = SAMPLE_SIREN if rank == 4 else siren(100 + rank)
    domain = f"{_slug(name)}.example"
    # The tenth customer is the one whose mail comes back; every fifth leaves two cells empty, as in real life.
    billing = BOUNCING if rank == 10 else f"compta@{domain}"
    cells = {"card": f"contact@{domain}", "billing": billing}
    if rank % 5:
        cells |= {"quote": f"achats@{domain}", "reminder": f"reglements@{domain}"}
    contacts = tuple(_contact(PEOPLE[at % len(PEOPLE)], domain, job) for at, job in _seats(rank))
    return DemoParty(
        family="customers",
        code=str(rank),
        name=name,
        street=street,
        postcode=postcode,
        city=city,
        phone=f"04 65 71 {10 + rank:02} {rank:02}",
        cells=cells,
        contacts=contacts,
        siret=siret(own, 3 if rank == 4 else 1),
        vat=vat(own),
    )


def _seats(rank: int) -> list[tuple[int, str]]:
    jobs = ("Gérance", "Comptabilité", "Achats")
    return [(rank * 3 + at, job) for at, job in enumerate(jobs[: 1 + rank % 3 if rank != 4 else 3])]


def _individual(rank: int, civility: str, given: str, family: str, street: str, postcode: str, city: str) -> DemoParty:
    email = f"{_slug(given)}.{_slug(family)}@courriel.example"
    return DemoParty(
        family="customers",
        code=str(rank),
        name=f"{civility} {given} {family}",
        street=street,
        postcode=postcode,
        city=city,
        phone=f"06 39 98 {rank:02} {rank + 7:02}",
        cells={"card": email, "quote": email, "billing": email, "reminder": email},
        contacts=(DemoContact(civility, given, family, email, f"06 39 98 {rank:02} {rank + 7:02}"),),
        is_business=False,
    )


def _employee(
    rank: int, civility: str, given: str, family: str, job: str, level: str, hired: date, gross: str, tax: str
) -> DemoParty:
    street = f"{rank * 7} {STREETS[rank % len(STREETS)]}"
    email = f"{_slug(given)}.{_slug(family)}@atelier-lumen.example"
    code, postcode = f"E{rank:03}", f"6900{1 + rank % 9}"
    person = Employee(
        code=code,
        civility=civility,
        first_name=given,
        last_name=family,
        address=(street,),
        postcode=postcode,
        city="Lyon",
        job=job,
        classification=level,
        hired_on=hired,
        monthly_gross=Decimal(gross),
        tax_rate=Decimal(tax),
        executive=level[0] in "FG",
    )
    return DemoParty(
        family="employees",
        code=code,
        name=f"{given} {family}",
        street=street,
        postcode=postcode,
        city="Lyon",
        phone=f"06 39 98 {50 + rank:02} 10",
        cells={"card": email},
        contacts=(DemoContact(civility, given, family, email, f"06 39 98 {50 + rank:02} 10", job),),
        is_business=False,
        employee=person,
    )


def _supplier(rank: int, name: str, street: str, postcode: str, city: str) -> DemoParty:
    own, domain = siren(500 + rank), f"{_slug(name)}.example"
    return DemoParty(
        family="suppliers",
        code=f"F{rank:02}",
        name=name,
        street=street,
        postcode=postcode,
        city=city,
        phone=f"04 65 71 90 {rank:02}",
        cells={"card": f"commandes@{domain}", "billing": f"factures@{domain}"},
        contacts=(_contact(PEOPLE[-rank], domain, "Commerce"),),
        siret=siret(own),
        vat=vat(own),
    )


def _contact(person: tuple[str, str, str], domain: str, job: str) -> DemoContact:
    civility, given, family = person
    return DemoContact(civility, given, family, f"{_slug(given)}.{_slug(family)}@{domain}", "", job)


def _slug(name: str) -> str:
    """`L’Amandier` becomes `l-amandier`."""
    return "-".join("".join(mark if mark.isalnum() else " " for mark in fold(name)).split())
