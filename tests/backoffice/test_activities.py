"""Activities: added on screen, given to folders, and what a grant limited to one then shows."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Activity, Grant, Role
from tests.factories import counter, office, pieces, post
from tests.factories.identity import Browser, a_clerk, signed_in


@pytest.fixture
def boss(app: Flask) -> Browser:
    post.an_installation()
    a_clerk()
    return signed_in(app)


def _added(boss: Browser, name: str) -> Activity:
    assert boss.post("/backoffice/settings/activities", name=name).status_code == 303
    return db.session.scalars(select(Activity).where(Activity.name == name)).one()


def test_with_one_activity_nothing_is_asked_and_with_two_it_is(boss: Browser) -> None:
    staff, folders, many = "/backoffice/staff/new", "/backoffice/folders?family=customers", "/backoffice/folders/many"
    asked = [boss.get(url).text for url in (staff, folders, many)]
    assert not any("Activité" in each.partition("<main")[2] for each in asked)
    south = _added(boss, "Agence du Sud")
    assert "Agence du Sud" in boss.get("/backoffice/settings/activities").text
    for url in (staff, folders, many):
        assert "Activité" in boss.get(url).text.partition("<main")[2], url
    assert str(south.id) in boss.get(staff).text


def test_a_grant_by_activity_shows_its_folders_and_records_and_the_common_ones(app: Flask, boss: Browser) -> None:
    south, north = _added(boss, "Agence du Sud"), _added(boss, "Agence du Nord")
    invoices, quotes = office.folder("c.invoices"), office.folder("c.quotes")
    _filed_under(boss, invoices.id, south)
    _filed_under(boss, quotes.id, north)
    shop = office.customer("4", "Ma jolie boutique")
    ours = counter.a_document(shop, invoices, "Facture du Sud")
    theirs = counter.a_document(shop, quotes, "Devis du Nord")
    common = counter.a_document(shop, office.folder("c.contracts"), "Contrat commun")
    mine, other = pieces.a_piece(shop, "quote", "DE-SUD"), pieces.a_piece(shop, "quote", "DE-NORD")
    mine.activity_id, other.activity_id = south.id, north.id
    db.session.flush()
    lea = _lea(app, boss, south)
    shown = lea.get("/backoffice/explorer?family=customers").text
    assert "Facture du Sud" in shown and "Contrat commun" in shown and "Devis du Nord" not in shown
    answers = [lea.get(f"/backoffice/documents/{each.id}").status_code for each in (ours, common, theirs)]
    answers += [lea.get(f"/backoffice/record/{each.id}").status_code for each in (mine, other)]
    assert answers == [200, 200, 404, 200, 404]
    found = lea.get("/backoffice/find?q=DE-NORD").text + lea.get("/backoffice/find?q=Devis+du+Nord").text
    assert str(other.id) not in found and str(theirs.id) not in found
    assert lea.get(f"/backoffice/parties/{shop.id}").status_code == 200, "parties are common to all activities"
    assert lea.post("/backoffice/folders?family=customers").status_code == 403, "and so are folders' settings"
    assert lea.post(f"/backoffice/history/holds/{shop.family_id}", hold="on").status_code == 404


def test_a_folder_is_given_back_to_all_by_the_undo_of_the_grid(boss: Browser) -> None:
    south, invoices = _added(boss, "Agence du Sud"), office.folder("c.invoices")
    _filed_under(boss, invoices.id, south)
    page = BeautifulSoup(boss.get("/backoffice/folders?family=customers").text, "html5lib")
    undo = page.select_one('form[action*="/undo"]')
    assert undo is not None and boss.post(str(undo["action"])).status_code == 303
    db.session.refresh(invoices)
    assert invoices.activity_id is None


def test_a_name_is_one_activity_s_and_two_clerks_do_not_overwrite_each_other(boss: Browser) -> None:
    first, south = db.session.scalars(select(Activity)).first(), _added(boss, "Agence du Sud")
    assert boss.post("/backoffice/settings/activities", name=" agence du SUD ").status_code == 422
    assert boss.post("/backoffice/settings/activities", name=" ").status_code == 422
    url = f"/backoffice/settings/activities/{south.id}"
    assert boss.post(url, name="Midi", seen="Agence du Sud").status_code == 303
    answer = boss.post(url, name="Sud-Est", seen="Agence du Sud")
    assert answer.status_code == 409 and "Midi" in answer.text and "Sud-Est" in answer.text and "Jeanne" in answer.text
    assert boss.post(url, name="Sud-Est", seen="Midi").status_code == 303
    db.session.refresh(south)
    assert south.name == "Sud-Est"
    ours = first or db.session.scalars(select(Activity).order_by(Activity.position)).first()
    assert ours is not None and ours.id != south.id
    assert boss.post(f"/backoffice/settings/activities/{ours.id}", name="Autre", seen=ours.name).status_code == 422
    names = db.session.scalars(select(Event.name).where(Event.name.like("activity.%")).order_by(Event.id)).all()
    assert names == ["activity.added", "activity.renamed", "activity.renamed"]


def _filed_under(boss: Browser, folder_id: object, activity: Activity) -> None:
    """As the grid sends it."""
    sent = {"fields": "activity_id", f"revision-{folder_id}": "1", f"activity_id-{folder_id}": str(activity.id)}
    assert boss.post("/backoffice/folders?family=customers", **sent).status_code == 303
    db.session.expire_all()


def _lea(app: Flask, boss: Browser, activity: Activity) -> Browser:
    """Her only grant is given on screen: manager of the customers, for one activity."""
    clerk = a_clerk("reader", "lea@exemple.fr")
    role = db.session.scalars(select(Role.id).where(Role.key == "manager")).one()
    given = {"role": str(role), "family": str(office.family("customers").id), "activity": str(activity.id)}
    assert boss.post(f"/backoffice/staff/{clerk.id}/grants", **given).status_code == 303
    assert "Agence du Sud" in boss.get(f"/backoffice/staff/{clerk.id}").text
    for each in db.session.scalars(select(Grant).where(Grant.staff_id == clerk.id, Grant.activity_id.is_(None))):
        db.session.delete(each)
    db.session.flush()
    db.session.expire_all()
    lea = Browser(app)
    lea.sign_in_staff("lea@exemple.fr")
    return lea
