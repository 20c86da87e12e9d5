"""Many customers at once, by bulk inserts: what a company of some size has after a year."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pikepdf
from sqlalchemy import insert, select

from shared.access.models import Access, Account, Identifier, IdentifierKind, PortalSession, Seat
from shared.clock import now
from shared.documents.models import Document, Folder, Publication, StoredObject, Version
from shared.documents.storage import original_key, storage
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.notifications.channels.building import new_message_id
from shared.notifications.models import Notification, Status, Template
from shared.people.codes import sort_key
from shared.people.models import (
    Activity,
    Contact,
    EmailCell,
    EmailSlot,
    Family,
    Grant,
    Party,
    Person,
    Role,
    Staff,
    StaffSession,
)
from shared.web import cookies
from shared.web.session_rows import hashed
from shared.web.sessions import BACKOFFICE, PORTAL

PDF = "application/pdf"


def a_company() -> None:
    """Whose counter it is."""
    db.session.add(Activity(name="Atelier Vauban", domain="vauban.example", legal="SARL au capital de 8 000 €"))
    db.session.flush()


def customers(number: int) -> list[uuid.UUID]:
    """Parties with their cells, an access applied, and the message that opened it; one in ten has none of that."""
    family = db.session.scalars(select(Family.id).where(Family.key == "customers")).one()
    template = db.session.scalars(select(Template.id).where(Template.key == "access.opened")).one()
    rows: dict[Any, list[dict[str, Any]]] = {}
    for at in range(1, number + 1):
        _one(rows, at, family, template)
    for model, values in rows.items():
        db.session.execute(insert(model), values)
    return [row["id"] for row in rows[Party]]


def invoices(party_id: uuid.UUID, number: int, bodies: Sequence[bytes]) -> list[uuid.UUID]:
    """Invoices on the portal, their bytes taken in turn from `bodies`."""
    folder = db.session.scalars(select(Folder).where(Folder.shipped_key == "c.invoices")).one()
    kept = [(stored(body), len(body)) for body in bodies]
    rows: dict[Any, list[dict[str, Any]]] = {Document: [], Version: [], Publication: []}
    for at in range(number):
        day, (sha256, size) = date(2026, 11, 20) - timedelta(days=at), kept[at % len(kept)]
        _invoice(rows, party_id, folder.id, f"FA-2026-{at:04}", day, sha256, size)
    for model, values in rows.items():
        db.session.execute(insert(model), values)
    return [row["id"] for row in rows[Document]]


def portal_cookie(party_id: uuid.UUID) -> str:
    """The cookie of a session of that party's seat."""
    seat = db.session.scalars(select(Seat).where(Seat.party_id == party_id)).one()
    secret = secrets.token_urlsafe(32)
    db.session.add(PortalSession(secret_hash=hashed(secret), account_id=seat.account_id, seat_id=seat.id))
    db.session.flush()
    return f"{cookies.name_of(PORTAL.cookie)}=s.{secret}"


def staff_cookie() -> str:
    """The cookie of an administrator's session."""
    role = db.session.scalars(select(Role).where(Role.key == "administrator")).one()
    staff = Staff(
        id=uuid7(), email="jeanne@vauban.example", name="Jeanne Roy", password_hash="!", second_factor_at=now()
    )
    staff.grants.append(Grant(role_id=role.id))
    db.session.add(staff)
    db.session.flush()
    secret = secrets.token_urlsafe(32)
    db.session.add(StaffSession(secret_hash=hashed(secret), staff_id=staff.id))
    db.session.flush()
    return f"{cookies.name_of(BACKOFFICE.cookie)}=s.{secret}"


def a_pdf(size: int) -> bytes:
    """A real PDF of about `size` bytes: one page, and an image of noise on it."""
    import io

    held, side = io.BytesIO(), int((size / 3) ** 0.5)
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(595, 842))
        image = made.make_stream(secrets.token_bytes(side * side * 3))
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width = image.Height = side
        image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
        name = page.add_resource(image, pikepdf.Name.XObject)
        page.contents_add(f"q 400 0 0 400 90 200 cm {name} Do Q".encode())
        made.save(held)
    return held.getvalue()


def _one(rows: dict[Any, list[dict[str, Any]]], at: int, family: uuid.UUID, template: uuid.UUID) -> None:
    party, person, contact, access, account = (uuid7() for _ in range(5))
    code, name, address = f"CL{at}", f"Établissements Numéro {at}", f"compta{at}@client{at}.example"
    moment = now() - timedelta(days=at % 300)

    def add(model: Any, **values: Any) -> None:
        rows.setdefault(model, []).append(values)

    add(
        Party,
        id=party,
        family_id=family,
        code=code,
        code_folded=fold(code),
        code_sort=sort_key(code),
        name=name,
        name_folded=fold(name),
    )
    add(Person, id=person, family_name=name)
    add(Contact, id=contact, party_id=party, person_id=person, is_main=True)
    for slot in EmailSlot:
        add(EmailCell, party_id=party, slot=slot, address=address, address_folded=address)
    if at % 10 == 9:
        return
    add(
        Access, id=access, contact_id=contact, is_main=True, party_id=party, identifier=code, allowed=True, notify=False
    )
    add(Account, id=account, person_id=person, password_hash="!", activated_at=moment, last_login_at=moment)
    add(Identifier, account_id=account, kind=IdentifierKind.CODE, value=code, value_folded=fold(code))
    add(Seat, account_id=account, access_id=access, party_id=party, allowed=True, revision=1)
    message = uuid7()
    add(
        Notification,
        id=message,
        created_at=moment,
        event="access.opened",
        family_id=family,
        party_id=party,
        access_id=access,
        slot=EmailSlot.CARD,
        template_id=template,
        status=Status.SENT,
        message_id=new_message_id(message, "vauban.example"),
        address=address,
        sent_at=moment,
    )


def _invoice(
    rows: dict[Any, list[dict[str, Any]]],
    party_id: uuid.UUID,
    folder_id: uuid.UUID,
    number: str,
    day: date,
    sha256: str,
    size: int,
) -> None:
    document, title = uuid7(), f"Facture {number} de {day:%m/%Y}"
    rows[Document].append(
        {
            "id": document,
            "party_id": party_id,
            "folder_id": folder_id,
            "title": title,
            "number": number,
            "search_folded": fold(f"{title} {number}.pdf"),
            "issued_on": day,
            "due_on": day + timedelta(days=30),
            "amount": Decimal(day.toordinal() % 900_000) / 100,
            "filed_by": "system",
        }
    )
    rows[Version].append(
        {
            "document_id": document,
            "sha256": sha256,
            "size": size,
            "mime": PDF,
            "kind": "pdf",
            "pages": 1,
            "filename": f"{number}.pdf",
        }
    )
    at = now()
    rows[Publication].append({"document_id": document, "wanted_at": at, "live_at": at, "wanted_by": "system"})


def stored(body: bytes) -> str:
    """Keep these bytes; their SHA-256."""
    sha256 = hashlib.sha256(body).hexdigest()
    storage().put(original_key(sha256), body, PDF)
    if db.session.get(StoredObject, sha256) is None:
        db.session.add(StoredObject(sha256=sha256, size=len(body), mime=PDF))
        db.session.flush()
    return sha256
