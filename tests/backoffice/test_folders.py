"""The grid of folders on screen."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from shared.documents.models import Folder, FolderChange
from shared.events.models import Event
from shared.extensions import db
from tests.factories import office, post
from tests.factories.counter import a_seat
from tests.factories.identity import Browser, a_clerk
from tests.factories.office import customer, filed, folder


@pytest.fixture
def browser(app: Flask) -> Browser:
    post.an_installation()
    office.an_installation()
    a_clerk()
    browser = Browser(app)
    browser.sign_in_staff()
    return browser


def soup_of(browser: Browser, tab: str = "customers") -> BeautifulSoup:
    answer = browser.get(f"/backoffice/folders?family={tab}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html5lib")


def form_of(soup: BeautifulSoup) -> dict[str, str]:
    """What a browser would send of the grid, untouched."""
    form = soup.select_one("#repertoires")
    assert form is not None
    sent = {}
    for control in form.select("input[name]"):
        if control.get("type") != "checkbox" or control.has_attr("checked"):
            sent[str(control["name"])] = str(control.get("value", ""))
    for control in form.select("select"):
        chosen = control.select_one("option[selected]") or control.select_one("option")
        sent[str(control["name"])] = str(chosen["value"]) if chosen else ""
    return sent


def save(browser: Browser, fields: dict[str, str], tab: str = "customers") -> object:
    return browser.client.post(f"/backoffice/folders?family={tab}", data=fields)


@pytest.mark.row("P-09")
@pytest.mark.row("P-11")
def test_the_grid_has_its_tabs_and_columns_and_the_five_folders(browser: Browser) -> None:
    soup = soup_of(browser)
    tabs = [link.get_text(strip=True) for link in soup.select(".g-tabs a")]
    assert sorted(tabs) == sorted(["Salariés", "Clients", "Fournisseurs", "Chemins"])
    heads = [head.get_text(strip=True) for head in soup.select("thead th")]
    wanted = ["Chemin", "Désignation", "Portail", "Signature", "Notification", "Notifier sur", "Lien vers"]
    assert heads[:7] == wanted
    assert "Notifier sur" not in [
        head.get_text(strip=True) for head in soup_of(browser, "employees").select("thead th")
    ]
    fields = form_of(soup)
    shown = []
    for key in ("c.to_sign", "c.quotes_to_sign", "c.contracts", "c.quotes", "c.invoices"):
        here = folder(key).id
        names = ("path", "label", "on_portal", "signature_side", "notify", "slot", "link_target")
        shown.append([fields[f"{name}-{here}"] for name in names])
    assert shown == [
        ["CLIENTS\\A signer\\Contrat\\", "Contrats à signer", "1", "right", "immediate", "card", "document"],
        ["CLIENTS\\A signer\\Devis\\", "Devis à signer", "1", "right", "immediate", "quote", "quotes"],
        ["CLIENTS\\Contrat\\", "Contrats", "1", "", "immediate", "card", "home"],
        ["CLIENTS\\Devis\\", "Devis", "1", "", "immediate", "quote", "quotes"],
        ["CLIENTS\\Facture\\", "Facture", "1", "", "immediate", "billing", "statement"],
    ]
    assert len(soup.select("tbody tr")) == 5


@pytest.mark.row("P-09")
def test_five_cells_are_one_audited_change_and_one_click_undoes_them(browser: Browser) -> None:
    before = form_of(soup_of(browser))
    invoices, quotes = folder().id, folder("c.quotes").id
    edited = {
        f"label-{invoices}": "Factures et avoirs",
        f"notify-{invoices}": "grouped",
        f"slot-{quotes}": "card",
        f"link_target-{quotes}": "document",
        f"signature_side-{quotes}": "left",
    }
    assert save(browser, before | edited).status_code == 303  # type: ignore[attr-defined]
    made = db.session.scalars(select(FolderChange)).one()
    assert len(made.cells) == 5
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.name == "folder.changed")) == 1
    after = form_of(soup_of(browser))
    assert {name: after[name] for name in edited} == edited
    browser.get("/backoffice/folders?family=customers")
    assert browser.post(f"/backoffice/folders/changes/{made.id}/undo?family=customers").status_code == 303
    restored = form_of(soup_of(browser))
    assert {k: v for k, v in restored.items() if "revision" not in k and k != "csrf_token"} == {
        k: v for k, v in before.items() if "revision" not in k and k != "csrf_token"
    }
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.name == "folder.change_undone")) == 1
    assert "annulée" in soup_of(browser).get_text()


def test_a_refused_cell_loses_nothing_typed(browser: Browser) -> None:
    fields = form_of(soup_of(browser))
    invoices, quotes = folder().id, folder("c.quotes").id
    typed = {f"path-{invoices}": "CLIENTS\\..\\x", f"label-{quotes}": "Propositions"}
    answer = save(browser, fields | typed)
    assert answer.status_code == 422 and "Propositions" in answer.text  # type: ignore[attr-defined]
    assert "CLIENTS\\..\\x" in answer.text  # type: ignore[attr-defined]
    assert (
        folder("c.quotes").label == "Devis" and db.session.scalar(select(func.count()).select_from(FolderChange)) == 0
    )


def test_the_second_clerk_gets_a_409_and_keeps_their_text(browser: Browser) -> None:
    fields = form_of(soup_of(browser))
    invoices = folder().id
    assert save(browser, fields | {f"label-{invoices}": "Premier"}).status_code == 303  # type: ignore[attr-defined]
    answer = save(browser, fields | {f"label-{invoices}": "Second"})
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "Jeanne Roy a modifié" in answer.text and "Second" in answer.text  # type: ignore[attr-defined]
    assert db.session.get_one(Folder, invoices).label == "Premier"


@pytest.mark.row("P-12")
def test_unticking_portail_ends_every_reading_at_once_and_ticking_restores(browser: Browser, app: Flask) -> None:
    from shared.documents import reading
    from shared.documents.reading import Reader
    from tests.factories.counter import a_link

    party = customer()
    document, seat = filed(party, folder()), a_seat(party)
    readers = [Reader(by="x", seat=seat), Reader(by="x", link=a_link(document))]

    def readable() -> list[bool]:
        return [reading.find(document_id=document.id, reader=each) is not None for each in readers]

    def said_as_shared_no_more() -> bool:
        return all(reading.was_shared(document_id=document.id, reader=each) for each in readers)

    assert readable() == [True, True]
    fields = form_of(soup_of(browser))
    box = f"on_portal-{folder().id}"
    assert save(browser, {k: v for k, v in fields.items() if k != box}).status_code == 303  # type: ignore[attr-defined]
    assert readable() == [False, False] and said_as_shared_no_more()
    fields = form_of(soup_of(browser))
    assert box not in fields
    assert save(browser, fields | {box: "1"}).status_code == 303  # type: ignore[attr-defined]
    assert readable() == [True, True]


@pytest.mark.row("P-85")
def test_the_link_to_the_template_opens_the_text_that_the_folder_uses(browser: Browser) -> None:
    from shared.notifications.models import Template

    links = soup_of(browser).select("a[href^='/backoffice/templates/']")
    opened = [db.session.get_one(Template, str(link["href"]).rsplit("/", 1)[1]).key for link in links]
    targets = ["document", "quotes", "home", "quotes", "statement"]
    keys = set(db.session.scalars(select(Template.key)))
    usual = "document.published"
    assert opened == [f"{usual}.{each}" if f"{usual}.{each}" in keys else usual for each in targets]
    assert all(browser.get(str(link["href"])).status_code == 200 for link in links)


@pytest.mark.row("P-84")
def test_one_click_from_the_table_to_the_explorer_of_the_family(browser: Browser) -> None:
    link = soup_of(browser, "employees").select_one("a[href*='/explorer?family=employees']")
    assert link is not None and browser.get(str(link["href"])).status_code == 200


def test_paths_change_in_their_tab_and_refuse_a_collision(browser: Browser) -> None:
    document = filed(customer(), folder("c.contracts"))
    fields = form_of(soup_of(browser, "paths"))
    path = f"path-{folder('c.contracts').id}"
    assert save(browser, fields | {path: "clients/contrats signés"}, "paths").status_code == 303  # type: ignore[attr-defined]
    assert folder("c.contracts").path == "CLIENTS\\contrats signés\\"
    assert browser.get(f"/backoffice/documents/{document.id}").status_code == 200
    fields = form_of(soup_of(browser, "paths"))
    taken = save(browser, fields | {path: "CLIENTS/Facture"}, "paths")
    assert taken.status_code == 422 and "déjà celui" in taken.text  # type: ignore[attr-defined]


def test_an_unknown_tab_or_folder_is_a_404(browser: Browser) -> None:
    assert browser.get("/backoffice/folders?family=martiens").status_code == 404
    fields = form_of(soup_of(browser))
    stranger = "01890000-0000-7000-8000-000000000000"
    answer = save(browser, fields | {f"revision-{stranger}": "1", f"label-{stranger}": "x"})
    assert answer.status_code == 404  # type: ignore[attr-defined]
    assert browser.post(f"/backoffice/folders/changes/{stranger}/undo").status_code == 404
