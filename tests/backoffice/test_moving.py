"""« Déplacer »: what only those read whom a grant names stays where nobody else reads it."""

import pytest
from flask import Flask

from shared.documents import adding
from shared.documents.models import Folder
from shared.extensions import db
from shared.people.models import Grant, Staff
from tests.factories import office, post
from tests.factories.identity import Browser, a_clerk


@pytest.fixture
def clerk(app: Flask) -> Staff:
    post.an_installation()
    return a_clerk("manager", "paie@exemple.fr")


def _a_folder(name: str, kind: str) -> Folder:
    return adding.add(
        family=office.family("employees"),
        path=f"SALARIES\\{name}\\",
        label=name,
        document_class=kind,
        retention_class=kind,
        by=office.BY,
    )


@pytest.mark.parametrize(("kind", "words"), [("medical", "arrêts de travail"), ("payslip", "répertoire de bulletins")])
def test_a_sick_note_and_a_payslip_never_reach_a_folder_that_everybody_reads(
    app: Flask, clerk: Staff, kind: str, words: str
) -> None:
    first, second, common = _a_folder("Un", kind), _a_folder("Deux", kind), office.folder("e.contracts")
    db.session.add_all(
        [Grant(staff_id=clerk.id, role_id=clerk.grants[0].role_id, folder_id=f.id) for f in (first, second)]
    )
    db.session.flush()
    db.session.expire(clerk)
    document = office.filed(office.customer("E1", "Camille Martin", key="employees"), first)
    browser = Browser(app)
    browser.sign_in_staff("paie@exemple.fr")
    url = f"/backoffice/documents/{document.id}/move"
    assert common.label in browser.get(url).text

    refused = browser.post(url, folder_id=str(common.id))
    assert refused.status_code == 422 and words in refused.text and "n’a pas bougé" in refused.text
    assert document.folder_id == first.id
    assert browser.post(url, folder_id=str(second.id)).status_code == 303
    assert document.folder_id == second.id
