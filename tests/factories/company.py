"""A company at work: a row of every kind that a page shows, in every state that it shows differently."""

import io
import itertools
import uuid
import zipfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from docx import Document as Word
from PIL import Image
from sqlalchemy import select

from shared.access import granting
from shared.access.models import LinkPurpose, Seat
from shared.clock import now
from shared.documents.models import Document, Notify
from shared.events.actors import staff_actor
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.intake.models import Arrival, Verdict
from shared.notifications.models import Notification, NotificationDocument, Reason, Status, Template
from shared.people.models import ConsentState, Contact, EmailSlot, Grant, Party, Role, Staff
from shared.people.party_models import Site
from shared.settings.reading import company as identity
from shared.signatures.drawing_elsewhere import open_elsewhere
from shared.signatures.models import SignatureRequest
from tests.factories import counter, office
from tests.factories.around import around
from tests.factories.identity import INITIAL, a_clerk, a_holder, a_mailed_link, an_invitation, path_of
from tests.factories.post import an_installation
from tests.factories.signing import some_requests
from tests.shared.documents.corpus import pdf

_numbers = itertools.count(1)


@dataclass
class Company:
    """What a test asks pages about."""

    clerk: Staff
    customer: Seat
    employee: Seat
    newcomer: Seat  # has an initial password, and nothing else yet
    double: Seat  # its person has another seat
    template: Template
    parties: list[Party] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    payslip: Document | None = None
    arrivals: list[Arrival] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    colleagues: list[Staff] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)  # of the customer
    sites: list[Site] = field(default_factory=list)
    signing: list[SignatureRequest] = field(default_factory=list)  # to read, read, read, signed by a consumer


def a_company(rows: int = 3, words: str = "") -> Company:
    """Fill an empty installation: `rows` of each list at least, `words` added to every name and title."""
    an_installation()
    clerk = a_clerk()
    customer, employee = _holder("4", "Ma jolie boutique", words), _holder("E1", "Camille Martin", words, "employees")
    newcomer, double = a_holder("N1", password=None, initial=INITIAL), a_holder("D1")
    a_holder("D2", person=double.account.person)
    template = db.session.scalars(select(Template).where(Template.key == "document.published")).one()
    company = Company(clerk, customer, employee, newcomer, double, template)
    company.parties = [customer.party, employee.party, *_parties(rows, words)]
    company.documents = _documents(customer.party, rows, words)
    company.payslip = _payslips(employee.party, rows, words)
    company.arrivals = [_arrival(clerk, words) for _ in range(rows)]
    company.notifications = _notifications(company, rows, words)
    company.links = _links(customer, company.documents[0])
    company.signing = some_requests(customer, clerk, words)
    company.links["draw"] = f"/draw/{open_elsewhere(signer=company.signing[0].signers[0])[1]}"
    around(company, customer.party, rows, words)
    company.colleagues = _colleagues(rows, words)
    company.links["i"] = path_of(an_invitation(company.colleagues[0]))
    _rewritten(words, company)
    db.session.flush()
    return company


def may_see_payslips(clerk: Staff) -> None:
    """The grant that not even an administrator has by himself."""
    role = clerk.grants[0].role_id
    db.session.add(Grant(staff_id=clerk.id, role_id=role, folder_id=office.folder("e.payslips").id))
    db.session.flush()
    db.session.expire(clerk)


def _colleagues(rows: int, words: str) -> list[Staff]:
    """The first is invited, the second disabled; each holds a role of the company's own, in one folder."""
    role = Role(id=uuid7(), key=f"own-{uuid.uuid4()}", label=f"Accueil{words}"[:60], second_factor=True)
    folder = office.folder("e.payslips")
    made = []
    for number in range(max(rows, 2)):
        staff = Staff(id=uuid7(), email=f"collegue{number}@exemple.fr", name=f"Collègue {number}{words}")
        staff.password_hash, staff.disabled_at = ("!" if number else None), (now() if number == 1 else None)
        staff.grants = [Grant(role=role, folder_id=folder.id), Grant(role=role, family_id=folder.family_id)]
        made.append(staff)
    db.session.add_all(made)
    db.session.flush()
    return made


