"""The explorer: markers, states, search, bulk actions, and what each member of staff may see and do there."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import delete, event, select
from werkzeug.test import TestResponse

from shared.access.models import Link
from shared.clock import now
from shared.documents import comparing, publishing
from shared.documents.comparison_models import Comparison
from shared.documents.models import Document, Folder, Notify, Publication
from shared.documents.storage import original_key, storage
from shared.extensions import db
from shared.notifications.models import Notification, NotificationDocument, Reason, Status
from shared.people.models import ConsentState, EmailSlot, Grant, Role, Staff
from tests.factories import office
from tests.factories.counter import a_link, a_seat
from tests.factories.identity import Browser, a_clerk
from tests.factories.office import customer, filed, folder


def page_of(answer: TestResponse) -> BeautifulSoup:
    assert answer.status_code in (200, 409, 422), answer.status_code
    return BeautifulSoup(answer.text, "html5lib")


def choose(browser: Browser, action: str, *documents: Document, **fields: str) -> TestResponse:
    browser.get("/backoffice/explorer")
    data = {"csrf_token": browser.token, "action": action, "ids": [str(each.id) for each in documents], **fields}
    return browser.client.post("/backoffice/explorer/selection", data=data)


def markers(browser: Browser, query: str = "family=customers") -> dict[str, str]:
    soup = page_of(browser.get(f"/backoffice/explorer?{query}"))
    found = {}
    for line in soup.select(".g-tree li"):
        marker, path = line.select_one(":scope > [data-portal]"), line.select_one(":scope > a small")
        if marker is not None and path is not None:
            assert "Sur le portail" in marker.get_text(), "the marker says so in words"
            found[path.get_text()] = str(marker["data-portal"])
    return found


@contextmanager
def queries() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.row("P-15")
def test_the_marker_stands_on_shared_folders_and_counts_who_can_open(browser: Browser) -> None:
    everything, invoices_only, withdrawn = customer(), customer(), customer()
    a_seat(everything), a_seat(everything), a_seat(invoices_only, folders=[folder("c.invoices")])
    a_seat(withdrawn, allowed=False), a_seat(customer(key="suppliers"))
    folder("c.quotes").on_portal = False
    assert markers(browser) == {
        "CLIENTS\\A signer\\Contrat\\": "1",
        "CLIENTS\\A signer\\Devis\\": "1",
        "CLIENTS\\Contrat\\": "1",
        "CLIENTS\\Facture\\": "2",
    }
    assert markers(browser, f"party={invoices_only.id}") == {
        "CLIENTS\\A signer\\Contrat\\": "0",
        "CLIENTS\\A signer\\Devis\\": "0",
        "CLIENTS\\Contrat\\": "0",
        "CLIENTS\\Facture\\": "1",
    }


@pytest.mark.row("P-78")
def test_employees_have_the_same_marker(browser: Browser) -> None:
    a_seat(customer(key="employees"))
    folder("e.timesheets").on_portal = False
    found = markers(browser, "family=employees")
    assert found["SALARIES\\Contrat\\"] == "1" and "SALARIES\\Pointages\\" not in found


def test_each_document_shows_where_it_stands(browser: Browser) -> None:
    party = customer(addresses={EmailSlot.BILLING: "compta@exemple.fr"})
    filed(party, folder(), filename="Facture de mars.txt")
    filed(customer(consent=ConsentState.REQUESTED), folder(), filename="Facture retenue.txt")
    off = filed(party, folder("c.contracts"), filename="Contrat retiré.txt")
    publishing.withdraw(document=off, by=office.BY)
    rows = {
        row.a.get_text(): row.get_text(" ", strip=True)
        for row in page_of(browser.get("/backoffice/explorer")).select("tbody tr")
    }
    assert "Publié" in rows["Facture de mars"] and "jamais" in rows["Facture de mars"]
    assert "En demande" in rows["Facture retenue"]
    assert "Hors portail" in rows["Contrat retiré"]
    for state, title in (("live", "Facture de mars"), ("held", "Facture retenue"), ("off", "Contrat retiré")):
        soup = page_of(browser.get(f"/backoffice/explorer?state={state}"))
        assert [row.a.get_text() for row in soup.select("tbody tr")] == [title]


@pytest.mark.parametrize("q", ["fevrier", "FÉVRIER", "fa-77", "ma jolie", "note77"])
def test_search_ignores_case_and_accents(browser: Browser, q: str) -> None:
    filed(customer(), folder(), filename="note77.txt", title="Facture de Février", number="FA-77")
    filed(customer(name="Autre"), folder(), filename="x.txt", title="Autre chose")
    soup = page_of(browser.get(f"/backoffice/explorer?q={q}"))
    assert [row.a.get_text() for row in soup.select("tbody tr")] == ["Facture de Février"]


def test_pages_follow_each_other_without_gap(browser: Browser) -> None:
    party = customer()
    for number in range(53):
        filed(party, folder("c.contracts"), filename=f"n{number}.txt")
    soup = page_of(browser.get("/backoffice/explorer"))
    first = [row.a.get_text() for row in soup.select("tbody tr")]
    following = soup.select_one("a[rel=next]")
    assert following is not None and len(first) == 50
    second = [row.a.get_text() for row in page_of(browser.get(str(following["href"]))).select("tbody tr")]
    assert sorted(first + second) == sorted(f"n{number}" for number in range(53))


@pytest.mark.parametrize(
    "path",
    [
        "/backoffice/explorer",
        "/backoffice/explorer?party={party}",
        "/backoffice/folders",
        "/backoffice/documents/{document}",
        "/backoffice/arrivals",
    ],
)
def test_the_number_of_queries_does_not_grow(browser: Browser, path: str) -> None:
    party = customer(addresses={EmailSlot.BILLING: "compta@exemple.fr", EmailSlot.CARD: "a@exemple.fr"})
    a_seat(party)
    documents = [filed(party, folder(key)) for key in ("c.invoices", "c.contracts") for _ in range(5)]
    url = path.format(party=party.id, document=documents[0].id)
    assert browser.get(url).status_code == 200
    db.session.expire_all()
    with queries() as seen:
        browser.get(url)
    assert len(seen) <= 8, "\n---\n".join(seen)
    db.session.expunge_all()


@pytest.mark.row("P-67")
def test_three_invoices_forced_are_one_message_even_in_a_silent_folder(browser: Browser) -> None:
    silent = folder()
    silent.notify = Notify.NONE
    party = customer(addresses={EmailSlot.BILLING: "compta@exemple.fr"})
    a_seat(party)
    documents = [filed(party, silent) for _ in range(3)]
    assert not db.session.scalars(select(Notification)).all()
    answer = choose(browser, "resend", *documents)
    assert answer.status_code == 303 and not db.session.scalars(select(Notification)).all()
    assert "Notification forcée" in browser.get("/backoffice/explorer").text
    counted = choose(browser, "resend", *documents, forced="1").text
    assert "3 documents seront annoncés" in counted and "chez 1 tiers" in counted
    assert not db.session.scalars(select(Notification)).all(), "counted, nothing sent yet"
    assert choose(browser, "resend", *documents, forced="1", sure="1").status_code == 303
    message = db.session.scalars(select(Notification)).one()
    about = select(NotificationDocument.document_id).where(NotificationDocument.notification_id == message.id)
    assert set(db.session.scalars(about)) == {document.id for document in documents}
    assert message.party_id == party.id


@pytest.mark.row("P-68")
def test_a_document_sent_twice_says_so_with_date_and_link(browser: Browser) -> None:
    party = customer(addresses={EmailSlot.BILLING: "compta@exemple.fr"})
    a_seat(party)
    document = filed(party, folder())
    _sent(document)
    assert "renvoyé" not in browser.get("/backoffice/explorer").text
    choose(browser, "resend", document)
    second = _sent(document)
    for url in ("/backoffice/explorer", f"/backoffice/documents/{document.id}"):
        link = page_of(browser.get(url)).select_one(".g-resent")
        assert link is not None and re.search(r"renvoyé 1 fois, \d\d/\d\d/\d{4}", link.get_text())
        assert str(link["href"]).endswith(str(second.id))
        assert browser.get(str(link["href"])).status_code == 200


@pytest.mark.row("P-69")
def test_synchronising_from_here_sends_what_waits_and_counts_the_rest(browser: Browser) -> None:
    office.manual_mode()
    party, without = customer(addresses={EmailSlot.BILLING: "compta@exemple.fr"}), customer()
    a_seat(party), a_seat(without)
    document = filed(party, folder())
    filed(without, folder())
    soup = page_of(browser.get("/backoffice/explorer"))
    assert "2 documents attendent la synchronisation" in soup.get_text()
    answer = browser.post("/backoffice/explorer/synchronise")
    assert answer.status_code == 303
    assert 'hx-trigger="load delay:2s"' in browser.get(answer.location).text, "the window follows what leaves"
    while publishing.make_live():
        pass
    standing = publishing.current(document.id)
    assert standing is not None and standing.live_at is not None
    office.automatic_mode()
    choose(browser, "resend", document, forced="1")
    office.manual_mode()
    choose(browser, "resend", document, forced="1")
    waiting = Notification.reason == Reason.SYNCHRONISATION
    assert db.session.scalars(select(Notification).where(waiting)).all()
    browser.get("/backoffice/explorer")
    answer = browser.post("/backoffice/explorer/synchronise")
    page = browser.get(answer.location).text
    assert "Synchronisation demandée" in page and "1 notification part" in page
    assert not db.session.scalars(select(Notification).where(waiting)).all()


@pytest.mark.row("P-69")
def test_what_waits_for_another_reason_is_counted_and_stays(browser: Browser) -> None:
    party = customer(addresses={EmailSlot.BILLING: "compta@exemple.fr"})
    a_seat(party)
    filed(party, folder())
    message = db.session.scalars(select(Notification)).one()
    message.reason = Reason.NO_ADDRESS
    browser.get("/backoffice/explorer")
    answer = browser.post("/backoffice/explorer/synchronise")
    assert "Reste en attente : 1 — Aucune adresse" in browser.get(answer.location).text
    db.session.refresh(message)
    assert message.reason is Reason.NO_ADDRESS


def test_a_bulk_action_is_all_or_nothing(browser: Browser) -> None:
    party = customer()
    fine, hidden = filed(party, folder()), filed(customer(key="employees"), folder("e.payslips"))
    answer = choose(browser, "withdraw", fine, hidden)
    assert answer.status_code == 404 and "1 ligne n’est plus à votre portée" in answer.text.replace("\xa0", " ")
    assert publishing.current(fine.id) is not None
    assert choose(browser, "withdraw", fine).status_code == 303
    assert publishing.current(fine.id) is None
    choose(browser, "publish", fine)
    assert publishing.current(fine.id) is not None
    assert choose(browser, "erase", fine).status_code == 400
    assert choose(browser, "publish").status_code == 303


def test_a_selection_says_first_what_it_touches(browser: Browser) -> None:
    party = customer()
    on, off = [filed(party, folder()) for _ in range(2)], filed(party, folder())
    publishing.withdraw(document=off, by=office.BY)
    counted = choose(browser, "withdraw", *on, off)
    assert counted.status_code == 200 and "2 documents seront retirés" in counted.text
    assert "1 document ne change pas : pas sur le portail" in counted.text.replace("\xa0", " ")
    assert publishing.current(on[0].id) is not None, "nothing before the answer"
    assert len(page_of(counted).select("input[name=ids]")) == 2
    assert choose(browser, "withdraw", *on, sure="1").status_code == 303
    assert all(publishing.current(each.id) is None for each in on)
    counted = choose(browser, "publish", *on, off)
    assert "3 documents seront demandés" in counted.text
    assert choose(browser, "publish", *on, off, sure="1").status_code == 303
    assert all(publishing.current(each.id) is not None for each in (*on, off))
    assert "rien à faire" in choose(browser, "publish", *on).text


def test_moving_a_selection_keeps_ids_links_and_readings(browser: Browser) -> None:
    party = customer()
    documents = [filed(party, folder()) for _ in range(3)]
    link = a_link(documents[0])
    counted = choose(browser, "move", *documents)
    assert "3 documents seront déplacés" in counted.text and page_of(counted).select_one("select[name=folder_id]")
    target = folder("c.contracts")
    moved = choose(browser, "move", *documents, sure="1", folder_id=str(target.id))
    assert moved.status_code == 303
    db.session.expire_all()
    assert {db.session.get_one(Document, each.id).folder_id for each in documents} == {target.id}
    assert db.session.get_one(Link, link.id).document_id == documents[0].id
    other = folder("s.orders")
    choose(browser, "move", *documents, sure="1", folder_id=str(other.id))
    db.session.expire_all()
    assert {db.session.get_one(Document, each.id).folder_id for each in documents} == {target.id}, "all or nothing"
    twin = filed(party, folder(), b"jumeau"), filed(party, target, b"jumeau")
    choose(browser, "move", documents[0], twin[0], sure="1", folder_id=str(target.id))
    db.session.expire_all()
    assert db.session.get_one(Document, twin[0].id).folder_id == folder().id


@pytest.mark.row("B-07")
def test_a_word_of_the_text_is_found_with_its_surroundings(browser: Browser) -> None:
    filed(customer(), folder(), "Entretien de la <b>chaudière</b> murale".encode(), title="Contrat")
    soup = page_of(browser.get("/backoffice/explorer?q=chaudiere"))
    assert "1 document trouvé" in soup.get_text()
    mark = soup.select_one("tbody mark")
    assert mark is not None and mark.get_text() == "chaudière" and soup.select("tbody b") == []
    employee = customer(key="employees")
    filed(employee, folder("e.payslips"), b"Prime de panier", title="Bulletin")
    page = browser.get("/backoffice/explorer?family=employees&q=panier").text
    assert "Bulletin" not in page and "trouvé." not in page and "Aucun document ne correspond" in page


def test_the_tab_of_a_party_is_the_explorer_narrowed(browser: Browser) -> None:
    party = customer(name="Alpha")
    filed(party, folder(), title="À Alpha"), filed(customer(name="Beta"), folder(), title="À Beta")
    url = f"/backoffice/parties/{party.id}/documents"
    soup = page_of(browser.get(url))
    assert [row.a.get_text() for row in soup.select("tbody tr")] == ["À Alpha"]
    current = [tab for tab in soup.select("[aria-current=page]") if tab.get_text(strip=True) == "Documents"]
    assert current
    inside = soup.select_one(".g-tree a[data-drop-folder]")
    assert inside is not None and str(inside["href"]).startswith(url)
    assert browser.get(f"{url}?folder={folder('c.quotes').id}&q=rien").status_code == 200


def test_a_document_is_glanced_at_beside_the_list(browser: Browser) -> None:
    document = filed(customer(), folder(), title="À regarder")
    link = page_of(browser.get("/backoffice/explorer")).select_one(".g-glance-link")
    assert link is not None and link["hx-target"] == "#glance"
    assert page_of(browser.get(str(link["href"]))).h1 is not None, "a page of its own without JavaScript"
    headers = {"HX-Request": "true", "HX-Target": "div#glance"}
    part = browser.get(str(link["href"]), headers=headers)
    assert "<h1" not in part.text and str(document.id) in part.text


@pytest.mark.row("P-65")
def test_comparing_shows_where_each_document_stands_and_repairs(browser: Browser) -> None:
    party = customer(addresses={EmailSlot.BILLING: "compta@exemple.fr"})
    a_seat(party)
    fine, removed, lost = [filed(party, folder(), title=title) for title in ("Bien", "Ôté", "Perdu")]
    message = _sent(fine)
    message.address = "compta@exemple.fr"
    db.session.execute(delete(Publication).where(Publication.document_id == removed.id))
    storage().delete(original_key(lost.versions[0].sha256))
    browser.get("/backoffice/explorer")
    assert browser.post("/backoffice/comparison?family=customers").status_code == 303
    asked = db.session.scalars(select(Comparison)).one()
    assert "Comparaison en cours" in browser.get("/backoffice/comparison").text
    while comparing.advance(comparison_id=asked.id):
        pass
    soup = page_of(browser.get("/backoffice/explorer?compare=1"))
    rows = {row.a.get_text(): row.get_text(" ", strip=True) for row in soup.select("tbody tr")}
    assert "Disponible" in rows["Bien"] and "compta@exemple.fr, " in rows["Bien"]
    assert "Manquant" in rows["Ôté"] and "Différent" in rows["Perdu"]
    listed = page_of(browser.get("/backoffice/comparison?family=customers&list=missing"))
    assert [row.a.get_text() for row in listed.select("tbody tr")] == ["Ôté"]
    assert "1 document manquant" in browser.get(f"/backoffice/comparison/{asked.id}/repair").text
    assert browser.post(f"/backoffice/documents/{removed.id}/repair").status_code == 303
    assert publishing.current(removed.id) is not None
    browser.post(f"/backoffice/documents/{lost.id}/repair")
    assert "déposez de nouveau l’original" in browser.get("/backoffice/comparison?list=different").text
    assert browser.post(f"/backoffice/comparison/{asked.id}/repair").status_code == 303
    assert (
        browser.client.post(
            f"/backoffice/documents/{lost.id}/file-again",
            data={"csrf_token": browser.token, "file": (io.BytesIO(b"autre chose"), "x.txt")},
        ).status_code
        == 303
    )
    assert "empreinte est différente" in browser.get(f"/backoffice/documents/{lost.id}").text


def test_a_comparison_of_more_than_i_may_see_is_not_mine(app: Flask, browser: Browser) -> None:
    filed(customer(), folder())
    browser.get("/backoffice/explorer")
    browser.post("/backoffice/comparison?family=customers")
    asked = db.session.scalars(select(Comparison)).one()
    scoped = a_colleague(app, "manager", "suppliers")
    scoped.get("/backoffice/explorer")
    assert scoped.get("/backoffice/comparison?family=customers").status_code == 404
    assert scoped.get(f"/backoffice/comparison/{asked.id}/repair").status_code == 404
    reader = a_colleague(app, "reader")
    assert reader.get(f"/backoffice/comparison/{asked.id}/repair").status_code == 403
    assert "Tout réparer" not in reader.get("/backoffice/comparison?family=customers").text


def a_colleague(app: Flask, role: str, family: str | None = None) -> Browser:
    email = f"{role}@exemple.fr"
    staff = a_clerk(role, email=email)
    if family:
        grant = db.session.scalars(select(Grant).where(Grant.staff_id == staff.id)).one()
        grant.family_id = office.family(family).id
        db.session.flush()
    browser = Browser(app)
    browser.sign_in_staff(email=email)
    return browser


def test_read_only_staff_change_nothing(app: Flask, browser: Browser) -> None:
    document = filed(customer(), folder("c.contracts"))
    reader = a_colleague(app, "reader")
    page = reader.get("/backoffice/explorer").text
    assert "Renvoyer" not in page and "data-drop" not in page
    assert reader.get(f"/backoffice/documents/{document.id}").status_code == 200
    refused = [
        choose(reader, "withdraw", document),
        choose(reader, "resend", document, forced="1"),
        reader.post(f"/backoffice/documents/{document.id}/withdraw"),
        reader.post(f"/backoffice/documents/{document.id}/move", folder_id=folder("c.quotes").id),
        reader.post("/backoffice/documents"),
        reader.post("/backoffice/folders", fields="label"),
        reader.post("/backoffice/explorer/synchronise"),
        reader.get("/backoffice/arrivals"),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert publishing.current(document.id) is not None
    assert db.session.scalar(select(Document.folder_id).where(Document.id == document.id)) == folder("c.contracts").id


def test_scoped_staff_meet_nothing_beyond_their_family(app: Flask, browser: Browser) -> None:
    party, theirs = customer(name="Secret & Cie"), customer(key="suppliers")
    document, own = filed(party, folder("c.contracts")), filed(theirs, folder("s.orders"))
    scoped = a_colleague(app, "manager", "suppliers")
    assert "Secret" not in scoped.get("/backoffice/explorer").text
    unknown = [
        scoped.get("/backoffice/explorer?family=customers"),
        scoped.get(f"/backoffice/explorer?party={party.id}"),
        scoped.get(f"/backoffice/documents/{document.id}"),
        scoped.get(f"/backoffice/documents/{document.id}/file"),
        scoped.get(f"/backoffice/documents/{document.id}/pages/1?width=720"),
        scoped.post(f"/backoffice/documents/{document.id}/withdraw"),
        scoped.post(f"/backoffice/documents/{document.id}/notify"),
        choose(scoped, "withdraw", own, document),
        scoped.get("/backoffice/folders?family=customers"),
        scoped.post(
            "/backoffice/folders?family=customers",
            **{f"revision-{document.folder_id}": 1, "fields": "label", f"label-{document.folder_id}": "x"},
        ),
    ]
    assert [answer.status_code for answer in unknown] == [404] * len(unknown)
    assert publishing.current(document.id) is not None and publishing.current(own.id) is not None
    assert scoped.get(f"/backoffice/documents/{own.id}").status_code == 200


def test_payslips_are_for_those_a_grant_names(app: Flask, browser: Browser) -> None:
    payslip = filed(customer(name="Camille Martin", key="employees"), folder("e.payslips"), filename="Bulletin.txt")
    page = browser.get("/backoffice/explorer?family=employees").text
    assert "Bulletin" not in page, "not even an administrator"
    assert browser.get(f"/backoffice/documents/{payslip.id}").status_code == 404
    staff = db.session.scalars(select(Staff)).one()
    role = db.session.scalars(select(Role).where(Role.key == "reader")).one()
    db.session.add(Grant(staff_id=staff.id, role_id=role.id, folder_id=folder("e.payslips").id))
    db.session.flush()
    db.session.expire_all()
    assert browser.get(f"/backoffice/documents/{payslip.id}").status_code == 200
    assert browser.post(f"/backoffice/documents/{payslip.id}/withdraw").status_code == 403


def test_no_name_ever_becomes_markup(browser: Browser) -> None:
    payload = '"><svg/onload=alert(1)><b hx-get=/x hx-trigger=load>{{7*7}}'
    party = customer(name=payload)
    document = filed(party, folder("c.contracts"), title=payload, number=payload[:30])
    db.session.get_one(Folder, document.folder_id).label = payload[:80]
    db.session.flush()
    for url in (
        "/backoffice/explorer",
        f"/backoffice/explorer?party={party.id}",
        f"/backoffice/documents/{document.id}",
        "/backoffice/folders",
        f"/backoffice/documents/{document.id}/move",
    ):
        soup = page_of(browser.get(url))
        assert soup.select("svg[onload], b[hx-get]") == [] and "49" not in {
            text.strip() for text in soup.stripped_strings
        }


def _sent(document: Document) -> Notification:
    """The last message about the document, as if the mail server had taken it."""
    db.session.flush()
    query = select(Notification).join(NotificationDocument).where(NotificationDocument.document_id == document.id)
    message = db.session.scalars(query.order_by(Notification.id.desc()).limit(1)).one()
    message.status, message.sent_at = Status.SENT, now()
    db.session.flush()
    assert db.session.scalars(select(Publication).where(Publication.document_id == document.id)).one().live_at
    return message
