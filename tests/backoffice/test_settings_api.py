"""« API »: a token and a secret are shown once, to whoever may; each opens and closes from the screen."""

import re

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared.extensions import db, uuid7
from shared.hooks.models import Hook, HookCall
from shared.intake.api_models import ApiToken
from tests.factories.erp import Erp
from tests.factories.identity import Browser, a_clerk, signed_in
from tests.factories.post import an_installation

PAGE = "/backoffice/settings/api"


def a_browser(app: Flask) -> Browser:
    an_installation()
    a_clerk()
    return signed_in(app)


def test_a_token_is_shown_once_opens_and_is_revoked(app: Flask) -> None:
    browser = a_browser(app)
    key = str(uuid7())
    told = browser.post(f"{PAGE}/tokens", software="Sage", scopes=["parties:read"], key=key)
    found = re.search(r"guichet_[\w-]{43}", told.text)
    assert told.status_code == 200 and found and told.headers["Cache-Control"] == "no-store"
    assert found[0] not in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/tokens", software="Sage", scopes=["parties:read"], key=key).status_code == 303
    row = db.session.scalars(select(ApiToken)).one()
    assert Erp(app, found[0]).get("/parties/customers").status_code == 200
    browser.post(f"{PAGE}/tokens/{row.id}/revoke")
    assert Erp(app, found[0]).get("/parties/customers").status_code == 401
    assert "révoqué" in browser.get(PAGE).text


def test_what_is_wrong_is_said_beside_it(app: Flask) -> None:
    browser = a_browser(app)
    nothing = browser.post(f"{PAGE}/tokens", software="Sage")
    late = browser.post(f"{PAGE}/tokens", software="Sage", scopes=["parties:read"], expires_on="2020-01-01")
    plain = sent(browser, f"{PAGE}/hooks", "http://erp.exemple.fr", "*")
    unknown = sent(browser, f"{PAGE}/hooks", "https://erp.exemple.fr", "note.*")
    assert [answer.status_code for answer in (nothing, late, plain, unknown)] == [422] * 4
    assert "Cochez au moins un droit" in nothing.text and "Cette date est passée" in late.text
    assert "commence par https" in plain.text and "Aucun événement ne s’appelle" in unknown.text


def test_an_address_sent_twice_is_added_once(app: Flask) -> None:
    browser, key = a_browser(app), str(uuid7())
    fields = {"csrf_token": browser.token, "key": key, "label": "ERP", "url": "https://erp.exemple.fr", "events": "*"}
    first, again = (browser.client.post(f"{PAGE}/hooks", data=fields) for _time in range(2))
    assert "whsec_" in first.text and again.status_code == 303
    assert "déjà ajoutée" in browser.get(PAGE).text and len(db.session.scalars(select(Hook)).all()) == 1


def test_an_address_is_added_changed_stopped_and_its_call_sent_again(app: Flask) -> None:
    browser = a_browser(app)
    told = sent(browser, f"{PAGE}/hooks", "https://erp.exemple.fr/x", "invoice.closed\nquote.*")
    found = re.search(r"whsec_[\w+/=]{40,}", told.text)
    hook = db.session.scalars(select(Hook)).one()
    page = f"{PAGE}/hooks/{hook.id}"
    assert found and found[0] not in browser.get(page).text and hook.events == ["invoice.closed", "quote.*"]
    sent(browser, page, "https://erp.exemple.fr/y", "*")
    fresh = browser.post(f"{page}/secret")
    assert "whsec_" in fresh.text and found[0] not in fresh.text
    db.session.add(
        HookCall(hook_id=hook.id, event_id=uuid7(), event="invoice.closed", attempts=16, ended_at=hook.created_at)
    )
    db.session.commit()
    call = db.session.scalars(select(HookCall)).one()
    assert browser.post(f"{page}/calls/{call.id}").status_code == 303
    assert browser.post(f"{page}/calls/{uuid7()}").status_code == 404
    browser.post(f"{page}/off")
    db.session.refresh(hook)
    db.session.refresh(call)
    assert (call.ended_at, call.attempts, hook.enabled, hook.url) == (None, 0, False, "https://erp.exemple.fr/y")
    browser.post(f"{page}/delete")
    assert browser.get(page).status_code == 404 and "https://erp.exemple.fr" not in browser.get(PAGE).text


def sent(browser: Browser, page: str, url: str, events: str) -> TestResponse:
    fields = {"csrf_token": browser.token, "label": "ERP", "url": url, "events": events}
    answer: TestResponse = browser.client.post(page, data=fields)
    return answer
