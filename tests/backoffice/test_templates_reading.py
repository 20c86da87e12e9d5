"""What the editor of texts shows: every text on the list, the holes of a text, its versions."""

from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from shared.extensions import db
from shared.notifications.models import Template
from shared.notifications.shipped import shipped_messages
from tests.factories import counter, office, records, told
from tests.factories.identity import Browser

LIST = "/backoffice/templates"


def text_of(key: str) -> tuple[Template, str]:
    template = db.session.scalars(select(Template).where(Template.key == key)).one()
    return template, f"{LIST}/{template.id}"


def headings(page: str) -> dict[str, list[str]]:
    """Each heading of the list with the names of the texts that stand under it."""
    panels = BeautifulSoup(page, "html.parser").select("#results .g-panel")
    return {panel.h2.get_text(strip=True): [each.get_text() for each in panel.select("tbody a")] for panel in panels}


def test_every_shipped_text_and_every_copy_stands_on_the_list(browser: Browser) -> None:
    shipped = {each.key: each.label for each in shipped_messages() if each.locale == "fr"}
    source, _url = text_of("quote.validated")
    browser.get(f"{LIST}/new")
    browser.post(f"{LIST}/new", label="Devis, à ma façon", source=source.id, family_id="")
    shown = headings(browser.get(LIST).text)
    assert sorted(name for names in shown.values() for name in names) == sorted(
        [*shipped.values(), "Devis, à ma façon"]
    )
    assert "Devis envoyé" in shown["Devis"] and shown["Pièces : vos modèles"] == ["Devis, à ma façon"]
    assert "Autres" not in shown and "Signature refusée" in shown["Signatures"]


@pytest.mark.parametrize(("q", "found"), [("rendez vous", "Rendez-vous pris"), ("DEVIS envoyé", "Devis envoyé")])
def test_a_text_is_found_by_its_words(browser: Browser, q: str, found: str) -> None:
    page = browser.get(f"{LIST}?q={quote(q)}").text
    assert found in page and "Mot de passe oublié" not in page
    assert "Aucun modèle ne correspond" in browser.get(f"{LIST}?q=zzz").text


def test_a_text_about_records_names_the_parties_for_whom_it_has_a_hole(browser: Browser) -> None:
    for number in range(11):
        records.an_invoice(told.a_party(f"sans{number:02}"), due_on=None)
    records.an_invoice(told.a_party("avec"))
    _template, url = text_of("invoice.sent")
    browser.get(url)
    answer = browser.post(f"{url}/preview", subject="#numéro#", body="Avant le #échéance#.").text
    assert "11 tiers ont une pièce à laquelle il manque une valeur" in answer
    assert answer.count("#échéance#</li>") == 10 and "et 1 autre<" in answer and "<li>Avec" not in answer
    assert "Valeurs cherchées dans les 300 pièces les plus récentes." in answer


def test_how_many_documents_were_looked_at_is_said(browser: Browser) -> None:
    counter.a_document(office.customer("4", "Ma jolie boutique"), office.folder(), title="Facture", number="FA-1")
    _template, url = text_of("document.published.statement")
    assert "Valeurs cherchées dans les 300 documents les plus récents." in browser.get(url).text
    assert "Valeurs cherchées" not in browser.get(text_of("access.opened")[1]).text
