"""What stands on the portal: a party with its seat, folders, and documents with real bytes."""

import hashlib
import itertools
import secrets
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.access.models import Access, Account, Link, LinkPurpose, PortalSession, Seat
from shared.clock import now
from shared.documents.models import (
    Document,
    Folder,
    LinkTarget,
    Publication,
    SignatureSide,
    StoredObject,
    Version,
)
from shared.documents.storage import original_key, storage
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Contact, Family, Party, Person
from shared.web import cookies
from shared.web.session_rows import hashed
from shared.web.sessions import PORTAL

BYTES = b"%PDF-1.4\n% a document of the tests\n%%EOF\n"
_numbers = itertools.count(1)
Row = TypeVar("Row")


def a_family(key: str = "essai", home_label: str = "espace client") -> Family:
    found = db.session.scalars(select(Family).where(Family.key == key)).first()
    return found or _kept(Family(key=key, label=key.title(), one=key, root=key.upper(), home_label=home_label))


def a_party(code: str | None = None, name: str = "Société Alpha", family: Family | None = None) -> Party:
    code = code or f"T{next(_numbers)}"
    family = family or a_family()
    row = Party(family_id=family.id, code=code, code_folded=fold(code), code_sort=code.rjust(12, "0"), name=name)
    row.name_folded = fold(name)
    return _kept(row)


def a_folder(
    label: str = "Factures",
    document_class: str = "invoice",
    *,
    family: Family | None = None,
    on_portal: bool = True,
    side: SignatureSide | None = None,
    target: LinkTarget = LinkTarget.HOME,
) -> Folder:
    path = f"ESSAI\\{label} {next(_numbers)}\\"
    return _kept(
        Folder(
            family_id=(family or a_family()).id,
            path=path,
            path_folded=fold(path),
            label=label,
            on_portal=on_portal,
            signature_side=side,
            link_target=target,
            document_class=document_class,
            retention_class="commercial",
        )
    )


def a_seat(
    party: Party,
    *,
    folders: list[Folder] | None = None,
    allowed: bool = True,
    starts_on: date | None = None,
    ends_on: date | None = None,
    person: Person | None = None,
) -> Seat:
    person = person or _kept(Person(given_name="Camille", family_name="Martin"))
    contact = _kept(Contact(party_id=party.id, person_id=person.id))
    rights = None if folders is None else [folder.id for folder in folders]
    dates = {"starts_on": starts_on, "ends_on": ends_on}
    access = _kept(
        Access(
            contact_id=contact.id,
            is_main=contact.is_main,
            party_id=party.id,
            identifier=party.code,
            allowed=allowed,
            folder_ids=rights,
            **dates,
        )
    )
    account = db.session.scalars(select(Account).where(Account.person_id == person.id)).first() or _kept(
        Account(person_id=person.id, activated_at=now(), password_hash="!")
    )
    return _kept(
        Seat(
            account_id=account.id,
            access_id=access.id,
            party_id=party.id,
            allowed=allowed,
            folder_ids=rights,
            revision=1,
            **dates,
        )
    )


def a_document(
    party: Party,
    folder: Folder,
    title: str = "Facture de mars",
    number: str = "",
    *,
    data: bytes = BYTES,
    kind: str = "pdf",
    mime: str = "application/pdf",
    filename: str = "facture.pdf",
    pages: int | None = 1,
    issued_on: date | None = None,
    due_on: date | None = None,
    amount: Decimal | None = None,
    live: bool = True,
    age: timedelta = timedelta(0),
) -> Document:
    document = _kept(
        Document(
            party_id=party.id,
            folder_id=folder.id,
            title=title,
            number=number,
            search_folded=fold(f"{title} {number} {filename}"),
            issued_on=issued_on,
            due_on=due_on,
            amount=amount,
            is_credit_note=amount is not None and amount < 0,
            filed_by="system",
            filed_at=now() - age,
        )
    )
    a_version(document, data, kind=kind, mime=mime, filename=filename, pages=pages)
    if live:
        a_publication(document, age=age)
    return document


def a_version(
    document: Document,
    data: bytes,
    *,
    number: int = 1,
    kind: str = "pdf",
    mime: str = "application/pdf",
    filename: str = "facture.pdf",
    pages: int | None = 1,
) -> Version:
    sha256 = hashlib.sha256(data).hexdigest()
    storage().put(original_key(sha256), data, mime)
    if db.session.get(StoredObject, sha256) is None:
        _kept(StoredObject(sha256=sha256, size=len(data), mime=mime))
    row = Version(document_id=document.id, number=number, sha256=sha256, size=len(data), mime=mime, kind=kind)
    row.filename, row.pages = filename, pages
    return _kept(row)


def a_publication(document: Document, *, age: timedelta = timedelta(0), held_because: str | None = None) -> Publication:
    """Live, unless something holds it."""
    row = Publication(document_id=document.id, folder_id=document.folder_id, wanted_at=now() - age, wanted_by="system")
    row.held_because, row.live_at = held_because, None if held_because else row.wanted_at
    return _kept(row)


def a_link(document: Document, *, days: int = 30) -> Link:
    return _kept(
        Link(
            purpose=LinkPurpose.DOCUMENT,
            party_id=document.party_id,
            document_id=document.id,
            target="document",
            expires_at=now() + timedelta(days=days),
        )
    )


def sign_in(client: FlaskClient, seat: Seat) -> FlaskClient:
    """The client goes on with a session of this seat."""
    secret = secrets.token_urlsafe(32)
    _kept(PortalSession(secret_hash=hashed(secret), account_id=seat.account_id, seat_id=seat.id))
    client.set_cookie(cookies.name_of(PORTAL.cookie), f"s.{secret}")
    return client


def read(client: FlaskClient, url: str) -> BeautifulSoup:
    """The page at that address, which must be there."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.text[:2000]
    return BeautifulSoup(answer.text, "html5lib")


def unknown() -> uuid.UUID:
    return uuid.uuid4()


def _kept(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row
