"""A folder that becomes one of payslips: nobody may be asked to sign there, not even by an old exception."""

import pytest
from flask import Flask

from shared.documents import excepting
from shared.documents.cells import BadCells
from shared.documents.configuring import change
from shared.documents.models import FolderException
from shared.extensions import db
from shared.signatures.finding import request_of
from tests.factories import office
from tests.factories.office import BY, customer, filed, folder
from tests.shared.documents import corpus


@pytest.fixture(autouse=True)
def _installation(app: Flask) -> None:
    office.an_installation()


@pytest.mark.row("FR-06")
def test_a_folder_turned_payslip_never_keeps_an_exception_that_asks_for_a_signature() -> None:
    employee, contracts = customer(key="employees", name="Durand"), folder("e.contracts")
    contracts.signature_side = None
    values = {"signature_side": "right"}
    excepting.differ(party=employee, folder=contracts, values=values, by=BY, revision=0)
    cell = [(contracts.id, "document_class", "payslip")]
    with pytest.raises(BadCells) as refused:
        change(cells=cell, by=BY, revisions={contracts.id: contracts.revision})
    assert "« Durand »" in refused.value.sentences[contracts.id, "document_class"]
    assert contracts.document_class == "contract"
    excepting.follow(party=employee, folder=contracts, names={"signature_side"}, by=BY, revision=1)
    change(cells=cell, by=BY, revisions={contracts.id: contracts.revision})
    assert contracts.document_class == "payslip"


@pytest.mark.row("FR-06")
def test_a_payslip_is_filed_though_an_old_exception_asks_for_its_signature() -> None:
    employee, turned = customer(key="employees"), folder("e.contracts")
    db.session.add(FolderException(party_id=employee.id, folder_id=turned.id, values={"signature_side": "right"}))
    db.session.flush()
    turned.document_class, turned.signature_side, turned.needs_grant = "payslip", None, True
    db.session.flush()
    made = filed(employee, turned, corpus.pdf(), "bulletin.pdf")
    assert made.publications and request_of(made.id) is None, "filed, and no signature asked"
