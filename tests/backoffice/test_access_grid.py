"""The access grid at its size: tabs, filters and sorts hold together, and the export is what the screen shows."""

import base64
import csv
import html
import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from shared import clock
from shared.access import finding, granting, initial
from shared.access.filtering import Filters
from shared.access.models import Access, Account
from shared.access.synchronising import synchronise
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.models import EmailCell, EmailSlot, Party, Staff
from shared.people.scopes import scope_of
from shared.web.permissions import Permission
from tests.factories import office
from tests.factories.identity import Browser

COLUMNS = ["state", "code", "name", "email", "identifier", "password", "allowed", "notify", "sent_to", "sent_at"]


@pytest.mark.row("P-51")
def test_each_family_has_its_tab_and_a_search_stays_in_it(browser: Browser) -> None:
    for key, code in (("customers", "M1"), ("employees", "M2"), ("suppliers", "M3")):
        office.customer(code, "Martin", key=key, addresses={EmailSlot.CARD: f"{code.lower()}@martin.fr"})

    page = browser.get("/backoffice/access").text
    for label in ("Clients", "Salariés", "Fournisseurs"):
        assert re.search(rf'href="/backoffice/access\?family=\w+"[^>]*>\s*{label}', page)
    for key, code in (("customers", "M1"), ("employees", "M2"), ("suppliers", "M3")):
        for q in ("martin", "m", "M1", "m2@", "m3@martin.fr"):
            url = f"/backoffice/access?family={key}&q={q}"
            assert set(_codes(browser, url)) <= {code}
            assert {row[1] for row in _exported(browser, url)} == set(_codes(browser, url))
        assert _codes(browser, f"/backoffice/access?family={key}&q=martin") == [code]


@pytest.mark.row("P-54")
@pytest.mark.parametrize("column", [*COLUMNS, "last_login"])
def test_each_column_sorts_both_ways_across_pages_and_the_export_follows(
    browser: Browser, clerk: Staff, column: str
) -> None:
    _a_crowd(24)
    url = f"/backoffice/access?family=customers&sort={column}"

    rising, falling = _codes(browser, url), _codes(browser, url.replace("sort=", "sort=-"))

    assert len(rising) == 24 and len(set(rising)) == 24
    assert falling == rising[::-1]
    assert [row[1] for row in _exported(browser, url)] == rising
    assert _turned(clerk, column) == rising
    assert _turned(clerk, f"-{column}") == falling


def test_a_scope_of_another_family_holds_no_line(clerk: Staff) -> None:
    _a_crowd(3)
    clerk.grants[0].family_id = office.family("employees").id
    customers, elsewhere = office.family("customers"), scope_of(clerk, Permission.ACCESS_SEE)

    assert finding.lines(customers, elsewhere, Filters()).rows == []
    assert finding.lines(customers, elsewhere, Filters(q="C", state="valid", login="never")).rows == []
    assert finding.count(customers, elsewhere, Filters()) == 0
    assert finding.lines_of([party.id for party in db.session.scalars(select(Party))], elsewhere) == []


@pytest.mark.parametrize("value", ["\0", "\ud800", "x", 10**40, -1.5, None, [], {"a": 1}, "2026-01-01", "1e999999"])
def test_an_address_tampered_with_is_no_error_of_ours(browser: Browser, value: object) -> None:
    text = json.dumps([value, "019a0000-0000-7000-8000-000000000000"])
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    assert browser.get("/backoffice/access?q=%00").status_code == 200
    for url in (
        f"/backoffice/access?sort=name&after={cursor}",
        f"/backoffice/access?sort=last_login&before={cursor}",
        f"/backoffice/access?sort=state&after={cursor}",
        f"/backoffice/records/invoice?least=1&after={cursor}",
        f"/backoffice/records/invoice?since=01/01/2026&after={cursor}",
    ):
        assert browser.get(url).status_code in (200, 400), url


@pytest.mark.row("P-54")
def test_the_export_says_what_the_screen_says_and_no_secret(browser: Browser) -> None:
    parties = _a_crowd(12)
    clear = initial.show(access=_access(parties[0]), by="command")
    text = browser.get("/backoffice/access?family=customers").text.replace("<wbr>", "")
    exported = _exported(browser, "/backoffice/access?family=customers")

    assert len(exported) == 12
    for row in exported:
        line = text[text.index(f'data-label="Code">{row[1]}<') :]
        line = line[: line.index("</tr>")]
        for cell in (row[2], row[3], row[4], row[5], row[8], row[9], row[10]):
            assert cell in line, (cell, line)
    assert clear not in str(exported) + text
    assert browser.get("/backoffice/access/export.csv?family=customers").headers["Cache-Control"] == "no-store"


