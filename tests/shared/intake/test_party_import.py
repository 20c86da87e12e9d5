"""An import of parties: French files are understood, each wrong cell is told, everything is written or nothing."""

import io
from datetime import timedelta

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from shared.clock import at, now
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db
from shared.intake.imported_files import read_table
from shared.intake.models import ImportState, PartyImport, PartyImportRow, RowVerdict
from shared.intake.party_columns import guess
from shared.intake.party_importing import advance_import, ask_apply, ask_undo, preview_again, start_import
from shared.people.cards import CELL_FIELDS
from shared.people.contacting import ContactCard, add_contact
from shared.people.models import Consent, ConsentState, EmailSlot, Party
from tests.factories import office

HEADS = (
    "Code;Raison sociale;SIRET;N° TVA;Adresse;CP;Ville;Pays;Tél.;E-mail;Email devis;Courriel facturation;Mail relance;"
    "Langue;Interlocuteur"
)
ROW = (
    "K1;Métallerie Dupré;;;1 rue d’Été;44000;Nantes;France;+33 2 40 00 00 00;a@dupre.example;devis@dupre.example;"
    "compta@dupre.example;relance@dupre.example;français;Camille Martin"
)


@pytest.fixture(autouse=True)
def installation(app: Flask) -> None:
    office.an_installation()


def text(*rows: str, heads: str = HEADS) -> bytes:
    return ("\r\n".join([heads, *rows]) + "\r\n").encode("cp1252")


def imported(
    data: bytes, name: str = "clients.csv", *, empties_clear: bool = False, key: str = "customers"
) -> PartyImport:
    """Sent and previewed."""
    found = start_import(
        family=office.family(key), data=data, filename=name, empties_clear=empties_clear, by="staff:jeanne"
    )
    advance(found)
    return found


def advance(found: PartyImport) -> None:
    """What the worker does, after the commit of the request."""
    db.session.commit()
    advance_import(import_id=found.id)
    db.session.expire_all()


def applied(found: PartyImport) -> PartyImport:
    ask_apply(found=found, by="staff:jeanne")
    advance(found)
    return found


def rows(found: PartyImport) -> list[PartyImportRow]:
    query = select(PartyImportRow).where(PartyImportRow.import_id == found.id)
    return list(db.session.scalars(query.order_by(PartyImportRow.line)))


def party(code: str) -> Party:
    return db.session.scalars(select(Party).where(Party.code == code)).one()


def cells(code: str) -> dict[str, str]:
    return {cell.slot.value: cell.address for cell in party(code).cells}


def events(name: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.name == name)) or 0


@pytest.mark.row("P-20")
def test_a_french_file_is_previewed_then_written_with_its_four_cells(app: Flask) -> None:
    found = imported(text(ROW))
    assert (found.state, found.counts) == (ImportState.READY, {"new": 1})
    assert db.session.scalar(select(func.count()).select_from(Party)) == 0, "a preview writes nobody"

    applied(found)
    made = party("K1")
    assert (made.name, made.street, made.postcode, made.country) == ("Métallerie Dupré", "1 rue d’Été", "44000", "FR")
    assert cells("K1") == {
        "card": "a@dupre.example",
        "quote": "devis@dupre.example",
        "billing": "compta@dupre.example",
        "reminder": "relance@dupre.example",
    }
    assert [contact.person.full_name for contact in made.contacts] == ["Camille Martin"]
    assert found.state is ImportState.APPLIED
    assert (events("party.created"), events("parties.imported")) == (1, 1)
    assert db.session.scalars(select(Event.facts).where(Event.name == "party.created")).one()["batch"] == str(found.id)


@pytest.mark.row("P-20")
def test_a_cell_is_changed_apart_and_the_others_stay(app: Flask) -> None:
    office.customer("K1", addresses={EmailSlot.CARD: "a@k.example", EmailSlot.BILLING: "b@k.example"})
    found = applied(imported(text("K1;nouveau@k.example", heads="Code;Email facturation")))
    assert found.counts == {"changed": 1}
    assert cells("K1") == {"card": "a@k.example", "billing": "nouveau@k.example"}
    [fact] = db.session.scalars(select(Event.facts).where(Event.name == "party.address_changed"))
    assert (fact["slot"], fact["before"], fact["after"]) == ("billing", "b@k.example", "nouveau@k.example")


