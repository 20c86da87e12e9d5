"""The folders of a fresh installation."""

import pytest
from sqlalchemy import func, select

from shared.documents.configuring import change, undo
from shared.documents.models import Folder, LinkTarget, Notify, SignatureSide
from shared.documents.shipping import ship_folders
from shared.errors import Refused
from shared.extensions import db
from shared.people.models import EmailSlot
from tests.factories.office import BY, an_installation, family, folder

pytestmark = pytest.mark.usefixtures("app")

RIGHT = SignatureSide.RIGHT


def rows(key: str) -> list[tuple[object, ...]]:
    found = db.session.scalars(select(Folder).where(Folder.family_id == family(key).id).order_by(Folder.position))
    return [
        (f.path, f.label, f.on_portal, f.signature_side, f.notify != Notify.NONE, f.slot, f.link_target) for f in found
    ]


@pytest.mark.row("P-11")
def test_the_five_customer_folders_and_no_more_however_often() -> None:
    an_installation()
    expected = [
        ("CLIENTS\\A signer\\Contrat\\", "Contrats à signer", True, RIGHT, True, EmailSlot.CARD, LinkTarget.DOCUMENT),
        ("CLIENTS\\A signer\\Devis\\", "Devis à signer", True, RIGHT, True, EmailSlot.QUOTE, LinkTarget.QUOTES),
        ("CLIENTS\\Contrat\\", "Contrats", True, None, True, EmailSlot.CARD, LinkTarget.HOME),
        ("CLIENTS\\Devis\\", "Devis", True, None, True, EmailSlot.QUOTE, LinkTarget.QUOTES),
        ("CLIENTS\\Facture\\", "Facture", True, None, True, EmailSlot.BILLING, LinkTarget.STATEMENT),
    ]
    assert rows("customers") == expected
    assert ship_folders() == 0
    assert rows("customers") == expected


@pytest.mark.row("P-83")
@pytest.mark.row("P-75")
def test_the_five_employee_folders() -> None:
    an_installation()
    assert [(row[0], row[1], row[2], row[3], row[4], row[6]) for row in rows("employees")] == [
        ("SALARIES\\A signer\\Contrat\\", "Contrats et avenants à signer", True, RIGHT, True, LinkTarget.DOCUMENT),
        ("SALARIES\\Avenant\\", "Avenants", True, RIGHT, True, LinkTarget.HOME),
        ("SALARIES\\Bulletins\\", "Bulletins", True, None, True, LinkTarget.PAYSLIPS),
        ("SALARIES\\Contrat\\", "Contrats", True, None, True, LinkTarget.HOME),
        ("SALARIES\\Pointages\\", "Pointages", True, None, True, LinkTarget.HOME),
    ]
    classes = select(Folder.retention_class).where(Folder.family_id == family("employees").id).order_by(Folder.position)
    assert list(db.session.scalars(classes)) == ["employment", "employment", "payslip", "employment", "timesheet"]
    assert folder("e.payslips").needs_grant


def test_what_was_changed_is_not_shipped_again() -> None:
    an_installation()
    quotes = folder("c.quotes")
    cells = [(quotes.id, "path", "CLIENTS\\Propositions"), (quotes.id, "label", "Propositions")]
    change(cells=cells, by=BY, revisions={quotes.id: quotes.revision})
    assert ship_folders() == 0
    count = select(func.count()).select_from(Folder).where(Folder.family_id == family().id)
    assert db.session.scalar(count) == 5
    assert folder("c.quotes").label == "Propositions"


def test_suppliers_read_orders_and_remittances_and_deposit_invoices_and_attestations() -> None:
    an_installation()
    query = select(Folder).where(Folder.family_id == family("suppliers").id).order_by(Folder.path_folded)
    assert [(each.label, each.on_portal, each.deposit_allowed) for each in db.session.scalars(query)] == [
        ("Attestations", True, True),
        ("Avis de paiement", True, False),
        ("Commandes", True, False),
        ("Factures", True, True),
    ]


def test_an_upgrade_brings_what_nobody_touched_and_leaves_what_was_edited() -> None:
    an_installation()
    untouched, edited = folder("s.certificates"), folder("s.invoices")
    for each in (untouched, edited):  # as an earlier release left them
        each.shipped_version, each.shipped_hash, each.deposit_allowed = 0, None, False
    change(cells=[(edited.id, "label", "Vos factures")], by=BY, revisions={edited.id: edited.revision})
    assert ship_folders() == 0
    assert untouched.deposit_allowed and untouched.shipped_version == 2
    assert (edited.label, edited.deposit_allowed) == ("Vos factures", False)
    change(cells=[(untouched.id, "deposit_allowed", "")], by=BY, revisions={untouched.id: untouched.revision})
    untouched.shipped_version = 1
    ship_folders()
    assert not untouched.deposit_allowed, "edited since: left alone"


def test_a_folder_that_staff_made_at_the_place_of_a_shipped_one_stands() -> None:
    an_installation()
    remittances = folder("s.remittances")
    remittances.shipped_key = None
    db.session.flush()
    assert ship_folders() == 0


def test_signed_documents_have_somewhere_to_go_and_an_upgrade_tells_untouched_folders_only() -> None:
    an_installation()
    goes = {"c.to_sign": "c.contracts", "c.quotes_to_sign": "c.quotes", "e.to_sign": "e.contracts"}
    assert {key: folder(key).signed_folder_id for key in goes} == {key: folder(to).id for key, to in goes.items()}
    assert folder("c.to_sign").signature_level == "simple" and folder("e.amendments").signed_folder_id is None
    for key in goes:  # as an earlier release had made them
        row = folder(key)
        row.signed_folder_id, row.shipped_hash, row.shipped_version = None, None, 0
    edited = folder("c.quotes_to_sign")
    change(cells=[(edited.id, "label", "Devis signables")], by=BY, revisions={edited.id: edited.revision})
    assert ship_folders() == 0
    assert folder("c.to_sign").signed_folder_id == folder("c.contracts").id
    assert folder("c.quotes_to_sign").signed_folder_id is None


def test_where_signed_ones_go_is_a_folder_of_the_family_that_is_not_the_same() -> None:
    an_installation()
    row = folder("c.to_sign")
    for bad in (row.id, folder("e.contracts").id, "rien"):
        with pytest.raises(Refused):
            change(cells=[(row.id, "signed_folder_id", str(bad))], by=BY, revisions={row.id: row.revision})
    cells = [(row.id, "signed_folder_id", ""), (row.id, "signature_level", "reinforced")]
    made = change(cells=cells, by=BY, revisions={row.id: row.revision})
    assert made is not None and row.signed_folder_id is None and row.signature_level == "reinforced"
    undo(change=made, by=BY)
    assert row.signed_folder_id == folder("c.contracts").id and row.signature_level == "simple"