def test_what_a_live_filter_swaps_carries_its_own_export(browser: Browser) -> None:
    for code, name in (("A1", "Alpha"), ("B1", "Bêta")):
        office.customer(code, name)
    swapped = {"HX-Request": "true", "HX-Target": "div#results"}
    fragment = browser.get("/backoffice/access?family=customers&q=alpha", headers=swapped).text
    (export,) = re.findall(r'href="(/backoffice/access/export[^"]+)"', fragment)

    text = browser.get(html.unescape(export)).text

    assert "<h1" not in fragment
    assert ("Alpha" in text, "Bêta" in text) == (True, False)


def test_filters_by_address_message_and_login_hold_together(browser: Browser) -> None:
    parties = _a_crowd(6)
    cell = db.session.get(EmailCell, (parties[1].id, EmailSlot.CARD))
    assert cell is not None
    cell.bounced_at = clock.now()
    line = db.session.scalars(select(Notification).where(Notification.party_id == parties[1].id)).one()
    line.status, line.sent_at = "bounced", clock.now()
    account = db.session.scalars(
        select(Account).where(Account.person_id == _access(parties[3]).contact.person_id)
    ).one()
    account.last_login_at = clock.now() - timedelta(days=400)

    def codes(query: str) -> list[str]:
        url = f"/backoffice/access?family=customers&{query}"
        shown = _codes(browser, url)
        assert [row[1] for row in _exported(browser, url)] == shown
        assert f"{len(shown)} tiers" in browser.get(url).text or not shown
        return shown

    assert codes("address=missing") == ["C0", "C5"]
    assert codes("address=bounced") == codes("sent=failed") == ["C1"]
    assert codes("login=old") == ["C3"]
    assert codes("login=recent") == []
    assert codes("sent=waiting&address=present") == ["C3"]
    assert codes("sent=never") == ["C0", "C2", "C4"]
    assert codes("state=valid&address=missing") == ["C5"]
    assert codes("address=nimporte&sent=quoi&login=encore") == ["C0", "C1", "C2", "C3", "C4", "C5"]


def _turned(clerk: Staff, sort: str) -> list[str]:
    """Pages of seven to the last, which turned back are the same."""
    family, seen = office.family("customers"), scope_of(clerk, Permission.ACCESS_SEE)
    onward = [finding.lines(family, seen, Filters(), sort=sort, size=7)]
    while onward[-1].after:
        onward.append(finding.lines(family, seen, Filters(), sort=sort, size=7, after=onward[-1].after))
    back = onward[-1:]
    while back[0].before:
        back.insert(0, finding.lines(family, seen, Filters(), sort=sort, size=7, before=back[0].before))
    codes = [[row.code for row in page.rows] for page in onward]
    assert len(codes) == 4 and [[row.code for row in page.rows] for page in back] == codes
    return [code for page in codes for code in page]


def _a_crowd(number: int) -> list[Party]:
    """Every fifth has no address; the odd ones have an open access, the even ones a password that waits."""
    parties = []
    for at in range(number):
        addresses = {EmailSlot.CARD: f"c{at}@boutique.fr"} if at % 5 else {}
        parties.append(office.customer(f"C{at}", f"Maison {number - at}", addresses=addresses))
        access = granting.grant(party=parties[-1], by="command")
        if at % 2:
            granting.allow(access=access, by="command")
        else:
            initial.draw(access=access, by="command")
    synchronise()
    return parties


def _codes(browser: Browser, url: str) -> list[str]:
    """All pages, in order."""
    found: list[str] = []
    while url:
        text = browser.get(url).text
        found += re.findall(r'data-label="Code">([^<]+)<', text)
        following = re.search(r'href="([^"]*after=[^"]*)"', text)
        url = following[1].replace("&amp;", "&") if following else ""
    return found


def _exported(browser: Browser, url: str) -> list[list[str]]:
    answer = browser.client.get(url.replace("/access?", "/access/export.csv?"))
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))[1:]


def _access(party: Party) -> Access:
    return db.session.scalars(select(Access).where(Access.party_id == party.id)).one()
