"""Words of documents: found without accents, by phrase and by beginning, and never beyond somebody’s rights."""

import io

import pytest
from docx import Document as Word
from flask import Flask
from sqlalchemy import text, update

from shared.documents import browsing, exploring, indexing
from shared.documents.excerpting import excerpts
from shared.documents.exploring import Shown
from shared.documents.models import Document, Version
from shared.documents.searching import terms_of
from shared.extensions import db
from shared.people.models import Party
from shared.people.scopes import Scope, scope_of
from tests.factories import office, post
from tests.factories.counter import a_document, a_seat
from tests.factories.identity import a_clerk
from tests.factories.office import customer, filed, folder
from tests.shared.documents.corpus import pdf

SEE = "backoffice:documents:see"


@pytest.fixture
def scope(app: Flask) -> Scope:
    post.an_installation()
    office.an_installation()
    return scope_of(a_clerk(), SEE)


def found(scope: Scope, typed: str, party: Party | None = None) -> list[str]:
    shown = Shown(office.family().id, party_id=party.id if party else None, search=typed)
    found = exploring.lines(scope=scope, shown=shown)
    assert found.found == len(found.lines)
    return sorted(line.title for line in found.lines)


def docx(words: str) -> bytes:
    letter, written = Word(), io.BytesIO()
    letter.add_paragraph(words)
    letter.save(written)
    return written.getvalue()


@pytest.mark.row("B-07")
@pytest.mark.parametrize(
    ("data", "name"),
    [
        (pdf(text="Chaudiere a condensation"), "a.pdf"),
        (docx("Chaudière à condensation"), "a.docx"),
        ("Chaudière à condensation".encode(), "a.txt"),
    ],
)
def test_the_text_of_a_file_is_found(scope: Scope, data: bytes, name: str) -> None:
    filed(customer(), folder(), data, name, title="Devis")
    for typed in ("chaudière", "CHAUDIERE", "chaud", "condensation chaudi", '"a condensation"', "devis chaudiere"):
        assert found(scope, typed) == ["Devis"], typed
    for typed in ("audiere", '"condensation a"', "chaudiere fioul", "%", "' | 'x", "&!():*"):
        assert found(scope, typed) == [], typed


def test_a_word_that_is_finished_is_whole(scope: Scope) -> None:
    filed(customer(), folder(), b"Portailler", title="Note")
    assert found(scope, "portail") == ["Note"] and found(scope, "portail ") == []


def test_terms() -> None:
    assert [term.query for term in terms_of("Été «mars 2026» FA-12 dup")] == [
        "'ete'",
        "'mars' <-> '2026'",
        "'fa'",
        "'12'",
        "'dup':*",
    ]
    assert terms_of("' & !(:*") == []


@pytest.mark.row("B-07")
def test_a_word_out_of_my_scope_finds_and_counts_nothing(scope: Scope) -> None:
    employee = customer(key="employees")
    filed(employee, folder("e.payslips"), b"Remuneration exceptionnelle", title="Bulletin")
    filed(employee, folder("e.contracts"), b"Remuneration annuelle", title="Contrat")
    shown = Shown(office.family("employees").id, search="remuneration")
    assert [line.title for line in exploring.lines(scope=scope, shown=shown).lines] == ["Contrat"]
    assert exploring.lines(scope=scope, shown=shown).found == 1
    secret = Shown(office.family("employees").id, search="exceptionnelle")
    assert exploring.lines(scope=scope, shown=secret) == exploring.Page([], None, 0)
    assert exploring.lines(scope=Scope(()), shown=shown) == exploring.Page([], None, 0)


