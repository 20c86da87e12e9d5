"""A button on thousands of lines: counted first, exactly those lines, a report, ten minutes to think again."""

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared import clock
from shared.access import granting, initial
from shared.access.bulk import advance
from shared.access.bulk_models import BulkAction, BulkRow
from shared.access.models import Access, PortalSession, Seat
from shared.access.synchronising import synchronise
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import EmailSlot, Grant, Party, Role
from tests.factories import bulk, office
from tests.factories.identity import Browser, a_clerk, a_holder


@pytest.mark.row("P-52")
def test_a_selection_says_its_count_and_touches_exactly_its_lines(browser: Browser) -> None:
    shops = _shops(4)
    shown = bulk.preview(browser, "allow", shops[1:3])
    assert "2 lignes" in shown.text
    assert "Accès créés : 2" in shown.text
    assert db.session.scalar(select(func.count()).select_from(Access)) == 0

    text = bulk.done(browser, shown)

    assert _allowed() == {shops[1].id, shops[2].id}
    assert "Accès créés : 2" in text
    again = bulk.confirm(browser, shown)
    assert again.status_code == 303  # sent twice: the same action
    assert db.session.scalar(select(func.count()).select_from(BulkAction)) == 1
    events = db.session.scalars(select(Event).where(Event.name == "access.changed")).all()
    assert {event.party_id for event in events} == {shops[1].id, shops[2].id}
    assert {event.facts["batch"] for event in events} == {str(bulk.the_action().id)}


@pytest.mark.row("P-52")
@pytest.mark.parametrize("action", ["draw", "allow", "notify", "withdraw", "sessions"])
def test_each_button_on_a_filter_touches_what_the_filter_showed(browser: Browser, action: str) -> None:
    inside, outside = office.customer("A1", "Alpha"), office.customer("B1", "Bêta")
    for party in (inside, outside):
        if action != "draw":
            granting.allow(access=granting.grant(party=party, by="command"), by="command")
    synchronise()
    for seat in db.session.scalars(select(Seat)):
        db.session.add(PortalSession(secret_hash=uuid.uuid4().hex, account_id=seat.account_id, seat_id=seat.id))
    if action == "allow":
        granting.withdraw(access=_access(inside), by="command")
        granting.withdraw(access=_access(outside), by="command")
    before = _state(outside)

    shown = bulk.preview_filter(browser, action, "family=customers&q=alpha")
    assert "1 ligne" in shown.text
    bulk.done(browser, shown, "family=customers&q=alpha")

    assert _state(outside) == before
    assert _state(inside) != before


@pytest.mark.row("P-31")
def test_everybody_of_a_filter_at_once_with_a_report(browser: Browser) -> None:
    _shops(60)
    granting.allow(access=granting.grant(party=office.customer("4"), by="command"), by="command")
    shown = bulk.preview_filter(browser, "allow", "family=customers")
    for words in ("61 lignes", "Accès créés : 59", "sans adresse", "Déjà ainsi : 1"):
        assert words in shown.text

    text = bulk.done(browser, shown, "family=customers")

    for words in ("Accès créés : 59", "Accès créés (sans adresse", "Déjà ainsi : 1", "Terminée"):
        assert words in text
    report = browser.get(f"/backoffice/access/bulk/{bulk.the_action().id}/report.csv").text
    assert len(report.splitlines()) == 62
    assert synchronise() == 61
    assert db.session.scalar(select(func.count()).select_from(Seat).where(Seat.allowed)) == 61


def test_a_selection_that_changed_since_its_preview_is_refused_whole(browser: Browser) -> None:
    shops = _shops(2)
    shown = bulk.preview(browser, "allow", shops)
    granting.grant(party=shops[1], by="command")

    assert bulk.confirm(browser, shown).status_code == 409
    assert _allowed() == set()


def test_a_line_that_moved_after_the_confirmation_is_left_and_said_but_closing_never_waits(browser: Browser) -> None:
    shops = _shops(2)
    for action in ("draw", "withdraw"):
        for shop in shops:
            granting.allow(access=granting.grant(party=shop, by="command"), by="command")
        answer = bulk.confirm(browser, bulk.preview(browser, action, shops))
        granting.hush(access=_access(shops[1]), by="command")
        granting.notify(access=_access(shops[1]), by="command")  # another revision
        bulk.work(answer.location)
        text = browser.get(answer.location).text
        assert ("la ligne a changé depuis la confirmation" in text) == (action == "draw")
    assert _access(shops[1]).initial_secret is None
    assert _allowed() == set()