@pytest.mark.row("P-20")
@pytest.mark.parametrize(
    ("heads", "row", "column", "words"),
    [
        ("Code;Nom;Email devis", "K1;A;pas une adresse", 2, "@"),
        ("Code;Nom;SIRET", "K1;A;1234", 2, "14 chiffres"),
        ("Code;Nom;SIRET", "K1;A;1,23457E+13", 2, "format Texte"),
        ("Code;Nom;TVA", "K1;A;FR00", 2, "TVA"),
        ("Code;Nom;CP", "K1;A;1000", 2, "« 01000 »"),
        ("Code;Nom;Pays", "K1;A;Syldavie", 2, "BE"),
        ("Code;Nom;Langue", "K1;A;klingon", 2, "français"),
        ("Code;Nom;Entreprise", "K1;A;peut-être", 2, "oui"),
        ("Code;Nom;Entreprise;SIRET", "K1;A;non;55208131766522", 3, "particulier"),
        ("Code;Nom", ";A", 0, "Donnez un code"),
        ("Code;Nom", "K1;", 1, "Donnez un nom"),
        ("Code;Nom", "K1;=?utf-8?q?x?=", 1, ""),
        ("Code;Ville", "K1;Nantes", 0, "colonne « Nom »"),
    ],
)
def test_a_wrong_cell_is_told_where_it_stands_and_nothing_is_written(
    app: Flask, heads: str, row: str, column: int, words: str
) -> None:
    found = imported(text("K0;Bien;;" if heads.count(";") > 1 else "K0;Bien", row, heads=heads))
    wrong = [each for each in rows(found) if each.verdict is RowVerdict.WRONG]
    assert str(column) in wrong[-1].errors
    assert words in wrong[-1].errors[str(column)]
    with pytest.raises(Refused):
        ask_apply(found=found, by=office.BY)
    assert db.session.scalar(select(func.count()).select_from(Party)) == 0


def test_the_same_code_twice_names_the_first_line(app: Flask) -> None:
    found = imported(text("K1;A", "k1;B", heads="Code;Nom"))
    assert rows(found)[1].errors == {"0": "Ce code est déjà à la ligne 2 : gardez-en une seule."}


@pytest.mark.parametrize(
    "data",
    [
        "Code;Nom\r\nK1;Été\r\n".encode("cp1252"),
        "Code;Nom\nK1;Été\n".encode("utf-8-sig"),
        "Code,Nom\nK1,Été\n".encode(),
        "Code\tNom\nK1\tÉté\n".encode("utf-16"),
        "sep=;\r\nCode;Nom\r\nK1;Été\r\n".encode("cp1252"),
        'Code;Nom\n\n"K1";"Été"\n'.encode(),
        "Code;Nom;\nK1;Été;\n;;\n".encode(),
    ],
)
def test_each_way_of_writing_a_csv_is_understood(app: Flask, data: bytes) -> None:
    table = read_table(data, "x.csv")
    assert table.heads == ["Code", "Nom"]
    assert [cells for _number, cells in table.lines] == [["K1", "Été"]]


def a_book(*lines: list[object]) -> bytes:
    book, held = openpyxl.Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(held)
    return held.getvalue()


def test_a_workbook_is_read_as_a_person_reads_it(app: Flask) -> None:
    data = a_book(
        ["Code", "Nom", "SIRET", "Entreprise"], [4, "Été", 55208131766522, True], [None, None], ["5", "B", 1.5, False]
    )
    table = read_table(data, "x.xlsx")
    assert table.lines == [(2, ["4", "Été", "55208131766522", "oui"]), (4, ["5", "B", "1,5", "non"])]
    found = applied(imported(a_book(["Code", "Nom"], [4, "Été"]), "clients.xlsx"))
    assert found.counts == {"new": 1}
    assert party("4").name == "Été"


@pytest.mark.parametrize("data", [b"", b"Code;Nom\n", b"PK\x03\x04 broken", b"\x00\x01\x02\x03;\n\x00"])
def test_a_file_of_no_use_is_refused_with_a_sentence(app: Flask, data: bytes) -> None:
    with pytest.raises(Refused):
        read_table(data, "x.csv")


def test_a_refused_file_says_why_on_its_import(app: Flask) -> None:
    found = imported(b"Code;Nom\n")
    db.session.refresh(found)
    assert found.state is ImportState.REFUSED
    assert "vide" in found.reason


def test_headers_are_guessed_and_may_be_chosen(app: Flask) -> None:
    family = office.family()
    assert guess(["Matricule", "RAISON SOCIALE", "E-mail", "Adresse mail facturation", "Truc", "Code"], family) == [
        "code", "name", "email_card", "email_billing", "", "",
    ]  # fmt: skip
    found = imported(text("K1;Alpha", heads="Truc;Machin"))
    assert "quelle colonne est le code" in found.reason
    preview_again(found=found, columns=["code", "name"], empties_clear=False, family=family)
    advance(found)
    assert found.counts == {"new": 1}


def test_an_empty_cell_changes_nothing_unless_it_clears(app: Flask) -> None:
    office.customer("K1", addresses={EmailSlot.CARD: "a@k.example"})
    data = text("K1;", heads="Code;E-mail")
    assert imported(data).counts == {"same": 1}
    applied(imported(data, empties_clear=True))
    assert cells("K1") == {}


