"""Import of records: a file, its preview with what is wrong in each cell, its columns, its lines entered by a job."""

import io
import re

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shared import jobs
from shared.extensions import db
from shared.notifications.models import Notification
from shared.records.models import Record, RecordImport
from tests.factories import office, post
from tests.factories.identity import Browser, a_clerk, signed_in

URL = "/backoffice/records/invoice/import"


@pytest.fixture
def browser(app: Flask) -> Browser:
    post.an_installation()
    a_clerk()
    office.customer("K1", "Ma jolie boutique")
    return signed_in(app)


def sent(browser: Browser, text: str, **fields: str) -> TestResponse:
    """The file as a spreadsheet in French writes it."""
    data = {"csrf_token": browser.token, "file": (io.BytesIO(text.encode("cp1252")), "factures.csv"), **fields}
    answer: TestResponse = browser.client.post(URL, data=data)
    return answer


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Record)) or 0


def test_a_file_is_previewed_mended_and_imported(browser: Browser) -> None:
    wrong = sent(browser, "Numéro;Code client;Date;Montant TTC\nFA-1;K1;02/11/2026;1 234,56\nFA-2;X9;32/11/2026;dix\n")
    page = browser.get(wrong.location).text
    assert "1 ligne est à corriger" in page and "n’est celui d’aucun tiers" in page and "n’est pas une date" in page
    assert "FA-1" in browser.get(f"{wrong.location}?show=all").text
    whole = browser.get(f"{wrong.location}/errors.csv").text.splitlines()
    assert whole[0].endswith(";À corriger") and len(whole) == 3 and "n’est pas un montant" in whole[2]
    assert browser.post(f"{wrong.location}/apply").status_code == 422 and count() == 0
    right = sent(browser, "Numéro;Code client;Date;Montant TTC\nFA-1;K1;02/11/2026;1 234,56\n")
    assert "1 à créer" in browser.get(right.location).text
    assert browser.post(f"{right.location}/apply").status_code == 303
    assert "Import en cours" in browser.get(right.location).text
    jobs.work_on_records(right.location.rsplit("/", 1)[1])
    db.session.expire_all()
    assert "Importé" in browser.get(right.location).text and count() == 1
    again = sent(browser, "Numéro;Code client;Date;Montant TTC\nFA-1;K1;02/11/2026;1 234,56\n")
    assert "Ce fichier ne change rien" in browser.get(again.location).text
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 0, "history brought in tells nobody"
    assert "factures.csv" in browser.get(URL).text


def test_a_file_is_for_who_sent_it_or_reaches_every_family(app: Flask, browser: Browser) -> None:
    office.customer("S1", key="employees")
    clerk = a_clerk("manager", email="paul@exemple.fr")
    clerk.grants[0].family_id = office.family("employees").id
    db.session.commit()
    form = "/backoffice/records/expense_report/import"
    file = (io.BytesIO(b"Code;Num\nS1;NF-1\n"), "notes.csv")
    ours = browser.client.post(form, data={"csrf_token": browser.token, "file": file}).location
    other = Browser(app)
    other.sign_in_staff("paul@exemple.fr")
    assert "notes.csv" not in other.get(form).text and "notes.csv" in browser.get(form).text
    for answer in (other.get(ours), other.get(f"{ours}/errors.csv"), other.post(f"{ours}/apply")):
        assert answer.status_code == 404
    file = (io.BytesIO(b"Code;Num\nS1;NF-2\n"), "mes-notes.csv")
    mine = other.client.post(form, data={"csrf_token": other.token, "file": file}).location
    assert "1 à créer" in other.get(mine).text and "mes-notes.csv" in other.get(form).text
    assert browser.get(mine).status_code == 200


def test_columns_are_chosen_and_an_import_is_left(browser: Browser) -> None:
    found = sent(browser, "A;B\nFA-1;K1\n")
    assert "Dites quelle colonne" in browser.get(found.location).text
    assert browser.post(f"{found.location}/columns", column=["number", "party"]).status_code == 303
    assert "1 à créer" in browser.get(found.location).text
    assert browser.post(f"{found.location}/give-up").status_code == 303
    assert [each.state for each in db.session.scalars(select(RecordImport))] == ["given_up"]
    assert browser.post(URL).status_code == 422
    refused = sent(browser, "")
    assert refused.status_code == 422 and re.search("alert", refused.text)
