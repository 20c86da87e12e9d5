"""« Modèle de notification »: the button opens the text that really leaves, whoever chose it."""

import uuid

from bs4 import BeautifulSoup, Tag
from sqlalchemy import select

from shared.extensions import db
from shared.notifications.arranging import create
from shared.notifications.models import Template
from shared.people.models import Party
from tests.backoffice.test_folders import form_of
from tests.backoffice.test_folders_party import sent_of
from tests.factories import post
from tests.factories.identity import Browser
from tests.factories.office import folder

GRID = "/backoffice/folders?family=customers"


def of_ones_own(label: str) -> Template:
    source = db.session.scalars(select(Template).where(Template.key == "document.published.statement")).one()
    return create(source=source, label=label, family_id=None, by="command")


def opened(browser: Browser, page: str, folder_id: uuid.UUID) -> str:
    """Where the button of one folder leads, as the name of the text that is read there."""
    row = BeautifulSoup(browser.get(page).text, "html5lib").select_one(f"#f-{folder_id}")
    button = row.select_one("a[title='Modèle de notification']") if row else None
    assert isinstance(button, Tag)
    heading = BeautifulSoup(browser.get(str(button["href"])).text, "html5lib").h1
    assert heading is not None
    return heading.get_text(strip=True)


def left_with(party: Party) -> str:
    """The text of what leaves for a document filed there now."""
    (line,) = post.lines(post.announced(party, folder(), number=uuid.uuid4().hex[:8]))
    return db.session.get_one(Template, line.template_id).label


def test_the_button_opens_the_text_of_the_folder_or_of_the_exception_of_one_party(browser: Browser) -> None:
    own, exception = of_ones_own("Celui du répertoire"), of_ones_own("Celui du tiers")
    ours, theirs = post.a_customer(), post.a_customer()
    invoices = folder()
    assert opened(browser, GRID, invoices.id) == left_with(ours) == "Facture disponible"
    fields = form_of(BeautifulSoup(browser.get(GRID).text, "html5lib"))
    sent = fields | {f"template_id-{invoices.id}": str(own.id)}
    assert browser.client.post(GRID, data=sent).status_code == 303
    page = f"/backoffice/parties/{ours.id}/folders"
    assert opened(browser, GRID, invoices.id) == opened(browser, page, invoices.id) == left_with(ours) == own.label
    fields = sent_of(BeautifulSoup(browser.get(page).text, "html5lib"))
    assert browser.client.post(page, data=fields | {f"template_id-{invoices.id}": str(exception.id)}).status_code == 303
    assert opened(browser, page, invoices.id) == left_with(ours) == exception.label
    assert opened(browser, GRID, invoices.id) == left_with(theirs) == own.label
    assert opened(browser, f"/backoffice/parties/{theirs.id}/folders", invoices.id) == own.label