def test_what_stands_is_not_judged_again(app: Flask) -> None:
    """A number that was wrong before is not this import's fault: exported and imported, it changes nothing."""
    standing = office.customer("K1")
    standing.siret, standing.postcode = "00000000000001", "1000"
    db.session.flush()
    assert imported(text("K1;00000000000001;1000", heads="Code;SIRET;CP")).counts == {"same": 1}


def test_a_party_that_moved_meanwhile_stops_the_whole_import(app: Flask) -> None:
    office.customer("K1"), office.customer("K2")
    found = imported(text("K1;Nantes", "K2;Nantes", "K3;Brest", heads="Code;Ville"))
    assert found.counts == {"changed": 2, "wrong": 1}
    found = imported(text("K1;A;Nantes", "K2;B;Nantes", "K3;C;Brest", heads="Code;Nom;Ville"))
    party("K2").revision += 1
    applied(found)
    assert found.state is ImportState.REFUSED
    assert "lignes 3" in found.reason
    assert party("K1").city == "", "not even the lines before it"
    assert db.session.scalar(select(func.count()).select_from(Party)) == 2

    preview_again(found=found, columns=[], empties_clear=False, family=office.family())
    advance(found)
    applied(found)
    assert party("K2").city == "Nantes"


def test_a_code_created_meanwhile_stops_the_whole_import(app: Flask) -> None:
    found = imported(text("K1;A", "K2;B", heads="Code;Nom"))
    office.customer("k2")
    applied(found)
    assert found.state is ImportState.REFUSED
    assert "k2" in found.reason
    assert db.session.scalar(select(func.count()).select_from(Party)) == 1


def test_asked_twice_it_is_written_once(app: Flask) -> None:
    found = imported(text(ROW))
    ask_apply(found=found, by=office.BY)
    ask_apply(found=found, by=office.BY)
    advance(found)
    advance(found)
    assert events("party.created") == 1
    with pytest.raises(Stale):
        preview_again(found=found, columns=[], empties_clear=False, family=office.family())


def test_undone_within_ten_minutes_everything_is_as_before(app: Flask) -> None:
    office.customer("K2", addresses={EmailSlot.CARD: "avant@k.example"})
    found = applied(imported(text(ROW, "K2;Autre nom;;;;;Lyon;;;apres@k.example;;;;;Paul Roy")))
    assert cells("K2") == {"card": "apres@k.example"}
    ask_undo(found=found, by="staff:paul")
    advance(found)
    assert found.state is ImportState.UNDONE
    assert db.session.scalars(select(Party.code)).all() == ["K2"]
    assert (party("K2").name, party("K2").city, cells("K2")) == ("Ma jolie boutique", "", {"card": "avant@k.example"})
    assert all(contact.closed_at for contact in party("K2").contacts)
    assert (events("party.removed"), events("parties.import_undone")) == (1, 1)


def test_what_was_touched_since_stays_and_is_listed(app: Flask) -> None:
    found = applied(imported(text("K1;A", "K2;B", "K3;C", heads="Code;Nom")))
    office.filed(party("K1"), office.folder("c.invoices"))
    party("K2").revision += 1
    db.session.flush()
    ask_undo(found=found, by="staff:paul")
    advance(found)
    assert sorted(db.session.scalars(select(Party.code))) == ["K1", "K2"]
    assert [bool(row.kept) for row in rows(found)] == [True, True, False]


def test_after_ten_minutes_it_is_too_late(app: Flask) -> None:
    found = applied(imported(text(ROW)))
    with at(now() + timedelta(minutes=11)), pytest.raises(Refused):
        ask_undo(found=found, by=office.BY)


def test_a_family_supposes_its_agreement_for_imported_businesses_too(app: Flask) -> None:
    office.family().default_consent = ConsentState.ACCEPTED
    applied(imported(text("K1;A;oui", "K2;B;non", heads="Code;Nom;Entreprise")))
    holders = db.session.scalars(select(Party.code).join(Consent, Consent.party_id == Party.id).distinct()).all()
    assert holders == ["K1"]


def test_somebody_already_there_is_not_added_again(app: Flask) -> None:
    standing = office.customer("K1")
    add_contact(party=standing, card=ContactCard(family_name="MARTIN", given_name="Camille"), by=office.BY)
    assert imported(text("K1;martin camille", heads="Code;Interlocuteur")).counts == {"same": 1}


def test_employees_have_one_cell(app: Flask) -> None:
    found = imported(text("E1;Camille;c@e.example;x", heads="Matricule;Nom;Email;Email devis"), key="employees")
    assert found.columns == ["code", "name", "email_card", ""]
    applied(found)
    assert not party("E1").is_business
    assert set(CELL_FIELDS) >= {cell.slot for cell in party("E1").cells}
