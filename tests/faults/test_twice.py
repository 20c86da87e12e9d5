"""One effect however often a form arrives: a double click, « back » and send again, a network that repeats."""

import io
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from shared.access.models import Access, Account, Identifier, Link, LinkPurpose, PortalSession, Seat
from shared.access.synchronising import synchronise
from shared.documents.models import Document, Folder, Notify, Publication, StoredObject, Version
from shared.documents.storage import storage
from shared.events.models import Event
from shared.extensions import Model, db, uuid7
from shared.intake.models import Arrival, Verdict
from shared.notifications.models import Notification
from shared.notifications.sending import drain
from shared.people.models import Contact, Party, Person
from tests.engines import Machine
from tests.factories import office, post
from tests.factories.identity import INITIAL, OTHER, PASSWORD, Browser, a_holder, a_mailed_link, path_of
from tests.faults.conftest import installed
from tests.faults.soundness import AT_ONCE, assert_sound, codes, posted_together, together, twin_of
from tests.sink import Sink

CHOSEN = "girafe tambour lavande"


@pytest.fixture
def clerk(machine: Machine, sink: Sink) -> Iterator[Browser]:
    yield installed(machine)
    assert_sound(machine, sink)


def count(machine: Machine, *models: type[Model]) -> list[int]:
    with machine.app.app_context():
        return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def happened(machine: Machine, name: str) -> int:
    with machine.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Event).where(Event.name == name)) or 0


def test_publishing(machine: Machine, clerk: Browser) -> None:
    with machine.app.app_context():
        folder = office.folder("c.invoices")
        folder.on_portal = False
        document = office.filed(post.a_customer(), folder)
        folder.on_portal, folder.notify = True, Notify.IMMEDIATE
        url = f"/backoffice/documents/{document.id}"
        db.session.commit()
    answers = posted_together(machine, clerk, f"{url}/publish")
    assert codes(answers) == {303: AT_ONCE}
    assert count(machine, Publication, Notification) == [1, 1]
    assert happened(machine, "document.published") == 1
    answers = posted_together(machine, clerk, f"{url}/withdraw")
    assert codes(answers) == {303: AT_ONCE}
    assert happened(machine, "document.withdrawn") == 1


def test_dropping_the_same_file(machine: Machine, clerk: Browser) -> None:
    with machine.app.app_context():
        party, folder = post.a_customer().id, office.folder("c.invoices").id
        db.session.commit()
    data = office.text_file("Le même")

    def drop() -> tuple[int, str]:
        fields = {"csrf_token": clerk.token, "party_id": str(party), "folder_id": str(folder)}
        files = {"files": FileStorage(io.BytesIO(data), "facture.txt")}
        accept = {"Accept": "application/json"}
        answer = twin_of(machine, clerk).post("/backoffice/documents", data={**fields, **files}, headers=accept)
        return answer.status_code, answer.json["url"]

    answers = together([drop] * AT_ONCE)
    assert len(set(answers)) == 1 and answers[0][0] == 201, "all ten are shown the one document"
    assert count(machine, Document, Version, StoredObject, Publication) == [1, 1, 1, 1]
    with machine.app.app_context():
        assert Counter(db.session.scalars(select(Arrival.verdict))) == {Verdict.FILED: 1, Verdict.KNOWN: AT_ONCE - 1}
        assert len(list(storage().keys("originals/"))) == 1


def test_creating_a_party(machine: Machine, clerk: Browser) -> None:
    fields = {"key": uuid7(), "code": "77", "name": "La boutique", "is_business": "y", "locale": "fr"}
    answers = posted_together(machine, clerk, "/backoffice/parties/new?family=customers", **fields)
    assert codes(answers) == {303: AT_ONCE}
    assert {answer.location for answer in answers} == {f"/backoffice/parties/{fields['key']}"}
    assert count(machine, Party) == [1]
    assert happened(machine, "party.created") == 1


def test_creating_two_parties_of_one_code(machine: Machine, clerk: Browser) -> None:
    def create() -> int:
        fields = {"csrf_token": clerk.token, "key": str(uuid7()), "code": "77", "name": "Boutique", "locale": "fr"}
        url = "/backoffice/parties/new?family=customers"
        return twin_of(machine, clerk).post(url, data={**fields, "email_billing": "x@y.example"}).status_code

    assert Counter(together([create] * AT_ONCE)) == {303: 1, 422: AT_ONCE - 1}
    assert count(machine, Party) == [1]


def test_allowing_an_access(machine: Machine, clerk: Browser) -> None:
    with machine.app.app_context():
        party = office.customer("78").id
        db.session.commit()
    assert codes(posted_together(machine, clerk, f"/backoffice/access/{party}/draw", seen=0)) == {303: AT_ONCE}
    assert codes(posted_together(machine, clerk, f"/backoffice/access/{party}/allow")) == {303: AT_ONCE}

    def apply() -> None:
        with machine.app.app_context():
            synchronise()
            db.session.commit()

    together([apply] * 3)
    assert count(machine, Person, Contact, Access, Account, Seat) == [1, 1, 1, 1, 1]
    assert [happened(machine, name) for name in ("access.initial_drawn", "access.changed", "access.applied")] == [1] * 3


