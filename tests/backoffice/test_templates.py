"""The editor of texts: fields checked, versions kept, tried on a real party."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.extensions import db
from shared.notifications.models import Template, TemplateVersion
from tests.factories import counter, office, post
from tests.factories.identity import Browser, a_clerk


@pytest.fixture
def browser(app: Flask) -> Browser:
    post.an_installation()
    a_clerk()
    browser = Browser(app)
    browser.sign_in_staff()
    return browser


def text_of(key: str = "document.published.statement") -> tuple[Template, str]:
    template = db.session.scalars(select(Template).where(Template.key == key)).one()
    return template, f"/backoffice/templates/{template.id}"


def current(template: Template) -> TemplateVersion:
    query = select(TemplateVersion).where(
        TemplateVersion.template_id == template.id, TemplateVersion.locale == "fr", TemplateVersion.is_current
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


@pytest.mark.row("P-27")
def test_an_unknown_field_is_refused_with_its_name_and_the_text_stays(browser: Browser) -> None:
    template, url = text_of()
    before = current(template).number
    browser.get(url)
    answer = browser.post(url, subject="Bonjour #nomm#", body="Voici #document# : #lien#", seen=before)
    assert answer.status_code == 422
    assert "#nomm#" in answer.text and "#nom#" in answer.text and "Voici #document#" in answer.text
    assert current(template).number == before


@pytest.mark.row("P-27")
def test_the_named_fields_are_replaced_for_the_party_chosen(browser: Browser) -> None:
    party = office.customer("4", "Ma jolie boutique")
    counter.a_document(party, office.folder(), title="Facture", number="FA-2017-0010")
    template, url = text_of()
    browser.get(url)
    answer = browser.post(
        f"{url}/preview", subject="#document#", body="#société# à #nom# sur #domaine# : #lien#", party=party.id
    )
    assert "Facture (FA-2017-0010)" in answer.text and "à Ma jolie boutique" in answer.text
    assert "#société#" not in answer.text and "http" in answer.text
    assert template.deleted_at is None


@pytest.mark.row("P-27")
def test_empty_values_name_the_parties_concerned_before_anything_is_sent(browser: Browser) -> None:
    party = office.customer("4", "Ma jolie boutique")
    counter.a_document(party, office.folder(), title="Facture", number="")
    _template, url = text_of()
    browser.get(url)
    answer = browser.post(f"{url}/preview", subject="Facture", body="Échéance : #échéance# #lien#", party=party.id)
    assert "échéance" in answer.text and answer.text.count("Ma jolie boutique") >= 1


def test_a_save_is_a_version_and_an_earlier_one_comes_back(browser: Browser) -> None:
    template, url = text_of()
    first = current(template)
    browser.get(url)
    answer = browser.post(url, subject="Nouvel objet", body="Bonjour, #document# #lien#", seen=first.number)
    assert answer.status_code == 303
    assert current(template).number == first.number + 1 and current(template).shipped_hash is None
    browser.get(url)
    browser.post(f"{url}/versions/{first.id}/restore")
    assert current(template).subject == first.subject


def test_the_second_of_two_clerks_sees_both_texts(browser: Browser) -> None:
    template, url = text_of()
    seen = current(template).number
    browser.get(url)
    browser.post(url, subject="Le premier", body="Texte du premier #lien#", seen=seen)
    answer = browser.post(url, subject="Le second", body="Texte du second #lien#", seen=seen)
    assert answer.status_code == 409
    assert "Texte du premier" in answer.text and "Texte du second" in answer.text
    assert current(template).subject == "Le premier"


def test_staff_who_may_only_read_cannot_save(app: Flask, browser: Browser) -> None:
    template, url = text_of()
    a_clerk("reader", "lecture@exemple.fr")
    reader = Browser(app)
    reader.sign_in_staff("lecture@exemple.fr")
    assert reader.get(url).status_code == 200
    answer = reader.post(url, subject="x", body="y #lien#", seen=1)
    assert answer.status_code == 403 and current(template).number == 1
