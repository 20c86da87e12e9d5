"""Two clerks on the settings of a text, on a role, on a state code: the second reads both and who was first."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from shared.extensions import db
from shared.notifications.models import Template
from shared.people.models import Role
from shared.records.coding import add_code
from tests.factories.identity import STAFF_PASSWORD, Browser, a_clerk


@dataclass(frozen=True)
class Shared:
    """A page that two clerks have open: where it is read and posted, what each types, how it reads afterwards."""

    page: str
    post: str
    first: dict[str, str]
    second: dict[str, str]
    words: tuple[str, ...]
    stands: Callable[[], str]


def a_template() -> Shared:
    found = db.session.scalars(select(Template).where(Template.key == "document.published.statement")).one()
    url = f"/backoffice/templates/{found.id}"
    typed = {"family_id": "", "kind": "service", "blind_copies": ""}
    first, second = typed | {"label": "Le premier"}, typed | {"label": "Le second", "blind_copies": "x@y.example"}
    words = ('<td data-label="Ce qui est enregistré">Le premier</td>', "x@y.example")
    return Shared(url, f"{url}/settings", first, second, words, lambda: found.label)


def a_role() -> Shared:
    found = db.session.scalars(select(Role).where(Role.key == "referent")).one()
    url = f"/backoffice/roles/{found.id}"
    first = {"label": "Le premier", "permissions": "backoffice:parties:see"}
    second = {"label": "Le second", "permissions": "backoffice:history:see", "second_factor": "y"}
    words = ("Voir les tiers", "Voir l’historique", "2FA obligatoire", ">Le premier</td>")
    return Shared(url, url, first, second, words, lambda: found.label)


def a_code() -> Shared:
    found = add_code(kind="intervention", code="103", label="Planifiée", by="command")
    url = f"/backoffice/state-codes/{found.id}"
    return Shared(url, url, {"label": "Le premier"}, {"label": "Le second"}, (">Le premier</td>",), lambda: found.label)


def mark(page: str, url: str) -> str:
    """The mark that the form posting to `url` brings."""
    form = page.partition(f'action="{url}')[2].partition("</form>")[0]
    found = re.search(r'name="seen"[^>]*value="([^"]+)"', form)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("shared_by_two", [a_template, a_role, a_code])
def test_the_second_clerk_reads_both_texts_and_may_then_save(
    app: Flask, browser: Browser, shared_by_two: Callable[[], Shared]
) -> None:
    a_clerk("referent", "lea@exemple.fr")
    both = shared_by_two()
    a_clerk("administrator", "paul@exemple.fr").name = "Paul Petit"
    colleague = Browser(app)
    colleague.sign_in_staff("paul@exemple.fr", STAFF_PASSWORD)
    seen = mark(browser.get(both.page).text, both.post)
    assert mark(colleague.get(both.page).text, both.post) == seen
    assert colleague.post(both.post, **both.first, seen=seen).status_code == 303
    refused = browser.post(both.post, **both.second, seen=seen)
    assert refused.status_code == 409 and "Enregistré par Paul Petit" in refused.text
    assert 'value="Le second"' in refused.text
    for words in both.words:
        assert words in refused.text
    db.session.expire_all()
    assert both.stands() == "Le premier"
    again = mark(refused.text, both.post)
    assert again != seen and browser.post(both.post, **both.second, seen=again).status_code == 303
    db.session.expire_all()
    assert both.stands() == "Le second"
