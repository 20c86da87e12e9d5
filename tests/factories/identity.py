"""People who may sign in, the links mailed to them, and a browser that fills in their forms."""

import re
import uuid
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared import links
from shared.access import passwords
from shared.access.models import Identifier, IdentifierKind, Link, LinkPurpose, Seat
from shared.clock import now
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Party, Person, Staff
from shared.people.staffing import create_staff, ship_roles
from tests.factories.counter import a_party, a_seat

PASSWORD = "violet-tracteur-nuage"
OTHER = "cheval pile agrafe correct"
STAFF_PASSWORD = "parapluie-orange-moulin"
INITIAL = "kqtw-7m3p-xv9c"


def a_holder(
    code: str | None = None,
    *,
    password: str | None = PASSWORD,
    initial: str | None = None,
    email: str = "",
    party: Party | None = None,
    person: Person | None = None,
    allowed: bool = True,
    **seat_fields: object,
) -> Seat:
    """A party whose main person has an account named by its code (and e-mail)."""
    party = party or a_party(code)
    party.postcode = party.postcode or "44000"
    seat = a_seat(party, allowed=allowed, person=person, **seat_fields)  # type: ignore[arg-type]
    account = seat.account
    account.password_hash = passwords.hash_password(password) if password else None
    if initial:
        account.initial_hash = passwords.hash_password(initial)
        account.initial_expires_at = now() + timedelta(days=30)
    if password is None:
        account.activated_at = None
    named(seat, IdentifierKind.CODE, party.code)
    if email:
        named(seat, IdentifierKind.EMAIL, email)
    db.session.flush()
    return seat


def named(seat: Seat, kind: IdentifierKind, value: str) -> None:
    db.session.add(Identifier(account_id=seat.account_id, kind=kind, value=value, value_folded=fold(value)))
    db.session.flush()


def a_mailed_link(seat: Seat, purpose: LinkPurpose, *, age: timedelta = timedelta(0), **fields: object) -> Link:
    link = Link(
        purpose=purpose,
        account_id=seat.account_id,
        access_id=seat.access_id,
        party_id=seat.party_id,
        created_at=now() - age,
        expires_at=now() - age + timedelta(hours=2),
        **fields,
    )
    db.session.add(link)
    db.session.flush()
    return link


def path_of(link: Link) -> str:
    return urlsplit(links.url(link)).path


def a_clerk(role: str = "administrator", email: str = "jeanne@exemple.fr", password: str = STAFF_PASSWORD) -> Staff:
    ship_roles()
    return create_staff(
        email=email, name="Jeanne Roy", password_hash=passwords.hash_password(password), role=role, by="command"
    )


class Browser:
    """Visits pages and posts their forms, with the token that the page holds."""

    def __init__(self, app: Flask, ip: str = "127.0.0.1") -> None:
        self.client: FlaskClient = app.test_client()
        self.ip = ip
        self.token = ""

    def get(self, url: str, **named: object) -> TestResponse:
        answer: TestResponse = self.client.get(url, environ_base={"REMOTE_ADDR": self.ip}, **named)  # type: ignore[arg-type]
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    def post(self, url: str, **fields: object) -> TestResponse:
        data = {"csrf_token": self.token, **{name: str(value) for name, value in fields.items()}}
        answer: TestResponse = self.client.post(url, data=data, environ_base={"REMOTE_ADDR": self.ip})
        return answer

    def sign_in(self, identifier: str, password: str = PASSWORD, next: str = "") -> TestResponse:
        self.get("/sign-in")
        return self.post("/sign-in", identifier=identifier, password=password, next=next)

    def sign_in_staff(self, email: str = "jeanne@exemple.fr", password: str = STAFF_PASSWORD) -> TestResponse:
        self.get("/backoffice/sign-in")
        return self.post("/backoffice/sign-in", email=email, password=password)

    @property
    def is_in(self) -> bool:
        return self.client.get("/account").status_code == 200

    def cookie(self, name: str = "__Host-guichet") -> str:
        found = self.client.get_cookie(name)
        return found.value if found else ""


def random_id() -> uuid.UUID:
    return uuid.uuid4()
