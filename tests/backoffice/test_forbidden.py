"""A bulk action with a line out of reach: nothing is done; what may be seen is named, the rest is only counted."""

from flask import Flask
from sqlalchemy import func, select

from shared.documents import publishing
from shared.documents.models import FolderChange
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.models import Grant, Role, Staff
from tests.backoffice.test_explorer import a_colleague, choose
from tests.factories import office
from tests.factories.identity import Browser, a_clerk
from tests.factories.office import customer, filed, folder


def test_a_selection_names_what_may_be_seen_and_no_more_and_only_counts_the_rest(app: Flask, browser: Browser) -> None:
    fine = filed(customer(key="suppliers"), folder("s.orders"), title="Commande à moi")
    beyond = filed(customer(), folder("c.contracts"), title="Contrat d’un autre")
    hidden = filed(customer(key="employees"), folder("e.payslips"), title="Bulletin caché")
    scoped = a_colleague(app, "manager", "suppliers")
    staff = db.session.scalars(select(Staff).where(Staff.email == "manager@exemple.fr")).one()
    reader = db.session.scalars(select(Role).where(Role.key == "reader")).one()
    db.session.add(Grant(staff_id=staff.id, role_id=reader.id, family_id=office.family("customers").id))
    db.session.flush()
    db.session.expire_all()
    told_before = db.session.scalar(select(func.count()).select_from(Notification))
    for action in ("withdraw", "publish", "resend", "move"):
        answer = choose(scoped, action, fine, beyond, hidden, sure="1", forced="1")
        told = answer.text.replace("\xa0", " ")
        assert answer.status_code == 403 and "rien n’a été fait" in told
        assert "Contrat d’un autre (Contrat" in told and "1 ligne n’est plus à votre portée" in told
        assert "Bulletin caché" not in told and "Commande à moi" not in told
    assert publishing.current(fine.id) is not None and publishing.current(beyond.id) is not None
    assert db.session.scalar(select(func.count()).select_from(Notification)) == told_before


def test_one_folder_out_of_reach_and_no_cell_changes_and_it_is_named(app: Flask, browser: Browser) -> None:
    reader = a_clerk("reader", email="lea@exemple.fr")
    manager = db.session.scalars(select(Role.id).where(Role.key == "manager")).one()
    reader.grants.append(Grant(role_id=manager, family_id=folder("s.orders").family_id))
    db.session.flush()
    lea = Browser(app)
    lea.sign_in_staff("lea@exemple.fr")
    lea.get("/backoffice/folders?family=suppliers")
    mine, theirs = folder("s.orders"), folder("c.invoices")
    fields = {"csrf_token": lea.token, "fields": "label", f"label-{mine.id}": "Les miennes", f"label-{theirs.id}": "x"}
    answer = lea.client.post(
        "/backoffice/folders", data=fields | {f"revision-{each.id}": each.revision for each in (mine, theirs)}
    )
    assert answer.status_code == 403 and "Facture (CLIENTS\\Facture\\)" in answer.text
    many = {"csrf_token": lea.token, "column": "notify", "value": "none", "ids": [str(mine.id), str(theirs.id)]}
    answer = lea.client.post("/backoffice/folders/many?family=suppliers", data=many)
    assert answer.status_code == 403 and "Facture (CLIENTS\\Facture\\)" in answer.text
    assert db.session.scalar(select(func.count()).select_from(FolderChange)) == 0