def _holder(code: str, name: str, words: str, key: str = "customers") -> Seat:
    """Somebody who signs in; the access is the main contact's, as the grid shows it."""
    addresses = {EmailSlot.CARD: f"{code}@boutique.example".lower(), EmailSlot.BILLING: "compta@boutique.example"}
    party = office.customer(code, f"{name}{words}", key=key, consent=ConsentState.ACCEPTED, addresses=addresses)
    party.street, party.city = f"3 rue des Lilas{words}", f"Nantes{words}"
    seat = a_holder(party=party, email=addresses[EmailSlot.CARD])
    seat.access.contact.is_main = True
    seat.access.contact.role = f"Gérante{words}"
    seat.account.person.family_name = f"Martin{words}"
    seat.account.last_login_at = now() - timedelta(days=1)
    return seat


def _parties(rows: int, words: str) -> list[Party]:
    """Without access, open but red, refused, with an address that came back, closed, of each family."""
    made = []
    for number in range(rows):
        key = ("customers", "suppliers", "employees")[number % 3] if number else "customers"
        consent = list(ConsentState)[number % 3]
        slots = {EmailSlot.CARD: f"p{number}@exemple.fr"} if number % 2 else {}
        party = office.customer(name=f"Tiers {number}{words}", key=key, consent=consent, addresses=slots)
        made.append(party)
        if number % 2:
            granting.allow(access=granting.grant(party=party, by=office.BY), by=office.BY)
            party.cells[0].bounced_at, party.cells[0].bounce_reason = now(), f"550 5.1.1 inconnu{words}"
    made[-1].closed_at = now()
    return made


def _documents(party: Party, rows: int, words: str) -> list[Document]:
    """Each kind of file, then invoices: paid late, credit notes, live, held, waiting, withdrawn, silent."""
    invoices = office.folder("c.invoices")
    made = [
        counter.a_document(party, office.folder(key), f"{title}{words}", data=data, **kinds)  # type: ignore[arg-type]
        for key, title, data, kinds in _kinds(words)
    ]
    for number in range(rows):
        amount = Decimal(number * 100 - 100)
        document = counter.a_document(
            party,
            invoices,
            f"Facture {number}{words}",
            f"FA-{next(_numbers)}",
            data=pdf(text=f"Facture {next(_numbers)}"),
            filename=f"facture{words.replace('/', '')}.pdf",
            issued_on=date(2026, 9, 1) + timedelta(days=number),
            due_on=date(2026, 10, 1) + timedelta(days=number),
            amount=amount,
            live=number % 4 != 3,
            age=timedelta(hours=number),
        )
        if number % 4 == 3:
            because = "consent_refused" if number % 8 == 3 else "synchronisation"
            counter.a_publication(document, held_because=because)
        made.append(document)
    made += [
        counter.a_document(
            party, office.folder("c.quotes"), f"Devis {n}{words}", f"DE-{n}", data=pdf(text=f"Devis {n}")
        )
        for n in range(rows)
    ]
    for document in made:
        record("document.filed", by="system", party_id=party.id, document_id=document.id, facts={"folder": "essai"})
    db.session.flush()
    return made


def _kinds(words: str) -> list[tuple[str, str, bytes, dict[str, object]]]:
    name = words.replace("/", "")
    page = {"filename": "page.html", "kind": "other", "mime": "text/html", "pages": None}
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return [
        ("c.invoices", "Facture de mars", pdf(pages=3), {"filename": f"facture{name}.pdf", "pages": 3}),
        ("c.contracts", "Photo", _picture(), {"filename": f"photo{name}.jpg", "kind": "image", "mime": "image/jpeg"}),
        ("c.contracts", "Lettre", _letter(words), {"filename": "lettre.docx", "kind": "docx", "mime": word}),
        ("c.to_sign", "Archive", _archive(words), {"filename": "a.zip", "kind": "zip", "mime": "application/zip"}),
        ("c.contracts", "Page", b"<!doctype html><p>Bonjour", page),
    ]  # fmt: skip


