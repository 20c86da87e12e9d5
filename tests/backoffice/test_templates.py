"""The editor of texts: fields checked, versions kept, tried on a real party."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared.extensions import db
from shared.marking import mark_of
from shared.notifications.arranging import standing
from shared.notifications.claiming import COLUMNS
from shared.notifications.models import Notification, Template, TemplateVersion
from shared.notifications.preferring import refuses
from shared.notifications.refusals import Subject
from shared.notifications.resolving import Ready, foretell
from tests.factories import counter, office
from tests.factories.identity import Browser, a_clerk


def text_of(key: str = "document.published.statement") -> tuple[Template, str]:
    template = db.session.scalars(select(Template).where(Template.key == key)).one()
    return template, f"/backoffice/templates/{template.id}"


def current(template: Template) -> TemplateVersion:
    query = select(TemplateVersion).where(
        TemplateVersion.template_id == template.id, TemplateVersion.locale == "fr", TemplateVersion.is_current
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def arranged(browser: Browser, template: Template, **typed: str) -> TestResponse:
    """« Réglages » saved, by somebody who opened them just now."""
    return browser.post(f"/backoffice/templates/{template.id}/settings", seen=mark_of(standing(template)), **typed)


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
    read = answer.text.partition("Liste des valeurs")[0]
    assert "#société#" not in read and "http" in read
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
    assert "par Jeanne Roy, le" in answer.text and "puis enregistrez" in answer.text and "rouvrez" not in answer.text
    assert current(template).subject == "Le premier"
    marker = re.search(r'name="seen"[^>]*value="(\d+)"', answer.text)
    assert marker is not None and int(marker[1]) == seen + 1
    assert browser.post(url, subject="Les deux", body="Des deux #lien#", seen=marker[1]).status_code == 303
    assert current(template).subject == "Les deux"


def test_staff_who_may_only_read_cannot_save(app: Flask, browser: Browser) -> None:
    template, url = text_of()
    a_clerk("reader", "lecture@exemple.fr")
    reader = Browser(app)
    reader.sign_in_staff("lecture@exemple.fr")
    assert reader.get(url).status_code == 200
    answer = reader.post(url, subject="x", body="y #lien#", seen=1)
    assert answer.status_code == 403 and current(template).number == 1


@pytest.mark.row("A-08")
def test_the_list_of_values_gives_each_tag_its_meaning_and_its_value_for_the_record(browser: Browser) -> None:
    party = office.customer("4", "Ma jolie boutique")
    former = counter.a_document(party, office.folder(), title="Facture", number="FA-1")
    counter.a_document(party, office.folder(), title="Facture", number="FA-2")
    _template, url = text_of()
    browser.get(url)
    answer = browser.post(f"{url}/preview", subject="x", body="#lien#", party=party.id)
    for said in ("Liste des valeurs", "#nom#", "le nom du tiers", "Ma jolie boutique", "#numéro#", "FA-2"):
        assert said in answer.text
    assert "•••" in answer.text
    former_shown = browser.post(f"{url}/preview", subject="#numéro#", body="#lien#", party=party.id, document=former.id)
    assert ">FA-1</strong>" in former_shown.text


def test_any_party_is_found_for_the_preview(browser: Browser) -> None:
    for number in range(25):
        office.customer(f"Z{number:02}", f"Client numéro {number:02}")
    _template, url = text_of()
    assert "Client numéro 24" not in browser.get(url).text
    assert "Client numéro 24" in browser.get(f"{url}?q=numero+24").text


def test_a_text_of_ones_own_is_made_renamed_used_and_deleted(browser: Browser) -> None:
    source, _url = text_of()
    browser.get("/backoffice/templates/new")
    refused = browser.post("/backoffice/templates/new", label=source.label, source=source.id, family_id="")
    assert refused.status_code == 422 and "porte déjà ce nom" in refused.text
    browser.post("/backoffice/templates/new", label="Relevé du mois", source=source.id, family_id="")
    own = db.session.scalars(select(Template).where(Template.label == "Relevé du mois")).one()
    assert own.key != source.key and current(own).body == current(source).body
    url = f"/backoffice/templates/{own.id}"
    browser.get(url)
    arranged(browser, own, label="Relevé mensuel", family_id="", kind="information", blind_copies="")
    db.session.refresh(own)
    assert (own.label, own.kind) == ("Relevé mensuel", "information")
    folder = office.folder()
    folder.template_id = own.id
    db.session.flush()
    browser.get(url)
    browser.post(f"{url}/delete")
    assert folder.label in browser.get(url).text
    db.session.refresh(own)
    assert own.deleted_at is None
    folder.template_id = None
    db.session.flush()
    browser.post(f"{url}/delete")
    assert browser.get(url).status_code == 404


@pytest.mark.row("A-06")
def test_a_copy_that_is_no_address_is_refused_at_saving_with_its_name(browser: Browser) -> None:
    template, _url = text_of()
    settings = {"label": template.label, "family_id": "", "kind": "service"}
    answer = arranged(browser, template, **settings, blind_copies="a@x.fr;pas-une-adresse")
    assert answer.status_code == 422 and answer.text.count("pas-une-adresse") >= 2
    arranged(browser, template, **settings, blind_copies="a@x.fr;b@y.fr")
    db.session.refresh(template)
    assert template.blind_copies == "a@x.fr;b@y.fr"


def test_a_trial_leaves_for_whoever_asks_with_no_live_link(browser: Browser) -> None:
    party = office.customer("4", "Ma jolie boutique")
    counter.a_document(party, office.folder(), title="Facture", number="FA-1")
    template, url = text_of()
    before = current(template).number
    browser.get(url)
    typed = {"subject": "#numéro#", "body": "À #nom# : #document#\n\nOuvrir : #lien#", "seen": before}
    assert browser.post(f"{url}/trial", **typed, party=party.id).status_code == 200
    line = db.session.scalars(select(Notification)).one()
    assert line.edited_subject == "[Essai] #numéro#" and line.facts["values"]["nom"] == "Ma jolie boutique"
    assert "clerc" in (line.fixed_address or "") or line.staff_id is not None
    assert current(template).number == before
    (ready,) = foretell(db.session.connection(), db.session.execute(select(*COLUMNS)).mappings().all())
    assert isinstance(ready, Ready) and ready.rendered.subject == "[Essai] FA-1"
    assert "/l/exemple" in ready.rendered.text and "À Ma jolie boutique" in ready.rendered.text
    assert browser.post(f"{url}/trial", subject="x", body="#inconnu#", seen=before).status_code == 422


@pytest.mark.row("FR-14")
def test_staff_write_down_that_a_party_refuses_information(browser: Browser) -> None:
    party = office.customer("4", "Ma jolie boutique")
    url = f"/backoffice/parties/{party.id}"
    browser.get(url)
    browser.post(f"{url}/information", information="off")
    assert refuses(Subject(party_id=party.id)) and "Refusées" in browser.get(f"{url}/contacts").text
    browser.post(f"{url}/information", information="on")
    assert not refuses(Subject(party_id=party.id))
