"""The grid of folders on screen."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from shared.documents.models import Folder, FolderChange
from shared.events.models import Event
from shared.extensions import db
from tests.factories.counter import a_seat
from tests.factories.identity import Browser, a_clerk
from tests.factories.office import customer, filed, folder


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
    assert heads == [
        *("Chemin", "Désignation", "Portail", "Signature", "Notification", "Notifier sur", "Lien vers", "Modèle"),
        *("Modèle de notification", "Niveau de signature", "Signés vers", "Dépôt", "Motif de refus", "Classe"),
        *("Conservation", "Autres actions"),
    ]
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


def confirmed(browser: Browser, preview: object, tab: str = "paths") -> object:
    """The form of the preview, sent as it is."""
    form = BeautifulSoup(preview.text, "html5lib").select_one("form:has(input[name=confirmed])")  # type: ignore[attr-defined]
    assert form is not None
    sent = {str(each["name"]): str(each.get("value", "")) for each in form.select("input[name]")}
    return save(browser, sent, tab)


@pytest.mark.row("P-82")
def test_a_path_changes_after_a_preview_and_its_documents_keep_hash_and_links(browser: Browser, app: Flask) -> None:
    from shared.documents import reading
    from shared.documents.reading import Reader
    from shared.documents.shelving import shelves
    from shared.people.scopes import Scope
    from tests.factories.counter import a_link

    documents = [filed(customer(), folder("c.contracts")) for _ in range(2)]
    link, hashes = a_link(documents[0]), [each.versions[0].sha256 for each in documents]
    fields = form_of(soup_of(browser, "paths"))
    path = f"path-{folder('c.contracts').id}"
    preview = save(browser, fields | {path: "clients/contrats signés"}, "paths")
    assert preview.status_code == 200  # type: ignore[attr-defined]
    shown = BeautifulSoup(preview.text, "html5lib").get_text(" ", strip=True)  # type: ignore[attr-defined]
    assert "1 répertoire change de chemin, 2 documents apparaîtront sous le nouveau." in shown
    assert folder("c.contracts").path == "CLIENTS\\Contrat\\", "nothing changes before it is confirmed"
    assert confirmed(browser, preview).status_code == 303  # type: ignore[attr-defined]
    assert folder("c.contracts").path == "CLIENTS\\contrats signés\\"
    assert [each.versions[0].sha256 for each in documents] == hashes
    sheet = reading.find(document_id=documents[0].id, reader=Reader(by="x", link=link))
    assert sheet is not None and sheet.sha256 == hashes[0]
    scope = Scope(tuple(a_clerk("administrator", email="autre@exemple.fr").grants))
    held = {each.path: each.documents for each in shelves(scope=scope, family_id=folder("c.contracts").family_id)}
    assert held["CLIENTS\\contrats signés\\"] == 2
    page = browser.get(f"/backoffice/documents/{documents[0].id}")
    assert page.status_code == 200 and "contrats signés" in page.text
    fields = form_of(soup_of(browser, "paths"))
    taken = save(browser, fields | {path: "CLIENTS/Facture"}, "paths")
    assert taken.status_code == 422 and "déjà celui" in taken.text  # type: ignore[attr-defined]
    assert BeautifulSoup(taken.text, "html5lib").select_one(f"#{path}[aria-invalid]"), "shown where it stands"  # type: ignore[attr-defined]


@pytest.mark.row("P-82")
def test_another_beginning_moves_all_the_folders_below_it(browser: Browser) -> None:
    filed(customer(), folder("c.to_sign"))
    browser.get("/backoffice/folders?family=paths")
    preview = browser.post("/backoffice/folders/relocate", start="clients/a signer", becomes="CLIENTS\\Signatures")
    shown = BeautifulSoup(preview.text, "html5lib").get_text(" ", strip=True)
    assert "2 répertoires changent de chemin, 1 document apparaîtra" in shown
    assert confirmed(browser, preview).status_code == 303  # type: ignore[attr-defined]
    assert [folder(key).path for key in ("c.to_sign", "c.quotes_to_sign", "c.quotes")] == [
        "CLIENTS\\Signatures\\Contrat\\",
        "CLIENTS\\Signatures\\Devis\\",
        "CLIENTS\\Devis\\",
    ]
    browser.get("/backoffice/folders?family=paths")
    collision = browser.post("/backoffice/folders/relocate", start="CLIENTS\\Signatures\\", becomes="CLIENTS")
    assert collision.status_code == 422
    browser.get("/backoffice/folders?family=paths")
    down = browser.post("/backoffice/folders/relocate", start="CLIENTS\\Signatures\\Contrat", becomes="CLIENTS\\Devis")
    assert down.status_code == 422 and "déjà celui" in down.text
    assert browser.post("/backoffice/folders/relocate", start="CLIENTS\\Rien", becomes="CLIENTS\\x").status_code == 422


def test_two_folders_may_exchange_their_paths(browser: Browser) -> None:
    quotes, invoices = folder("c.quotes"), folder()
    fields = form_of(soup_of(browser, "paths"))
    swapped = {f"path-{quotes.id}": invoices.path, f"path-{invoices.id}": quotes.path}
    assert confirmed(browser, save(browser, fields | swapped, "paths")).status_code == 303  # type: ignore[attr-defined]
    assert (folder("c.quotes").path, folder().path) == ("CLIENTS\\Facture\\", "CLIENTS\\Devis\\")


def test_two_clerks_on_one_row_each_see_both_texts(browser: Browser) -> None:
    fields = form_of(soup_of(browser))
    invoices, quotes = folder().id, folder("c.quotes").id
    first = {f"label-{invoices}": "Premier", f"notify-{invoices}": "grouped"}
    assert save(browser, fields | first).status_code == 303  # type: ignore[attr-defined]
    answer = save(browser, fields | {f"label-{invoices}": "Second", f"label-{quotes}": "Propositions"})
    assert answer.status_code == 409  # type: ignore[attr-defined]
    soup = BeautifulSoup(answer.text, "html5lib")  # type: ignore[attr-defined]
    assert "Jeanne Roy a modifié" in soup.get_text() and "« Premier »" in soup.get_text()
    sent = form_of(soup)
    assert (sent[f"label-{invoices}"], sent[f"label-{quotes}"]) == ("Second", "Propositions")
    assert sent[f"notify-{invoices}"] == "grouped", "what the second did not touch is the first's"
    assert save(browser, sent).status_code == 303  # type: ignore[attr-defined]
    assert folder().label == "Second" and folder().notify == "grouped"


def test_a_row_that_another_clerk_saved_does_not_stop_the_others(browser: Browser) -> None:
    fields = form_of(soup_of(browser))
    assert save(browser, fields | {f"label-{folder().id}": "Premier"}).status_code == 303  # type: ignore[attr-defined]
    other = save(browser, fields | {f"label-{folder('c.quotes').id}": "Propositions"})
    assert other.status_code == 303 and folder().label == "Premier"  # type: ignore[attr-defined]


def test_one_column_of_many_folders_is_counted_then_one_change(browser: Browser) -> None:
    filed(customer(), folder())
    ids = [folder(key).id for key in ("c.invoices", "c.quotes", "c.contracts")]
    folder("c.contracts").notify = "grouped"
    browser.get("/backoffice/folders/many?family=customers&column=notify")
    sent = {"column": "notify", "value": "grouped", "ids": [str(each) for each in ids]}
    counted = browser.post("/backoffice/folders/many?family=customers", **sent)
    said = BeautifulSoup(counted.text, "html5lib").get_text(" ", strip=True)
    assert "2 répertoires changent" in said and "1 est déjà ainsi. 1 document est concerné." in said
    assert db.session.scalar(select(func.count()).select_from(FolderChange)) == 0
    form = BeautifulSoup(counted.text, "html5lib").select_one("form:has(input[name=confirmed])")
    assert form is not None
    confirm: dict[str, list[str]] = {}
    for each in form.select("input[name]"):
        confirm.setdefault(str(each["name"]), []).append(str(each["value"]))
    assert browser.client.post("/backoffice/folders/many?family=customers", data=confirm).status_code == 303
    made = db.session.scalars(select(FolderChange)).one()
    assert len(made.cells) == 2 and folder().notify == folder("c.quotes").notify == "grouped"
    browser.get("/backoffice/folders?family=customers")
    browser.post(f"/backoffice/folders/changes/{made.id}/undo?family=customers")
    assert folder().notify == "immediate" and folder("c.contracts").notify == "grouped"


@pytest.mark.row("FR-06")
def test_no_cell_and_no_bulk_asks_for_a_signature_on_payslips(browser: Browser) -> None:
    payslips, contracts = folder("e.payslips"), folder("e.contracts")
    soup = soup_of(browser, "employees")
    side = soup.select_one(f"#signature_side-{payslips.id}")
    assert side is not None and [option["value"] for option in side.select("option")] == [""]
    answer = save(browser, form_of(soup) | {f"signature_side-{payslips.id}": "right"}, "employees")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    browser.get("/backoffice/folders/many?family=employees&column=signature_side")
    sent = {
        "column": "signature_side",
        "value": "right",
        "confirmed": "1",
        "ids": [str(payslips.id), str(contracts.id)],
    }
    seen = {f"revision-{each.id}": str(each.revision) for each in (payslips, contracts)}
    assert browser.post("/backoffice/folders/many?family=employees", **sent, **seen).status_code == 422
    assert folder("e.contracts").signature_side is None and folder("e.payslips").signature_side is None
    fields = form_of(soup_of(browser, "employees"))
    asks = {f"document_class-{contracts.id}": "payslip", f"signature_side-{contracts.id}": "left"}
    assert save(browser, fields | asks, "employees").status_code == 422  # type: ignore[attr-defined]


def test_a_folder_is_added_and_goes_only_while_it_is_empty(browser: Browser) -> None:
    from shared.documents.shipping import ship_folders

    browser.get("/backoffice/folders/new?family=customers")
    new = {"path": "clients/plans", "label": "Plans", "document_class": "other", "retention_class": "other"}
    assert browser.post("/backoffice/folders/new?family=customers", **new).status_code == 303
    made = db.session.scalars(select(Folder).where(Folder.label == "Plans")).one()
    assert made.path == "CLIENTS\\plans\\" and not made.on_portal and made.notify == "none"
    twice = browser.post("/backoffice/folders/new?family=customers", **new)
    assert twice.status_code == 422 and "déjà celui" in twice.text
    document = filed(customer(), made)
    browser.get("/backoffice/folders?family=customers")
    browser.post(f"/backoffice/folders/{made.id}/remove")
    assert db.session.get(Folder, made.id) is not None and "déplacez-les" in browser.get("/backoffice/folders").text
    assert document.folder_id == made.id
    shipped = folder("c.quotes").id
    assert browser.get(f"/backoffice/folders/{shipped}/remove").status_code == 200
    assert browser.post(f"/backoffice/folders/{shipped}/remove").status_code == 303
    assert db.session.scalar(select(Folder.id).where(Folder.id == shipped)) is None
    assert ship_folders() == 0, "an upgrade does not bring it back"


def test_an_unknown_tab_or_folder_is_a_404(browser: Browser) -> None:
    assert browser.get("/backoffice/folders?family=martiens").status_code == 404
    fields = form_of(soup_of(browser))
    stranger = "01890000-0000-7000-8000-000000000000"
    answer = save(browser, fields | {f"revision-{stranger}": "1", f"label-{stranger}": "x"})
    assert answer.status_code == 404  # type: ignore[attr-defined]
    assert "1 ligne n’est plus à votre portée" in answer.text.replace("\xa0", " ")  # type: ignore[attr-defined]
    assert browser.post(f"/backoffice/folders/changes/{stranger}/undo").status_code == 404
