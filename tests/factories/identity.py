"""People who may sign in, the links mailed to them, and a browser that fills in their forms."""

import re
import uuid
from datetime import timedelta
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from flask import Flask, Response, has_app_context
from flask.testing import EnvironBuilder, FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from backoffice.entering import let_in
from shared import links
from shared.access import passwords, totp
from shared.access.models import Identifier, IdentifierKind, Link, LinkPurpose, Seat
from shared.clock import now
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Party, Person, Staff
from shared.people.staffing import create_staff
from tests.factories import shelf
from tests.factories.counter import a_party, a_seat

PASSWORD = "violet-tracteur-nuage"
OTHER = "cheval pile agrafe correct"
STAFF_PASSWORD = "parapluie-orange-moulin"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SECOND_STEP = "/backoffice/second-step"
INITIAL = "kqtw-7m3p-xv9c"
_quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


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
    account.password_hash = quick_hash(password) if password else None
    if initial:
        account.initial_hash = quick_hash(initial)
        account.initial_expires_at = now() + timedelta(days=30)
    if password is None:
        account.activated_at = None
    named(seat, IdentifierKind.CODE, party.code)
    if email:
        named(seat, IdentifierKind.EMAIL, email)
    db.session.flush()
    return seat


def quick_hash(password: str) -> str:
    """A hash that the product verifies like its own, at no cost: its strength is the subject of other tests."""
    return _quick.hash(password)


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


def an_invitation(staff: Staff) -> Link:
    """The link that an invitation's mail would carry."""
    link = Link(purpose=LinkPurpose.INVITATION, staff_id=staff.id, expires_at=now() + timedelta(hours=2))
    db.session.add(link)
    db.session.flush()
    return link


def path_of(link: Link) -> str:
    return urlsplit(links.url(link)).path


def a_clerk(
    role: str = "administrator",
    email: str = "jeanne@exemple.fr",
    password: str = STAFF_PASSWORD,
    *,
    enrolled: bool | None = None,
) -> Staff:
    """A member of staff; an administrator has a second factor already, unless `enrolled` says otherwise."""
    shelf.take("roles")
    staff = create_staff(email=email, name="Jeanne Roy", password_hash=quick_hash(password), role=role, by="command")
    if role == "administrator" if enrolled is None else enrolled:
        has_factor(staff)
    return staff


def has_factor(staff: Staff) -> None:
    """The application of this person shows the codes of `TOTP_SECRET`."""
    totp.keep(staff=staff, secret=TOTP_SECRET, step=None)
    staff.second_factor_at = now()
    db.session.flush()


def fresh_code(app: Flask, email: str = "jeanne@exemple.fr") -> str:
    """A code that works, even though the same person came in a second ago: the last one used is forgotten."""
    with app.app_context():
        db.session.commit()
        db.session.execute(update(Staff).where(Staff.email == email.strip().lower()).values(totp_step=None))
        db.session.commit()
    return totp.code_of(TOTP_SECRET)


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
        data = {"csrf_token": self.token, **{n: v if isinstance(v, list) else str(v) for n, v in fields.items()}}
        answer: TestResponse = self.client.post(url, data=data, environ_base={"REMOTE_ADDR": self.ip})
        return answer

    def sign_in(self, identifier: str, password: str = PASSWORD, next: str = "") -> TestResponse:
        self.get("/sign-in")
        return self.post("/sign-in", identifier=identifier, password=password, next=next)

    def sign_in_staff(
        self, email: str = "jeanne@exemple.fr", password: str = STAFF_PASSWORD, next: str = ""
    ) -> Response:
        """In at once by the last step alone; by the form whoever that step would not let in."""
        app = self.client.application
        if has_app_context():
            db.session.commit()
        environ = EnvironBuilder(app, SECOND_STEP, environ_base={"REMOTE_ADDR": self.ip}).get_environ()
        self.client._add_cookies_to_wsgi(environ)
        with app.app_context(), app.request_context(environ):
            staff = db.session.scalars(select(Staff).where(Staff.email == email, Staff.disabled_at.is_(None))).first()
            if staff is not None and passwords.verify(staff.password_hash, password):
                answer = let_in(staff, next, "totp" if staff.second_factor_at else "")
                self.token = generate_csrf()
                answer = app.process_response(answer)
                kept = answer.headers.getlist("Set-Cookie")
                self.client._update_cookies_from_response("localhost", SECOND_STEP, kept)
                return answer
        return self.sign_in_staff_by_form(email, password, next)

    def sign_in_staff_by_form(
        self, email: str = "jeanne@exemple.fr", password: str = STAFF_PASSWORD, next: str = ""
    ) -> TestResponse:
        """The password, then the code of those who have a second factor."""
        self.get("/backoffice/sign-in")
        answer = self.post("/backoffice/sign-in", email=email, password=password, next=next)
        if answer.location != SECOND_STEP:
            return answer
        code = fresh_code(self.client.application, email)
        self.get(SECOND_STEP)
        return self.post(SECOND_STEP, code=code)

    @property
    def is_in(self) -> bool:
        return self.client.get("/account").status_code == 200

    def cookie(self, name: str = "__Host-guichet") -> str:
        found = self.client.get_cookie(name)
        return found.value if found else ""


def signed_in(app: Flask) -> Browser:
    """The browser of the clerk who is there already."""
    browser = Browser(app)
    browser.sign_in_staff()
    return browser


def random_id() -> uuid.UUID:
    return uuid.uuid4()
