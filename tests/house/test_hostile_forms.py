"""What no form offers is never taken from it, and what is too large is refused in words, by every route."""

import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from shared.access.models import Access, Account, Seat
from shared.documents.models import Folder
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Activity, Family, Grant, Party, Role, Staff
from tests.factories import office
from tests.factories.company import Company, a_company
from tests.factories.identity import Browser, signed_in
from tests.house.routes import Route, routes

FORBIDDEN = {
    "id": "00000000-0000-7000-8000-000000000001",
    "role": "administrator",
    "role_id": "00000000-0000-7000-8000-000000000001",
    "user[role]": "administrator",
    "is_staff": "1",
    "permissions": "backoffice:staff:edit",
    "staff_id": "00000000-0000-7000-8000-000000000001",
    "family_id": "00000000-0000-7000-8000-000000000001",
    "account_id": "00000000-0000-7000-8000-000000000001",
    "password_hash": "argon2",
    "initial_secret": "x",
    "initial_handed_over_at": "2020-01-01",
    "needs_grant": "",
    "document_class": "other",
    "shipped_key": "x",
    "created_at": "2020-01-01",
    "disabled_at": "2020-01-01",
    "email_verified_at": "2020-01-01",
    "logo_sha256": "0" * 64,
}
GUARDED = {
    Staff: ("email", "disabled_at", "password_hash", "created_at"),
    Grant: ("role_id", "staff_id", "family_id", "folder_id"),
    Role: ("key", "permissions"),
    Party: ("family_id", "created_at", "code"),
    Folder: ("family_id", "shipped_key", "document_class", "needs_grant", "retention_class"),
    Account: ("person_id", "password_hash", "initial_hash", "email_verified_at"),
    Access: ("contact_id", "party_id", "initial_secret", "initial_handed_over_at", "folder_ids"),
    Seat: ("account_id", "access_id", "party_id", "folder_ids"),
    Family: ("key", "root"),
    Activity: ("logo_sha256", "id"),
}


@pytest.fixture
def company(app: Flask) -> Company:
    return a_company(2)


def test_no_form_gives_what_nobody_may_edit(app: Flask, company: Company) -> None:
    clerk = _clerk(app)
    before = _guarded()
    for url, _route in _posts(app, company, but=("draw", "password", "grants/<uuid:grant_id>/remove")):
        answer = clerk.client.post(url, data={"csrf_token": clerk.token, **FORBIDDEN})
        assert answer.status_code < 500, url
        db.session.rollback()
    db.session.expire_all()
    assert _guarded() == before


def test_a_form_of_too_many_fields_is_refused_with_a_sentence_and_changes_nothing(app: Flask, company: Company) -> None:
    clerk = _clerk(app)
    before = db.session.scalars(select(Event.id)).all()
    fields = {"csrf_token": clerk.token, **{f"ids-{number}": "x" for number in range(1_100)}}
    for url, _route in _posts(app, company):
        answer = clerk.client.post(url, data=fields, content_type="multipart/form-data")
        assert answer.status_code == 413, url
        assert "trop" in answer.text.lower(), url
    assert db.session.scalars(select(Event.id)).all() == before


def test_ten_thousand_and_one_lines_are_refused_whole(app: Flask, company: Company) -> None:
    clerk = _clerk(app)
    before = db.session.scalars(select(Event.id)).all()
    ids = [str(uuid.uuid4()) for _ in range(10_001)]
    for url in ("/backoffice/access/selection?family=customers", "/backoffice/explorer/selection"):
        answer = clerk.client.post(url, data={"csrf_token": clerk.token, "action": "withdraw", "ids": ids})
        assert answer.status_code in (303, 404, 413), f"{url}: {answer.status_code}"
    assert db.session.scalars(select(Event.id)).all() == before


def _clerk(app: Flask) -> Browser:
    return signed_in(app)


def _posts(app: Flask, company: Company, but: tuple[str, ...] = ()) -> list[tuple[str, Route]]:
    """Every address that takes a form in the back office, with ids that exist; leaving comes last."""
    ids = {
        "party_id": company.parties[0].id,
        "document_id": company.documents[0].id,
        "notification_id": company.notifications[0].id,
        "arrival_id": company.arrivals[0].id,
        "template_id": company.template.id,
        "change_id": office.folder().id,
        "session_id": company.clerk.id,
        "version_id": company.template.id,
        "staff_id": company.colleagues[0].id,
        "grant_id": company.colleagues[0].grants[0].id,
        "role_id": company.colleagues[0].grants[0].role_id,
    }
    found = []
    for route in routes(app):
        skipped = route.public or route.path.endswith(but) if but else route.public
        if route.method == "POST" and route.path.startswith("/backoffice") and not skipped:
            url = re.sub(r"<uuid:(\w+)>", lambda name: str(ids.get(name[1], uuid.uuid4())), route.path)
            url = re.sub(r"<any\(['\"]?([\w-]+)['\"]?,.*?>", r"\1", url).replace("<document_class>", "invoice")
            found.append((url, route))
    return found


def _guarded() -> dict[str, list[tuple[object, ...]]]:
    """The columns that no form may write, row by row."""
    columns = {model: [inspect(model).columns[name] for name in names] for model, names in GUARDED.items()}
    return {
        model.__name__: sorted(map(tuple, db.session.execute(select(*found)).all()), key=str)
        for model, found in columns.items()
    }
