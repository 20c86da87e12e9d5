"""The grid of folders: one change for many cells, one undo, and what it refuses."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared.documents import publishing
from shared.documents.configuring import change, undo
from shared.documents.models import Folder, FolderChange, LinkTarget, Notify, SignatureSide
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import EmailSlot
from tests.factories.office import BY, an_installation, customer, filed, folder

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _installation(app: Flask) -> None:
    an_installation()


def shown() -> dict[object, int]:
    return {row.id: row.revision for row in db.session.scalars(select(Folder))}


def events(name: str) -> int:
    db.session.flush()
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.name == name)) or 0


@pytest.mark.row("P-09")
def test_five_cells_are_one_change_that_one_click_undoes() -> None:
    invoices, quotes, contracts = folder(), folder("c.quotes"), folder("c.contracts")
    document = filed(customer(), invoices)
    cells = [
        (invoices.id, "on_portal", ""),
        (invoices.id, "slot", "card"),
        (quotes.id, "notify", "grouped"),
        (quotes.id, "signature_side", "left"),
        (contracts.id, "path", "clients/Contrats signés/"),
        (contracts.id, "label", "Contrats"),  # as it stands: no cell
    ]
    made = change(cells=cells, by=BY, revisions=shown())  # type: ignore[arg-type]
    assert made is not None and len(made.cells) == 5
    assert events("folder.changed") == 1
    assert (invoices.on_portal, invoices.slot) == (False, EmailSlot.CARD)
    assert (quotes.notify, quotes.signature_side) == (Notify.GROUPED, SignatureSide.LEFT)
    assert contracts.path == "CLIENTS\\Contrats signés\\"
    assert publishing.current(document.id) is None
    undo(change=made, by=BY)
    assert (invoices.on_portal, invoices.slot) == (True, EmailSlot.BILLING)
    assert (quotes.notify, quotes.signature_side) == (Notify.IMMEDIATE, None)
    assert contracts.path == "CLIENTS\\Contrat\\" and contracts.path_folded == "clients\\contrat\\"
    back = publishing.current(document.id)
    assert back is not None and back.live_at is not None
    assert events("folder.change_undone") == 1
    with pytest.raises(Refused):
        undo(change=made, by=BY)


def test_nothing_different_is_no_change() -> None:
    invoices = folder()
    assert change(cells=[(invoices.id, "on_portal", "1")], by=BY, revisions=shown()) is None  # type: ignore[arg-type]
    assert db.session.scalar(select(func.count()).select_from(FolderChange)) == 0
    assert invoices.revision == 1


def test_the_second_clerk_is_told_who_was_first() -> None:
    invoices, seen = folder(), shown()
    change(cells=[(invoices.id, "notify", "none")], by=BY, revisions=seen)  # type: ignore[arg-type]
    with pytest.raises(Stale, match="ligne de commande a modifié"):
        change(cells=[(invoices.id, "notify", "grouped")], by=BY, revisions=seen)  # type: ignore[arg-type]
    assert invoices.notify == Notify.NONE


def test_an_undo_never_undoes_later_work() -> None:
    invoices = folder()
    first = change(cells=[(invoices.id, "link_target", "home")], by=BY, revisions=shown())  # type: ignore[arg-type]
    change(cells=[(invoices.id, "link_target", "document")], by=BY, revisions=shown())  # type: ignore[arg-type]
    assert first is not None
    with pytest.raises(Refused, match="modifiée depuis"):
        undo(change=first, by=BY)
    assert invoices.link_target == LinkTarget.DOCUMENT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("path", "CLIENTS\\Devis"),  # taken
        ("path", "clients/DÉVIS\\\\"),  # taken, spelled another way
        ("path", "CLIENTS\\..\\SALARIES\\Bulletins"),
        ("path", "..%5c..%5cx"),
        ("path", "CLIENTS\\..%252f..%252fx"),
        ("path", "/etc/passwd"),
        ("path", "C:\\x"),
        ("path", "\\\\srv\\share\\x"),
        ("path", "CLIENTS\\CON"),
        ("path", "CLIENTS\\a\u2215b"),
        ("path", "CLIENTS\\a\uff0fb"),
        ("path", "CLIENTS\\\u202efdp.exe"),
        ("path", "CLIENTS\\a\0b"),
        ("path", "CLIENTS\\" + "x" * 300),
        ("path", "CLIENTS\\" + "a\\" * 40),
        ("path", "CLIENTS\\"),
        ("path", ""),
        ("label", "  "),
        ("label", "x" * 81),
        ("label", "a\u202eb"),
        ("notify", "always"),
        ("slot", ""),
        ("link_target", "javascript:alert(1)"),
        ("needs_grant", ""),
        ("family_id", "0"),
        ("revision", "7"),
    ],
)
def test_what_a_cell_refuses(name: str, value: str) -> None:
    with pytest.raises(Refused):
        change(cells=[(folder().id, name, value)], by=BY, revisions=shown())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("CLIENTS\\x.\\y ", "CLIENTS\\x\\y\\"),
        ("clients/a/./b", "CLIENTS\\a\\b\\"),
        ("CLIENTS//a\\/b\\", "CLIENTS\\a\\b\\"),
        ("CLIENTS\\A\u0300 signer bis", "CLIENTS\\À signer bis\\"),
    ],
)
def test_one_tree_however_it_is_spelled(written: str, path: str) -> None:
    invoices = folder()
    change(cells=[(invoices.id, "path", written)], by=BY, revisions=shown())  # type: ignore[arg-type]
    assert invoices.path == path


@pytest.mark.row("FR-06")
def test_no_signature_may_be_asked_on_a_payslip() -> None:
    payslips = folder("e.payslips")
    with pytest.raises(Refused, match="bulletin de paie"):
        change(cells=[(payslips.id, "signature_side", "right")], by=BY, revisions=shown())  # type: ignore[arg-type]