def _payslips(party: Party, rows: int, words: str) -> Document:
    folder = office.folder("e.payslips")
    months = [date(2026 - n // 12, n % 12 + 1, 28) for n in range(rows)]
    made = [
        counter.a_document(party, folder, f"Bulletin {n}{words}", data=uuid.uuid4().bytes, issued_on=month)
        for n, month in enumerate(months)
    ]
    return made[0]


def _arrival(clerk: Staff, words: str) -> Arrival:
    data = office.text_file()
    kept = office.filed(office.customer(name=f"Classé{words}"), office.folder("c.contracts"), data)
    row = Arrival(
        by=staff_actor(clerk),
        source="backoffice",
        filename=f"inconnu{words.replace('/', '')}.pdf",
        sha256=kept.versions[0].sha256,
        size=len(data),
        verdict=Verdict.TO_ATTACH,
        reason="Aucun tiers ne porte ce code.",
        facts={"number": f"FA-9{words}", "code": f"999{words}", "buyer": {"name": f"Acheteur{words}"}},
    )
    db.session.add(row)
    db.session.flush()
    return row


def _notifications(company: Company, rows: int, words: str) -> list[Notification]:
    """Every state and every reason to wait, about a document and about an access."""
    states = [(Status.WAITING, reason) for reason in Reason]
    states += [(status, Reason.NONE) for status in Status if status is not Status.WAITING]
    seat, document = company.customer, company.documents[0]
    made: list[Notification] = []
    for number, (status, reason) in enumerate(itertools.islice(itertools.cycle(states), max(rows, len(states)))):
        sent = status in (Status.SENT, Status.DELIVERED, Status.BOUNCED)
        row = Notification(
            event="access.opened" if number % 2 else "document.published",
            status=status,
            reason=reason,
            due_at=now() + timedelta(days=1),
            family_id=seat.party.family_id,
            party_id=seat.party_id,
            access_id=seat.access_id if number % 2 else None,
            slot=EmailSlot.BILLING,
            template_id=company.template.id,
            message_id=f"<{uuid.uuid4()}@exemple.fr>",
            address="compta@boutique.example" if sent else None,
            address_slot=EmailSlot.BILLING if sent else None,
            subject=f"Votre facture{words}" if sent else None,
            body=f"Bonjour{words}" if sent else None,
            reply=f"250 2.0.0 OK{words}" if sent else f"450 4.2.1 occupé{words}",
            sent_at=now() if sent else None,
            requested_by=office.BY,
            resend_of_id=made[0].id if number == 3 else None,
        )
        db.session.add(row)
        db.session.flush()
        db.session.add(NotificationDocument(notification_id=row.id, document_id=document.id))
        made.append(row)
        if status is Status.BOUNCED:
            record("notification.bounced", by="system", party_id=row.party_id, notification_id=row.id, facts=_refused())
    db.session.flush()
    return made


def _refused() -> dict[str, str]:
    return {"status": "5.1.1"}


def _links(seat: Seat, document: Document) -> dict[str, str]:
    """The addresses that mails hold."""
    made = {
        "a": a_mailed_link(seat, LinkPurpose.ACTIVATION),
        "r": a_mailed_link(seat, LinkPurpose.RESET),
        "d": counter.a_link(document),
        "l": a_mailed_link(seat, LinkPurpose.TARGET, target="statement"),
    }
    return {key: path_of(link) for key, link in made.items()}


def _rewritten(words: str, company: Company) -> None:
    """What staff write of the installation itself."""
    folder = office.folder("c.contracts")
    folder.label, folder.path, folder.notify = f"Contrats{words}", f"CLIENTS\\Contrat{words}\\", Notify.NONE
    folder.path_folded = fold(folder.path)
    company.clerk.name = f"Jeanne Roy{words}"
    company.template.label = f"Un document est disponible{words}"
    ours = identity()
    ours.name, ours.legal = f"Guichet{words}", f"SAS au capital de 1 000 €{words}"
    db.session.add(ours)


def _picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(drawn, "JPEG")
    return drawn.getvalue()


def _letter(words: str) -> bytes:
    letter, written = Word(), io.BytesIO()
    letter.add_paragraph(f"Bonjour{words}")
    letter.save(written)
    return written.getvalue()


def _archive(words: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"note{words.replace('/', '')}.txt", "Bonjour")
    return packed.getvalue()