@pytest.mark.row("B-07")
def test_a_person_finds_what_their_seat_may_read_and_nothing_else(scope: Scope) -> None:
    alpha, beta = customer(), customer()
    narrow, wide = a_seat(alpha, folders=[folder("c.quotes")]), a_seat(alpha)
    for party, key, title in ((alpha, "c.invoices", "Facture"), (alpha, "c.quotes", "Devis"), (beta, "c.quotes", "X")):
        filed(party, folder(key), b"Ballon thermodynamique" + title.encode(), title=title)
    hidden = folder("c.contracts")
    hidden.on_portal = False
    filed(alpha, hidden, b"Ballon thermodynamique prive", title="Contrat")

    def titles(seat: object) -> list[str]:
        return sorted(line.title for line in browsing.latest(seat=seat, search="thermo").lines)  # type: ignore[arg-type]

    assert titles(wide) == ["Devis", "Facture"] and titles(narrow) == ["Devis"]
    assert titles(a_seat(alpha, allowed=False)) == []
    assert browsing.latest(seat=wide, search="!!").lines == []


def test_what_was_filed_before_is_found_by_its_name_then_by_its_text(scope: Scope) -> None:
    document = a_document(customer(), folder(), "Facture ancienne", "FA-0099")
    db.session.execute(update(Version).where(Version.document_id == document.id).values(text="Pompe à chaleur"))
    assert found(scope, "ancienne") == ["Facture ancienne"] and found(scope, "chaleur") == []
    assert indexing.is_due()
    assert indexing.index_batch() == 1 and indexing.index_batch() == 0 and not indexing.is_due()
    for typed in ("chaleur", "ancienne", "fa-0099", "FA0099", "facture"):
        assert found(scope, typed) == ["Facture ancienne"], typed


def test_the_newest_version_is_what_is_found(scope: Scope) -> None:
    document = filed(customer(), folder(), b"premier jet", title="Contrat")
    second = document.versions[0]
    db.session.add(
        Version(
            document_id=document.id, number=2, sha256=second.sha256, size=second.size, mime="text/plain", kind="other",
            filename="b.txt", text="version définitive",
        )
    )  # fmt: skip
    db.session.flush()
    db.session.execute(update(Document).values(words=None))
    indexing.index_batch()
    assert found(scope, "definitive") == ["Contrat"] and found(scope, "premier") == []


def test_an_enormous_text_is_cut_to_what_postgresql_takes(scope: Scope) -> None:
    document = a_document(customer(), folder())
    words = " ".join(f"mot{number:x}é漢" for number in range(200_000)) + " " + "z" * 5000
    indexing.index(document=document, text=words)
    db.session.flush()
    size = db.session.scalar(text("SELECT pg_column_size(words) FROM document WHERE id = :id"), {"id": document.id})
    assert size and size < 1_048_575
    assert found(scope, "mot1e漢") == [document.title]
    again = "le meme mot " * 200_000
    indexing.index(document=document, text=again)
    db.session.flush()


def test_the_party_is_searched_with_the_words(scope: Scope) -> None:
    party = customer(code="Z77", name="Boulangerie Çélèste")
    filed(party, folder(), b"farine", title="Facture")
    filed(customer(), folder(), b"farine", title="Autre")
    for typed in ("celeste farine", "z77", "boulang", "facture céles"):
        assert found(scope, typed) == ["Facture"], typed
    assert found(scope, "farine", party) == ["Facture"]


def test_an_excerpt_shows_the_words_as_they_are_written(scope: Scope) -> None:
    words = "Début. " * 30 + "Une <b>chaudière</b> à\n\ncondensation. " + "Fin. " * 30
    document = filed(customer(), folder(), words.encode(), title="Devis")
    piece = excerpts(document_ids=[document.id], typed="CHAUDIERE")[document.id]
    assert piece.found == "chaudière" and piece.before.startswith("…") and piece.after.startswith("</b> à condensation")
    phrase = excerpts(document_ids=[document.id], typed='"a condens"')
    assert phrase == {}
    assert excerpts(document_ids=[document.id], typed='"à condensation"')[document.id].found == "à condensation"
    assert excerpts(document_ids=[document.id], typed="devis") == {}