@pytest.mark.parametrize("where", ["document", "explorer"])
def test_a_forced_notice(machine: Machine, clerk: Browser, where: str) -> None:
    with machine.app.app_context():
        document = post.announced(post.a_customer(), post.invoices())
        identity = document.id
        db.session.commit()
    url = f"/backoffice/documents/{identity}"
    page = url if where == "document" else f"/backoffice/explorer?folder={folder_of(machine)}"
    action = f"{url}/notify" if where == "document" else "/backoffice/explorer/selection"
    more = {} if where == "document" else {"ids": identity, "action": "resend", "forced": "1"}
    key = key_in(clerk.get(page).text)
    assert codes(posted_together(machine, clerk, action, key=key, **more)) == {303: AT_ONCE}
    assert happened(machine, "notice.forced") == 1
    assert clerk.post(action, key=key_in(clerk.get(page).text), **more).status_code == 303
    assert happened(machine, "notice.forced") == 2, "asked for again from a page read since, it is another notice"


def test_sending_a_line_again(machine: Machine, clerk: Browser, sink: Sink) -> None:
    with machine.app.app_context():
        post.announced(post.a_customer(), post.invoices())
        db.session.commit()
        assert drain("email") == 1
        line = post.lines()[0].id
    url = f"/backoffice/history/{line}"
    key = key_in(clerk.get(url).text)
    assert codes(posted_together(machine, clerk, f"{url}/resend", key=key)) == {303: AT_ONCE}
    assert count(machine, Notification) == [2]
    with machine.app.app_context():
        assert drain("email") == 1
    assert clerk.post(f"{url}/resend", key=key).status_code == 303, "« back », and send again"
    assert count(machine, Notification) == [2]
    assert clerk.post(f"{url}/resend", key=key_in(clerk.get(url).text)).status_code == 303
    assert count(machine, Notification) == [3]


def test_activating(machine: Machine, clerk: Browser) -> None:
    with machine.app.app_context():
        url = path_of(a_mailed_link(a_holder("79", password=None), LinkPurpose.ACTIVATION))
        db.session.commit()
    person = Browser(machine.app)
    person.get(url)
    answers = posted_together(machine, person, url, password=CHOSEN, again=CHOSEN)
    assert codes(answers)[303] == 1 and set(codes(answers)) <= {303, 410, 422}
    assert count(machine, PortalSession) == [1]
    assert happened(machine, "account.activated") == 1
    assert Browser(machine.app).sign_in("79", CHOSEN).status_code == 303


def test_choosing_a_password_again_by_a_reset_link(machine: Machine, clerk: Browser) -> None:
    with machine.app.app_context():
        url = path_of(a_mailed_link(a_holder("80"), LinkPurpose.RESET))
        db.session.commit()
    person = Browser(machine.app)
    person.get(url)
    answers = posted_together(machine, person, url, password=CHOSEN, again=CHOSEN)
    assert codes(answers)[303] == 1 and set(codes(answers)) <= {303, 410, 422}
    assert happened(machine, "account.password_changed") == 1
    with machine.app.app_context():
        assert [link.used_at is not None for link in db.session.scalars(select(Link))] == [True]
    assert Browser(machine.app).sign_in("80", PASSWORD).status_code == 422
    assert Browser(machine.app).sign_in("80", CHOSEN).status_code == 303


def test_coming_in_for_the_first_time(machine: Machine, clerk: Browser) -> None:
    with machine.app.app_context():
        a_holder("81", password=None, initial=INITIAL)
        db.session.commit()
    browsers = [Browser(machine.app) for _ in range(5)]
    for browser in browsers:
        browser.get("/sign-in")
    answers = together([lambda b=b: b.post("/sign-in", identifier="81", password=INITIAL) for b in browsers])
    assert codes(answers) == {303: 1, 422: 4}, "the initial password works once"
    winner = next(b for b in browsers if b.client.get("/choose-password").status_code == 200)
    winner.get("/choose-password")
    answers = posted_together(machine, winner, "/choose-password", password=OTHER, again=OTHER)
    assert codes(answers)[303] >= 1 and 500 not in codes(answers)
    assert happened(machine, "account.activated") == 1
    assert count(machine, Account, Identifier) == [1, 1]


def folder_of(machine: Machine) -> object:
    with machine.app.app_context():
        return db.session.scalar(select(Folder.id).where(Folder.shipped_key == "c.invoices"))


def key_in(page: str) -> str:
    """The mark that makes two sendings of one page a single one."""
    return page.partition('name="key" value="')[2].partition('"')[0]
