"""The cells of the grid that are chosen in a list, and the changes of older pages."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from shared.documents.models import FolderChange
from shared.extensions import db
from shared.retention.lengthening import lengthen
from shared.retention.models import RetentionRule
from tests.backoffice.test_folders import form_of, save, soup_of
from tests.factories.identity import Browser
from tests.factories.office import folder
from tests.factories.rules import a_text


@pytest.mark.row("P-85")
def test_the_text_and_the_retention_of_a_folder_are_cells(browser: Browser) -> None:
    here, text = folder(), a_text("Votre facture est là", "Elle est dans votre espace.", context="document")
    cells = {f"template_id-{here.id}": str(text.id), f"retention_class-{here.id}": "quote"}
    assert save(browser, form_of(soup_of(browser)) | cells).status_code == 303  # type: ignore[attr-defined]
    assert (here.template_id, here.retention_class) == (text.id, "quote")
    shown = form_of(soup_of(browser))
    assert {name: shown[name] for name in cells} == cells


def test_the_column_of_retention_says_how_long_documents_are_kept_now(browser: Browser) -> None:
    def offered(soup: BeautifulSoup, name: str) -> dict[str, str]:
        return {str(each["value"]): each.get_text() for each in soup.select(f"select[name='{name}'] option")}

    cell = f"retention_class-{folder().id}"
    shipped = offered(soup_of(browser), cell)
    assert (shipped["invoice"], shipped["employment"]) == (
        "facture, 10 ans",
        "dossier du salarié, 5 ans après son départ",
    )
    lengthen(rule=db.session.get_one(RetentionRule, "invoice"), months=150, by="command")
    lengthen(rule=db.session.get_one(RetentionRule, "contract"), months=84, by="command")
    kept = offered(soup_of(browser), cell)
    assert (kept["invoice"], kept["contract"]) == ("facture, 150 mois", "contrat, 7 ans après sa fin")
    new = BeautifulSoup(browser.get("/backoffice/folders/new?family=customers").text, "html5lib")
    assert offered(new, "retention_class") == kept


def test_an_old_change_is_undone_from_the_next_page(browser: Browser) -> None:
    keys = ["c.invoices", "c.quotes", "c.contracts", "c.to_sign", "c.quotes_to_sign"]
    for number in range(6):
        label = {f"label-{folder(keys[number % 5]).id}": f"Nouveau {number}"}
        assert save(browser, form_of(soup_of(browser)) | label).status_code == 303  # type: ignore[attr-defined]
    oldest = db.session.scalars(select(FolderChange).order_by(FolderChange.at).limit(1)).one()
    first = soup_of(browser)
    assert f"changes/{oldest.id}/undo" not in str(first)
    older = first.select_one(".g-pager a[rel=next]")
    assert older is not None
    assert f"changes/{oldest.id}/undo" in browser.get(str(older["href"])).text
    second = db.session.scalars(select(FolderChange).order_by(FolderChange.at).offset(1).limit(1)).one()
    assert browser.post(f"/backoffice/folders/changes/{second.id}/undo?family=customers").status_code == 303
    assert folder("c.quotes").label == "Devis"
