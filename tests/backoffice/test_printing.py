"""« À imprimer »: what a refused dematerialisation keeps off the portal leaves on paper."""

import io

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select

from shared.documents.models import Document, Printout, Publication
from shared.extensions import db
from tests.factories import office
from tests.factories.company import Company, a_company
from tests.factories.identity import Browser, signed_in
from tests.shared.documents.corpus import pdf


@pytest.fixture
def company(app: Flask) -> Company:
    return a_company(3)


@pytest.fixture
def browser(app: Flask, company: Company) -> Browser:
    return signed_in(app)


@pytest.mark.row("P-61")
def test_only_accepted_publishes_requested_holds_refused_goes_to_the_list_to_print(
    browser: Browser, company: Company
) -> None:
    party = office.customer("DEMAT", "Papier & Fils")
    url = f"/backoffice/parties/{party.id}"
    browser.get(url)
    browser.post(f"{url}/consent/invoice", state="requested", proof="Appel du 2 mai")
    held = office.filed(party, office.folder("c.invoices"), pdf(text="à tenir"), "facture.pdf")
    other = office.filed(party, office.folder("c.contracts"), pdf(text="autre"), "rapport.pdf")
    assert (_standing(held).live_at, _standing(held).held_because) == (None, "consent_requested")
    assert _standing(other).live_at is not None

    browser.post(f"{url}/consent/invoice", state="refused", proof="Courrier du 3 mai")
    text = browser.get("/backoffice/printing?family=customers").text
    assert "Papier &amp; Fils" in text
    merged = browser.post("/backoffice/printing?family=customers", ids=held.id, action="pdf")
    assert (merged.status_code, merged.mimetype) == (200, "application/pdf")
    assert len(pikepdf.open(io.BytesIO(merged.data)).pages) == 1
    browser.post("/backoffice/printing?family=customers", ids=held.id, action="mark")
    printed = db.session.scalars(select(Printout).where(Printout.document_id == held.id)).one()
    assert (printed.document_id, printed.by) == (held.id, f"staff:{company.clerk.id}")
    assert "Jeanne Roy" in browser.get("/backoffice/printing?family=customers&done=1").text
    again = browser.post("/backoffice/printing?family=customers", ids=held.id, action="mark")
    assert again.status_code == 422
    browser.post(f"/backoffice/printing/{held.id}/undo")
    assert "Papier &amp; Fils" in browser.get("/backoffice/printing?family=customers").text

    browser.post(f"{url}/consent/invoice", state="accepted", proof="Bon signé", document_id=str(other.id))
    assert _standing(held).live_at is not None
    panel = browser.get(url).text.partition('id="dematerialisation"')[2]
    for words in (
        "Appel du 2 mai",
        "Courrier du 3 mai",
        "Bon signé",
        "Jeanne Roy",
        f"/backoffice/documents/{other.id}",
    ):
        assert words in panel


def test_the_pdf_holds_the_whole_selection_and_nothing_that_is_no_pdf(browser: Browser) -> None:
    party = office.customer("PAPIER", consent=None)
    browser.get(f"/backoffice/parties/{party.id}")
    browser.post(f"/backoffice/parties/{party.id}/consent/invoice", state="refused", proof="Appel du 4 mai")
    filed = [office.filed(party, office.folder("c.invoices"), pdf(text=f"n° {n}"), f"f{n}.pdf") for n in range(3)]
    note = office.filed(party, office.folder("c.invoices"), filename="note.txt")
    url = "/backoffice/printing?family=customers"
    browser.get(url)

    answer = browser.client.post(
        url, data={"csrf_token": browser.token, "ids": [str(each.id) for each in filed], "action": "pdf"}
    )
    assert len(pikepdf.open(io.BytesIO(answer.data)).pages) == 3
    refused = browser.post(url, ids=note.id, action="pdf")
    assert refused.status_code == 422
    assert "pas des PDF" in refused.text


def test_a_selection_with_one_that_is_printed_already_or_out_of_reach_does_nothing_and_lists_it(
    app: Flask, browser: Browser
) -> None:
    party = office.customer("PAPIER", consent=None)
    browser.get(f"/backoffice/parties/{party.id}")
    browser.post(f"/backoffice/parties/{party.id}/consent/invoice", state="refused", proof="Courrier du 3 mai")
    first, second = (
        office.filed(party, office.folder("c.invoices"), pdf(text=f"n° {n}"), f"f{n}.pdf", title=f"Facture n° {n}")
        for n in (1, 2)
    )
    hidden = office.filed(office.customer("E", key="employees"), office.folder("e.payslips"), title="Bulletin caché")
    url = "/backoffice/printing?family=customers"
    browser.get(url)
    browser.post(url, ids=first.id, action="mark")
    for action in ("mark", "pdf"):
        data = {"csrf_token": browser.token, "ids": [str(first.id), str(second.id)], "action": action}
        gone = browser.client.post(url, data=data)
        assert gone.status_code == 422 and "plus à imprimer : « Facture n° 1 »." in " ".join(gone.text.split())
        data["ids"] = [str(second.id), str(hidden.id)]
        stranger = browser.client.post(url, data=data)
        assert stranger.status_code == 404 and "1 ligne n’est plus" in stranger.text.replace("\xa0", " ")
        assert "Bulletin caché" not in stranger.text
    marked = select(Printout.document_id).where(Printout.document_id.in_([first.id, second.id]))
    assert db.session.scalars(marked).all() == [first.id]


def _standing(document: Document) -> Publication:
    db.session.expire_all()
    query = select(Publication).where(Publication.document_id == document.id, Publication.withdrawn_at.is_(None))
    return db.session.scalars(query).one()
