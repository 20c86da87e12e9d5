"""Atelier Lumen before its documents: identity, staff, customers, employees, suppliers, and who may come in."""

from datetime import datetime, timedelta

from sqlalchemy import select

from shared.access import granting, passwords, synchronising, totp
from shared.clock import at, now, today
from shared.config import config
from shared.demo.logins import ADMINISTRATOR, DOMAIN, MANAGER, OTHERS, SHOP, DemoStaff, demo_password, demo_totp
from shared.demo.parties import COMPANY, DemoParty, demo_parties
from shared.documents.models import Folder
from shared.events.actors import COMMAND, staff_actor
from shared.extensions import db, uuid7
from shared.people.cards import Card
from shared.people.consenting import NEEDED_BY, set_state
from shared.people.models import ConsentState, Contact, EmailSlot, Family, Grant, Party, Person, Role, Staff
from shared.people.registering import register
from shared.people.rights_models import PayslipNotice
from shared.people.staffing import create_staff, staff_named
from shared.settings import branding
from shared.sheets.selling import company_data
from shared.web.colours import contrast, readable

CUSTOMERS_IN = 31  # customers up to this code have an access
EMPLOYEES_IN, SUPPLIERS_IN = 9, 1
REFUSED, REQUESTED = "22", "23"  # what these two answered to dematerialisation


def found(began: datetime) -> str | None:
    """The identity and the staff; the demo administrator's address, None where the environment names another."""
    named = not (config().admin_email and config().admin_password)
    with at(began):
        activity = branding.change_company(
            name=COMPANY.name,
            legal=" – ".join(company_data(COMPANY)["legal"]),
            domain=DOMAIN,
            colour=COMPANY.colour,
            contrast=contrast(readable(COMPANY.colour), COMPANY.colour),
            by=COMMAND,
        )
        activity.vat_number, activity.siret = COMPANY.vat, COMPANY.siret
        for one in ((ADMINISTRATOR,) if named else ()) + (MANAGER, *OTHERS):
            if staff_named(one.email) is None:
                _hire(one)
    return ADMINISTRATOR.email if named else None


def enrol(began: datetime) -> None:
    """Every party but the shop of the story; those that may come in are synchronised at once, and told nothing."""
    families = {family.key: family for family in db.session.scalars(select(Family))}
    known = {(row[0], row[1]) for row in db.session.execute(select(Party.family_id, Party.code))}
    by = manager()
    wanted = [one for one in demo_parties() if (one.family, one.code) != ("customers", SHOP)]
    for rank, one in enumerate(wanted):
        family = families[one.family]
        if (family.id, one.code) in known:
            continue
        with at(began + timedelta(minutes=5 * rank)):
            party = register(family=family, card=_card(one), by=by)
            _add_contacts(party, one)
            _ask(party, by)
            _inform(party, by)
        if _comes_in(one):
            with at(began + timedelta(days=1, minutes=3 * rank)):
                _open(party, by)


def manager() -> str:
    """Who does the company's work, as the log names them."""
    staff = staff_named(MANAGER.email)
    assert staff is not None
    return staff_actor(staff)


def _hire(one: DemoStaff) -> None:
    family = db.session.scalars(select(Family.id).where(Family.key == one.family)).one() if one.family else None
    staff = create_staff(
        email=one.email,
        name=one.name,
        password_hash=passwords.hash_password(demo_password("staff")),
        role=one.role,
        by=COMMAND,
        family_id=family,
    )
    if one is ADMINISTRATOR:
        totp.keep(staff=staff, secret=demo_totp(), step=None)
        staff.second_factor_at = now()
    if one is MANAGER:
        _allow_payslips(staff)


def _allow_payslips(staff: Staff) -> None:
    """Nobody opens a payslip without a grant that names the folder."""
    folder = db.session.scalars(select(Folder.id).where(Folder.shipped_key == "e.payslips")).one()
    role = db.session.scalars(select(Role).where(Role.key == MANAGER.role)).one()
    staff.grants.append(Grant(role=role, folder_id=folder))


def _card(one: DemoParty) -> Card:
    return Card(
        code=one.code,
        name=one.name,
        is_business=one.is_business,
        siret=one.siret,
        vat_number=one.vat,
        street=one.street,
        postcode=one.postcode,
        city=one.city,
        phone=one.phone,
        addresses={EmailSlot(slot): address for slot, address in one.cells.items()},
    )


def _add_contacts(party: Party, one: DemoParty) -> None:
    """The people of a company; an individual is their own main contact."""
    for each in one.contacts if one.is_business else ():
        person = Person(id=uuid7(), civility=each.civility, given_name=each.given_name, family_name=each.family_name)
        contact = Contact(
            party_id=party.id, person_id=person.id, person=person, role=each.job, email=each.email, phone=each.phone
        )
        db.session.add(contact)


def _ask(party: Party, by: str) -> None:
    """Two customers have not agreed to dematerialisation; individuals agreed on paper."""
    if party.family.key != "customers":
        return
    states = {REFUSED: (ConsentState.REFUSED, "Courrier du client"), REQUESTED: (ConsentState.REQUESTED, "")}
    agreed = (ConsentState.ACCEPTED, "Accord signé à la commande")
    if party.code not in states and party.is_business:
        return
    state, proof = states.get(party.code, agreed)
    for each in NEEDED_BY:
        set_state(party=party, document_class=each, state=state, by=by, proof=proof)


def _inform(party: Party, by: str) -> None:
    """Employees were told of the electronic payslip when they were hired, on paper."""
    if party.family.of_people:
        hired = PayslipNotice(party_id=party.id, given_on=today(), at_hiring=True, first_issue_on=today())
        hired.on_paper, hired.at, hired.by = True, now(), by
        db.session.add(hired)


def _comes_in(one: DemoParty) -> bool:
    if one.family == "customers":
        return int(one.code) <= CUSTOMERS_IN
    return int(one.code[1:]) <= (EMPLOYEES_IN if one.family == "employees" else SUPPLIERS_IN)


def _open(party: Party, by: str) -> None:
    access = granting.grant(party=party, by=by)
    granting.hush(access=access, by=by)
    granting.allow(access=access, by=by)
    synchronising.synchronise()
