"""Files let go over a folder of the tree go into that folder, each with its progress and its verdict."""

import re

from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from shared.documents.models import Document, Folder
from shared.extensions import db
from shared.transactions import transaction
from tests.factories import office
from tests.journeys.conftest import Counter

# What a hand does: over the folder, then let go of two files. Whether the folder shows that it would take them.
LET_GO = """target => {
  const held = new DataTransfer();
  held.items.add(new File(["Bon de commande\\n"], "COM_4.txt", { type: "text/plain" }));
  held.items.add(new File(["<script>alert(1)</script>"], "faux.pdf", { type: "application/pdf" }));
  const asked = { bubbles: true, cancelable: true, dataTransfer: held };
  const tell = (type) => target.dispatchEvent(new DragEvent(type, asked));
  tell("dragenter");
  const shown = target.hasAttribute("data-over") && !tell("dragover");
  tell("drop");
  return shown && !target.hasAttribute("data-over");
}"""


def test_two_files_dropped_on_a_folder_of_the_tree_go_there_each_with_its_verdict(counter: Counter) -> None:
    with counter.machine.app.app_context(), transaction():
        party_id = office.customer("4", "Ma jolie boutique").id
        folder_id, url = office.folder("c.contracts").id, f"{counter.url}/backoffice/explorer?party={party_id}"
    page = counter.staff()
    held = _held(page)
    page.goto(url)
    target = page.locator(f"[data-drop-folder='{folder_id}']")
    assert target.evaluate(LET_GO), "the folder shows that it takes them, and takes them"
    verdicts = page.locator("[data-drop-list] li")
    for name in ("COM_4.txt", "faux.pdf"):
        expect(page.get_by_role("progressbar", name=name)).to_be_visible()
        held.pop().continue_()
        expect(page.get_by_role("progressbar", name=name)).to_have_count(0)
    expect(verdicts).to_have_count(2)
    expect(verdicts.nth(0)).to_contain_text("Contrats")
    expect(verdicts.nth(0)).to_have_attribute("data-state", "good")
    expect(verdicts.nth(0).get_by_role("link")).to_have_attribute("href", re.compile("/backoffice/documents/"))
    expect(verdicts.nth(1)).to_have_attribute("data-state", "bad")
    expect(verdicts.nth(1)).to_contain_text("n’est pas un PDF")
    expect(page.locator("#results")).to_contain_text("COM 4")  # the list follows without being asked
    with counter.machine.app.app_context():
        filed = select(Document.party_id, Folder.id).join(Folder, Folder.id == Document.folder_id)
        assert [tuple(row) for row in db.session.execute(filed)] == [(party_id, folder_id)]


class _Requests(list[Route]):
    """The posts that wait for an answer; `pop` waits for the next one."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    def pop(self, index: int = 0) -> Route:  # type: ignore[override]
        while not self:
            self._page.wait_for_timeout(20)
        return super().pop(index)


def _held(page: Page) -> _Requests:
    held = _Requests(page)
    page.route("**/backoffice/documents", lambda route: held.append(route))
    return held
