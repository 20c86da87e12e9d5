"""Staff who may only read, or only in one part of the company, change nothing by any address, with HTMX or without."""

import re
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from shared.events.models import Chain, Event
from shared.extensions import db
from shared.people.models import Contact, Role, Staff
from shared.people.roles import ROLES
from tests.factories import office
from tests.factories.company import Company, a_company
from tests.factories.identity import Browser, a_clerk
from tests.house.routes import Route, routes
from tests.sink import Sink

OURS = {"event", "attempt", "staff_session"}  # the refusal's own line, its count, and the visit
SELECTIONS = ("publish", "withdraw", "notify", "move", "allow", "draw", "forced", "hush", "synchronise")


@pytest.fixture
def company(app: Flask) -> Company:
    return a_company(2)


def test_who_may_only_read_changes_nothing(app: Flask, company: Company, sink: Sink) -> None:
    reader = _in(app, a_clerk("reader", "lecture@exemple.fr"))
    before, ids = _state(), _ids(company, 0)
    for route in _posts(app):
        if route.permission in ROLES["reader"][1]:
            continue
        for headers in ({}, {"HX-Request": "true"}):
            answer = reader.client.post(_url(route, ids), data=_typed(reader, ids), headers=headers)
            assert answer.status_code == 403, route.path
    _select(reader, "/backoffice/explorer/selection", str(ids["document_id"]))
    assert _state() == before and not sink.received
    lines = db.session.scalars(select(Event).where(Event.name == "staff.denied")).all()
    assert lines and {line.chain for line in lines} == {Chain.SECURITY}


def test_who_works_on_the_customers_changes_nothing_of_an_employee(app: Flask, company: Company, sink: Sink) -> None:
    clerk = a_clerk("referent", "lea@exemple.fr")
    clerk.grants[0].family_id = office.family("customers").id
    db.session.flush()
    lea, ids, before = _in(app, clerk), _ids(company, 1), _state()
    for route in _posts(app):
        named = re.findall(r"<uuid:(\w+)>", route.path)
        if not {"party_id", "document_id"} & set(named):
            continue
        for headers in ({}, {"HX-Request": "true"}):
            answer = lea.client.post(_url(route, ids), data=_typed(lea, ids), headers=headers)
            assert answer.status_code in (403, 404), f"{route.path}: {answer.status_code}"
    _select(lea, "/backoffice/explorer/selection", str(ids["document_id"]))
    _select(lea, "/backoffice/access/selection", str(ids["party_id"]), family="employees")
    assert _state() == before and not sink.received


def test_a_right_taken_back_holds_at_the_next_click(app: Flask, company: Company) -> None:
    clerk = a_clerk("manager", "marc@exemple.fr")
    marc, party = _in(app, clerk), company.parties[0]
    assert marc.get(f"/backoffice/parties/{party.id}/edit").status_code == 200
    clerk.grants[0].role = db.session.scalars(select(Role).where(Role.key == "reader")).one()
    db.session.flush()
    before = _state()
    assert marc.post(f"/backoffice/parties/{party.id}/edit", code=party.code, name="Autre nom").status_code == 403
    assert _state() == before


def _in(app: Flask, clerk: Staff) -> Browser:
    browser = Browser(app)
    browser.sign_in_staff(clerk.email)
    browser.get("/backoffice/account")
    db.session.expire_all()
    return browser


def _posts(app: Flask) -> Iterator[Route]:
    for route in routes(app):
        if route.path.startswith("/backoffice") and route.method != "GET" and not route.public:
            yield route


def _ids(company: Company, which: int) -> dict[str, object]:
    """What there is to aim at: the customer's things, or the employee's."""
    party = company.parties[which]
    document = company.documents[0] if which == 0 else company.payslip
    assert document is not None and document.party_id == party.id
    contact = db.session.scalars(select(Contact.id).where(Contact.party_id == party.id).limit(1)).one()
    return {
        "party_id": party.id,
        "document_id": document.id,
        "contact_id": contact,
        "notification_id": company.notifications[0].id,
        "template_id": company.template.id,
        "arrival_id": company.arrivals[0].id,
        "folder_id": document.folder_id,
        "family_id": party.family_id,
        "staff_id": company.clerk.id,
        "grant_id": company.clerk.grants[0].id,
        "role_id": company.clerk.grants[0].role_id,
    }


def _url(route: Route, ids: dict[str, object]) -> str:
    path = re.sub(r"<uuid:(\w+)>", lambda found: str(ids.get(found[1], uuid.uuid4())), route.path)
    return route._replace(path=path).filled()


def _typed(browser: Browser, ids: dict[str, object]) -> dict[str, str]:
    return {
        "csrf_token": browser.token,
        "ids": str(ids["party_id"]),
        "name": "Écrit par qui ne le peut",
        "role": str(ids["role_id"]),
        "email": "intrus@exemple.fr",
    }


def _select(browser: Browser, url: str, chosen: str, **more: str) -> None:
    for action in SELECTIONS:
        for headers in ({}, {"HX-Request": "true"}):
            fields = {"csrf_token": browser.token, "ids": chosen, "action": action, action: "1", **more}
            browser.client.post(url, data=fields, headers=headers)


def _state() -> dict[str, str]:
    """A checksum of every table but those where a refusal writes its own line."""
    names = set(inspect(db.engines[None]).get_table_names()) - OURS
    whole = "SELECT coalesce(md5(string_agg(one::text, '' ORDER BY one::text)), '') FROM {} AS one"
    return {name: db.session.execute(text(whole.format(f'"{name}"'))).scalar_one() for name in sorted(names)}
