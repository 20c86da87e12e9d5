"""A passkey made and used in a real browser, with an authenticator that the browser plays itself."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from shared.access import totp
from shared.access.models import Passkey
from shared.extensions import db
from shared.people.models import Staff
from shared.transactions import transaction
from tests.factories.identity import STAFF_PASSWORD
from tests.journeys.conftest import Counter

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_the_first_administrator_enrols_then_comes_in_with_a_key(counter: Counter) -> None:
    with counter.machine.app.app_context(), transaction():  # as on the first day: a password and nothing else
        jeanne = db.session.scalars(select(Staff)).one()
        jeanne.totp_secret = jeanne.second_factor_at = None
    page = counter.desk()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    _password(counter, page)
    page.wait_for_url("**/backoffice/second-factor")
    expect(page.get_by_role("img", name="Code QR de votre second facteur")).to_be_visible()
    secret = page.locator("[data-copy]").get_attribute("data-copy") or ""
    page.get_by_label("Code", exact=False).first.fill(totp.code_of(secret.replace(" ", "")))
    page.get_by_role("button", name="Enregistrer l’application").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    expect(page.locator(".g-codes li")).to_have_count(10)
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger").click()
    assert re.fullmatch(r"([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}\n?){10}", download.value.path().read_text())
    page.get_by_role("link", name="J’ai gardé mes codes").click()
    page.wait_for_url("**/backoffice/")

    page.goto(f"{counter.url}/backoffice/account")
    page.get_by_role("link", name="Ajouter une clé").click()
    page.get_by_label("Nom de la clé").fill("Portable du bureau")
    page.get_by_role("button", name="Créer une clé d’accès").click()
    expect(page.get_by_text("Clé d’accès « Portable du bureau »")).to_be_visible()

    page.goto(f"{counter.url}/backoffice/sign-in")
    page.context.clear_cookies()
    _password(counter, page)
    page.wait_for_url("**/backoffice/second-step")
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    page.wait_for_url("**/backoffice/")
    with counter.machine.app.app_context():
        assert db.session.scalars(select(Passkey)).one().used_at is not None


def test_a_key_alone_is_the_first_factor(counter: Counter) -> None:
    with counter.machine.app.app_context(), transaction():
        jeanne = db.session.scalars(select(Staff)).one()
        jeanne.totp_secret = jeanne.second_factor_at = None
    page = counter.desk()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    _password(counter, page)
    page.wait_for_url("**/backoffice/second-factor")
    page.get_by_label("Nom de la clé").fill("Clé USB")
    page.get_by_role("button", name="Créer une clé d’accès").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    expect(page.locator(".g-codes li")).to_have_count(10)
    page.get_by_role("link", name="J’ai gardé mes codes").click()
    page.wait_for_url("**/backoffice/")

    page.goto(f"{counter.url}/backoffice/sign-in")
    page.context.clear_cookies()
    _password(counter, page)
    page.wait_for_url("**/backoffice/second-step")
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    page.wait_for_url("**/backoffice/")
    with counter.machine.app.app_context():
        jeanne = db.session.scalars(select(Staff)).one()
        assert jeanne.second_factor_at is not None and jeanne.totp_secret is None


def _password(counter: Counter, page: Page) -> None:
    page.goto(f"{counter.url}/backoffice/sign-in")
    page.get_by_label("E-mail").fill("jeanne@exemple.fr")
    page.locator("input[name=password]").fill(STAFF_PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