def test_one_forbidden_line_and_nothing_is_done_and_it_is_named(app: Flask, browser: Browser) -> None:
    shop, employee = office.customer("4"), office.customer("E1", "Camille Martin", key="employees")
    reader, marc = a_clerk(role="reader", email="marc@exemple.fr"), Browser(app)
    manager = db.session.scalars(select(Role.id).where(Role.key == "manager")).one()
    reader.grants.append(Grant(role_id=manager, family_id=office.family("employees").id))
    marc.sign_in_staff("marc@exemple.fr")
    marc.get("/backoffice/access?family=employees")

    shown = bulk.preview(marc, "allow", [employee, shop])

    assert shown.status_code == 403
    assert "Ma jolie boutique" in shown.text
    assert "Camille Martin" not in shown.text
    assert db.session.scalar(select(func.count()).select_from(BulkAction)) == 0


def test_a_stranger_is_refused_and_not_named(app: Flask, browser: Browser) -> None:
    shop, employee = office.customer("4"), office.customer("E1", key="employees", name="Camille Martin")
    clerk = a_clerk(email="marc@exemple.fr")
    clerk.grants[0].family_id = office.family("employees").id
    marc = Browser(app)
    marc.sign_in_staff("marc@exemple.fr")
    marc.get("/backoffice/access?family=employees")

    shown = bulk.preview(marc, "allow", [employee, shop])
    assert shown.status_code == 404 and "1 ligne n’est plus à votre portée" in shown.text.replace("\xa0", " ")
    assert "Ma jolie boutique" not in shown.text
    bulk.done(browser, bulk.preview(browser, "allow", [shop]))
    mine = f"/backoffice/access/bulk/{bulk.the_action().id}"
    assert marc.get(mine).status_code == 404
    assert marc.post(f"{mine}/undo").status_code == 404
    assert "Accès autorisé" not in marc.get("/backoffice/access/bulk").text


def test_a_killed_run_goes_on_where_it_was(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.access.bulk.AT_ONCE", 3)
    shops = _shops(8)
    answer = bulk.confirm(browser, bulk.preview(browser, "draw", shops))
    action = bulk.the_action()
    assert advance(action_id=action.id)  # the first batch, then the worker dies
    first = {party.id: _access(party).initial_secret for party in shops[:3]}
    running = browser.get(answer.location).text
    assert 'hx-trigger="every 1s"' in running
    assert "3 / 8" in running.replace("\u202f", " ")

    bulk.work(answer.location)

    assert {party.id: _access(party).initial_secret for party in shops[:3]} == first
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.name == "access.initial_drawn")) == 8
    assert "every 1s" not in browser.get(answer.location).text


@pytest.mark.parametrize("action", ["draw", "allow", "withdraw", "notify", "rights"])
def test_ten_minutes_to_undo_and_what_moved_stays(browser: Browser, action: str) -> None:
    shops = _shops(3)
    if action in ("withdraw", "notify"):
        for shop in shops:
            granting.allow(access=granting.grant(party=shop, by="command"), by="command")
        if action == "notify":
            synchronise()
    before = [_wanted(shop) for shop in shops]
    fields = {"preset": "invoices"} if action == "rights" else {}
    text = bulk.done(browser, bulk.preview(browser, action, shops, **fields))
    assert [_wanted(shop) for shop in shops] != before
    assert "Annuler cette action" in text
    initial.type_in(access=_access(shops[2]), password="girafe tambour lavande", by="command", confirmed=True)
    kept = _wanted(shops[2])

    browser.post(f"/backoffice/access/bulk/{bulk.the_action().id}/undo")
    bulk.work(f"/{bulk.the_action().id}")

    assert [_wanted(shop) for shop in shops[:2]] == before[:2]
    assert _wanted(shops[2]) == kept
    page = browser.get(f"/backoffice/access/bulk/{bulk.the_action().id}").text
    assert "Annulée : 2" in page
    assert "Non annulée : la ligne a changé depuis : 1" in page


