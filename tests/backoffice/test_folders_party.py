"""« Paramètres » of one party: origins, exceptions, and the way back."""

import pytest
from bs4 import BeautifulSoup

from shared.documents.effective import settings_for
from shared.documents.models import Notify
from shared.extensions import db
from shared.people.models import Party
from tests.backoffice.test_folders import form_of
from tests.factories.identity import Browser
from tests.factories.office import customer, folder


def sent_of(soup: BeautifulSoup) -> dict[str, str]:
    form = soup.select_one("#parametres")
    assert form is not None
    form["id"] = "repertoires"
    return form_of(soup)


def soup_of(browser: Browser, party: Party) -> BeautifulSoup:
    answer = browser.get(f"/backoffice/parties/{party.id}/folders")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html5lib")


@pytest.mark.row("P-10")
@pytest.mark.row("P-76")
def test_each_value_shows_its_origin_and_an_override_changes_this_party_only(browser: Browser) -> None:
    fourth, fifth = customer("4"), customer("5")
    card = BeautifulSoup(browser.get(f"/backoffice/parties/{fourth.id}").text, "html5lib")
    assert card.select_one(f"a[href='/backoffice/parties/{fourth.id}/folders']"), "reached from the party"
    soup = soup_of(browser, fourth)
    row = soup.select_one(f"#f-{folder().id}")
    assert row is not None and row.get_text().count("du répertoire") == 9 and "propre à ce tiers" not in row.get_text()
    url = f"/backoffice/parties/{fourth.id}/folders"
    changed = sent_of(soup) | {f"notify-{folder().id}": "grouped", f"slot-{folder().id}": "card"}
    del changed[f"on_portal-{folder().id}"]
    assert browser.client.post(url, data=changed).status_code == 303
    ours, theirs = (settings_for(folder=folder(), party_id=party.id) for party in (fourth, fifth))
    assert (ours.on_portal, ours.notify, ours.slot) == (False, Notify.GROUPED, "card")
    assert (theirs.on_portal, theirs.notify, theirs.slot) == (True, Notify.IMMEDIATE, "billing")
    row = soup_of(browser, fourth).select_one(f"#f-{folder().id}")
    assert row is not None and row.get_text().count("propre à ce tiers, par Jeanne Roy le ") == 3
    assert row.get_text().count("du répertoire") == 6
    assert "propre à ce tiers" not in soup_of(browser, fifth).get_text()
    assert folder().notify is Notify.IMMEDIATE and folder().revision == 1
    back = {"name": "notify", "revision": sent_of(soup_of(browser, fourth))[f"revision-{folder().id}"]}
    assert browser.post(f"{url}/{folder().id}/follow", **back).status_code == 303
    assert settings_for(folder=folder(), party_id=fourth.id).notify is Notify.IMMEDIATE
    assert settings_for(folder=folder(), party_id=fourth.id).slot == "card"


def test_the_second_clerk_sees_what_the_first_wrote(browser: Browser) -> None:
    party = customer()
    url, first = f"/backoffice/parties/{party.id}/folders", sent_of(soup_of(browser, party))
    cell = f"notify-{folder().id}"
    assert browser.client.post(url, data=first | {cell: "none"}).status_code == 303
    answer = browser.client.post(url, data=first | {cell: "grouped"})
    assert answer.status_code == 409 and "Jeanne Roy a modifié" in answer.text and "« non »" in answer.text
    again = sent_of(BeautifulSoup(answer.text, "html5lib"))
    assert again[cell] == "grouped"
    assert browser.client.post(url, data=again).status_code == 303
    assert settings_for(folder=folder(), party_id=party.id).notify is Notify.GROUPED


@pytest.mark.row("FR-06")
def test_a_payslip_is_not_signed_by_exception_either_and_nothing_is_half_saved(browser: Browser) -> None:
    employee = customer(key="employees")
    payslips, contracts = folder("e.payslips"), folder("e.contracts")
    sent = sent_of(soup_of(browser, employee))
    both = {f"signature_side-{payslips.id}": "right", f"notify-{contracts.id}": "none"}
    answer = browser.client.post(f"/backoffice/parties/{employee.id}/folders", data=sent | both)
    assert answer.status_code == 422 and "bulletin" in answer.text
    db.session.rollback()
    assert settings_for(folder=contracts, party_id=employee.id).notify is Notify.IMMEDIATE
    assert BeautifulSoup(answer.text, "html5lib").select_one(f"#signature_side-{payslips.id}[aria-invalid]")


