"""What the editor of texts shows: every text on the list, the holes of a text, its versions."""

from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import select

from shared.errors import Refused
from shared.extensions import db
from shared.notifications.arranging import create
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.saving import restore_shipped, save
from shared.notifications.shipped import shipped_messages
from shared.notifications.shipping import ship_messages
from tests.factories import counter, office, records, told
from tests.factories.identity import Browser
from tests.house.test_queries import questions

LIST, BY = "/backoffice/templates", "command"


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


def saved(template: Template, number: int) -> None:
    save(template=template, locale="fr", subject=f"Objet {number}", body=f"Texte {number} #lien#", seen=number, by=BY)


def test_an_earlier_version_is_read_with_what_differs_however_old_it_is(browser: Browser) -> None:
    template, url = text_of("document.published.statement")
    for number in range(1, 26):
        saved(template, number)
    page = BeautifulSoup(browser.get(url).text, "html.parser")
    assert page.find("a", string="Version 26") and not page.find("a", string="Version 6")
    older = page.find("a", string="Versions plus anciennes")
    assert isinstance(older, Tag)
    listed = BeautifulSoup(browser.get(str(older["href"])).text, "html.parser")
    assert [each.get_text() for each in listed.select(".g-list a")] == [
        f"Version {number}" for number in range(6, 0, -1)
    ]
    sixth = listed.find("a", string="Version 6")
    assert isinstance(sixth, Tag)
    db.session.commit()
    with questions() as asked:
        read = BeautifulSoup(browser.get(str(sixth["href"])).text, "html.parser")
    assert len(asked) <= 8
    assert [each.get_text() for each in read.select("del")] == ["Objet 5", "Texte 5 #lien#"]
    assert [each.get_text() for each in read.select("ins")] == ["Objet 25", "Texte 25 #lien#"]
    assert "ligne de commande" in read.get_text() and "Rétablir" in [
        each.get_text(strip=True) for each in read("button")
    ]
    other, elsewhere = text_of("document.published.quotes")
    assert browser.get(f"{elsewhere}/versions/{str(sixth['href']).rpartition('/')[2]}").status_code == 404
    assert other.deleted_at is None


def test_the_list_of_versions_goes_from_page_to_page(browser: Browser) -> None:
    template, url = text_of("document.published.statement")
    for number in range(1, 46):
        saved(template, number)
    seen, address = [], f"{url}/versions"
    for _page in range(3):
        page = BeautifulSoup(browser.get(address).text, "html.parser")
        seen += [int(each.get_text().rpartition(" ")[2]) for each in page.select(".g-list a")]
        after = page.select_one("a[rel=next]")
        address = str(after["href"]) if after else ""
    assert seen == list(range(46, 0, -1)) and not address
    assert "Aucune version plus ancienne" in browser.get(f"{url}/versions?after=1").text


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_the_text_of_the_product_comes_back_in_each_language(browser: Browser, locale: str) -> None:
    template, url = text_of("document.published.statement")
    shipped = next(each for each in shipped_messages() if (each.key, each.locale) == (template.key, locale))
    address = f"{url}?locale={locale}"
    browser.get(address)
    assert browser.post(address, subject="Hello", body="Mine #lien#", seen=1).status_code == 303
    assert in_force(template)[locale] == "Mine #lien#" != in_force(template)[{"fr": "en", "en": "fr"}[locale]]
    answer = browser.post(f"{url}/restore?locale={locale}")
    assert answer.status_code == 303 and answer.location.endswith(f"locale={locale}")
    assert in_force(template)[locale] == shipped.body
    page = browser.get(address).text
    assert "Version 3" in page and "texte d’origine" in browser.get(f"{LIST}?q=Facture disponible").text
    ship_messages()
    assert in_force(template)[locale] == shipped.body, "and an upgrade knows it again as its own"


def test_a_text_of_ones_own_has_no_text_of_the_product(browser: Browser) -> None:
    source, _url = text_of("document.published.statement")
    own = create(source=source, label="Le mien", family_id=None, by=BY)
    with pytest.raises(Refused, match="origine"):
        restore_shipped(template=own, locale="fr", by=BY)
    assert "Texte d’origine" not in browser.get(f"{LIST}/{own.id}").text


def in_force(template: Template) -> dict[str, str]:
    """Language → text."""
    current = (TemplateVersion.template_id == template.id, TemplateVersion.is_current)
    rows = db.session.execute(select(TemplateVersion.locale, TemplateVersion.body).where(*current))
    return {row.locale: row.body for row in rows}