def test_after_ten_minutes_nothing_is_taken_back(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    shops = _shops(1)
    bulk.done(browser, bulk.preview(browser, "allow", shops))
    action = bulk.the_action()
    action.undo_until = clock.now() - timedelta(seconds=1)

    browser.post(f"/backoffice/access/bulk/{action.id}/undo")
    bulk.work(f"/{action.id}")

    assert _allowed() == {shops[0].id}
    assert "Annuler cette action" not in browser.get(f"/backoffice/access/bulk/{action.id}").text


def test_an_opening_taken_back_closes_the_seat_at_once(browser: Browser) -> None:
    shops = _shops(1)
    bulk.done(browser, bulk.preview(browser, "allow", shops))
    synchronise()
    browser.post(f"/backoffice/access/bulk/{bulk.the_action().id}/undo")
    bulk.work(f"/{bulk.the_action().id}")

    assert db.session.scalars(select(Seat.allowed)).one() is False
    assert db.session.scalars(select(BulkRow.undone)).one() == "told"


@pytest.mark.row("P-53")
def test_rights_of_a_selection_say_what_they_change_and_narrow_at_once(browser: Browser) -> None:
    shops = _shops(2)
    for shop in shops:
        granting.allow(access=granting.grant(party=shop, by="command"), by="command")
    synchronise()
    asked = bulk.preview(browser, "rights", shops)
    assert "Factures seulement" in asked.text
    assert "selection/apply" not in asked.text
    assert "Cochez au moins un répertoire" in bulk.preview(browser, "rights", shops, preset="own").text

    folder = office.folder("c.invoices")
    shown = bulk.preview(browser, "rights", shops, preset="own", folders=str(folder.id))
    assert "Lignes modifiées : 2" in shown.text
    bulk.done(browser, shown)

    assert set(map(tuple, db.session.scalars(select(Seat.folder_ids)))) == {(folder.id,)}
    foreign = office.folder("e.payslips").id
    assert bulk.preview(browser, "rights", shops, preset="own", folders=str(foreign)).status_code in (200, 422)
    refused = bulk.confirm(browser, bulk.preview(browser, "rights", shops, preset="own", folders=str(foreign)))
    assert refused.status_code == 422


def test_sessions_of_a_selection_end_at_once(app: Flask, browser: Browser) -> None:
    seat = a_holder("9001")
    seat.access.contact.is_main = True
    person = Browser(app)
    person.sign_in("9001")
    assert person.is_in

    bulk.done(browser, bulk.preview(browser, "sessions", [seat.party]))

    assert not person.is_in


def test_too_many_lines_are_refused_before_anything_is_read(browser: Browser) -> None:
    ids = [str(uuid.uuid4()) for _ in range(10_001)]
    data = {"csrf_token": browser.token, "action": "allow", "ids": ids}

    assert browser.client.post("/backoffice/access/selection", data=data).status_code == 413


def _shops(number: int) -> list[Party]:
    """The first one has no address."""
    return [
        office.customer(f"S{at}", addresses={EmailSlot.CARD: f"s{at}@boutique.fr"} if at else {})
        for at in range(number)
    ]


def _allowed() -> set[uuid.UUID]:
    return set(db.session.scalars(select(Access.party_id).where(Access.allowed)))


def _access(party: Party) -> Access:
    return db.session.scalars(select(Access).where(Access.party_id == party.id)).one()


def _wanted(party: Party) -> tuple[object, ...]:
    access = db.session.scalars(select(Access).where(Access.party_id == party.id)).one_or_none()
    if access is None:
        return (False, True, None, None)
    db.session.refresh(access)
    return (access.allowed, access.notify, access.folder_ids, access.initial_secret)


def _state(party: Party) -> tuple[object, ...]:
    sessions = db.session.scalars(
        select(PortalSession.ended_at).join(Seat, Seat.id == PortalSession.seat_id).where(Seat.party_id == party.id)
    ).all()
    return (*_wanted(party)[:3], _wanted(party)[3] is None, [ended is None for ended in sessions])