def undo_of(soup: BeautifulSoup, number: int) -> str:
    """The address of « Annuler cette modification » of that change, from the newest."""
    line = soup.select(".g-changes > li")[number].select_one("form")
    assert line is not None
    return str(line["action"])


@pytest.mark.row("P-10")
def test_one_click_puts_back_all_that_a_save_changed_for_a_party(browser: Browser) -> None:
    party, invoices, quotes = customer(), folder().id, folder("c.quotes").id
    url = f"/backoffice/parties/{party.id}/folders"
    assert (
        browser.client.post(url, data=sent_of(soup_of(browser, party)) | {f"slot-{invoices}": "card"}).status_code
        == 303
    )
    both = {f"slot-{invoices}": "quote", f"notify-{quotes}": "grouped"}
    assert browser.client.post(url, data=sent_of(soup_of(browser, party)) | both).status_code == 303
    soup = soup_of(browser, party)
    assert "notifier sur « fiche » → « devis »" in soup.get_text()
    second, first = undo_of(soup, 0), undo_of(soup, 2)
    assert undo_of(soup, 1) == second, "one save, whatever the folders"
    assert "Un de ces réglages a été modifié depuis" in browser.get(browser.post(first).location).text
    assert browser.post(second).status_code == 303
    assert settings_for(folder=folder(), party_id=party.id).slot == "card", "what it was before, an exception too"
    assert settings_for(folder=folder("c.quotes"), party_id=party.id).notify is Notify.IMMEDIATE
    row = soup_of(browser, party).select_one(f"#f-{quotes}")
    assert row is not None and "propre à ce tiers" not in row.get_text(), "it follows the folder again"
    assert "déjà annulée" in browser.get(browser.post(second).location).text
    assert browser.post(first).status_code == 303
    assert settings_for(folder=folder(), party_id=party.id).slot == "billing"
    text = soup_of(browser, party).get_text()
    assert text.count("annulée") == 2, "the third is on the next page"
    other = f"/backoffice/parties/{customer().id}/folders/changes/"
    browser.post(second.replace(f"/backoffice/parties/{party.id}/folders/changes/", other))
    assert settings_for(folder=folder(), party_id=party.id).slot == "billing", "another party's is unknown"


def test_going_back_to_the_common_setting_is_undone_too(browser: Browser) -> None:
    party, here = customer(), folder().id
    url = f"/backoffice/parties/{party.id}/folders"
    assert browser.client.post(url, data=sent_of(soup_of(browser, party)) | {f"slot-{here}": "card"}).status_code == 303
    seen = sent_of(soup_of(browser, party))[f"revision-{here}"]
    assert browser.post(f"{url}/{here}/follow", name="slot", revision=seen).status_code == 303
    assert settings_for(folder=folder(), party_id=party.id).slot == "billing"
    assert browser.post(undo_of(soup_of(browser, party), 0)).status_code == 303
    assert settings_for(folder=folder(), party_id=party.id).slot == "card", "the value of its own is not lost"


def test_only_the_bad_cell_of_a_row_is_shown_as_wrong(browser: Browser) -> None:
    party, here = customer(), folder().id
    sent = sent_of(soup_of(browser, party))
    typed = {f"notify-{here}": "grouped", f"slot-{here}": "nowhere"}
    answer = browser.client.post(f"/backoffice/parties/{party.id}/folders", data=sent | typed)
    soup = BeautifulSoup(answer.text, "html5lib")
    assert answer.status_code == 422
    assert [each["id"] for each in soup.select("#parametres [aria-invalid]")] == [f"slot-{here}"]
    kept = soup.select_one(f"#notify-{here} option[selected]")
    assert kept is not None and kept["value"] == "grouped", "what was right is still there"


def test_a_stranger_is_a_404(browser: Browser) -> None:
    stranger = "01890000-0000-7000-8000-000000000000"
    assert browser.get(f"/backoffice/parties/{stranger}/folders").status_code == 404
    assert browser.get(f"/backoffice/folders/{stranger}/audience").status_code == 404
    assert browser.get(f"/backoffice/folders/{folder().id}/audience?party={stranger}").status_code == 404
    employee = customer(key="employees")
    assert browser.get(f"/backoffice/folders/{folder().id}/audience?party={employee.id}").status_code == 404
