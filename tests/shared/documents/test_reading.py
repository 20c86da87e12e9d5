"""Who may read what, and what is kept of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from shared.access.models import Seat
from shared.clock import COMPANY_ZONE, midnight, now, today
from shared.documents import browsing, reading, visible
from shared.documents.models import Document, Download, Folder, ReadingKind, SignatureSide
from shared.documents.reading import Reader
from shared.events.models import Event
from shared.extensions import db
from tests.factories.counter import a_document, a_folder, a_link, a_party, a_publication, a_seat, a_version, unknown

pytestmark = pytest.mark.usefixtures("app")


def seen(seat: Seat) -> set[str]:
    return set(
        db.session.scalars(visible.visible_to(seat).with_only_columns(Document.title, maintain_column_froms=True))
    )


def reader(seat: Seat) -> Reader:
    return Reader(by=f"account:{seat.account_id}", seat=seat, ip="192.0.2.1", agent="essai")


@pytest.fixture
def folder(app: Flask) -> Folder:
    return a_folder()


def test_a_seat_reads_the_live_documents_of_its_party_alone(folder: Folder) -> None:
    alpha, beta = a_party(), a_party()
    a_document(alpha, folder, "visible")
    a_document(alpha, folder, "pas encore", live=False)
    a_document(alpha, a_folder(on_portal=False), "répertoire non partagé")
    a_document(beta, folder, "d’un autre")
    withdrawn = a_document(alpha, folder, "retiré", live=False)
    a_publication(withdrawn).withdrawn_at = now()
    assert seen(a_seat(alpha)) == {"visible"}


def test_rights_by_folder(folder: Folder) -> None:
    party, quotes = a_party(), a_folder("Devis", "quote")
    a_document(party, folder, "facture")
    a_document(party, quotes, "devis")
    seat = a_seat(party, folders=[folder])
    assert seen(seat) == {"facture"}
    assert [shelf.label for shelf in browsing.shelves(seat=seat)] == ["Factures"]
    assert not browsing.of_class(seat=seat, document_class="quote").lines
    seat.folder_ids = []
    db.session.flush()
    assert seen(seat) == set()


def test_a_seat_reads_from_its_first_day_to_its_last(folder: Folder) -> None:
    party, day = a_party(), today()
    a_document(party, folder, "facture")
    seat = a_seat(party, starts_on=day, ends_on=day)
    assert seen(seat)
    seat.starts_on = day + timedelta(days=2)
    db.session.flush()
    assert not seen(seat)
    seat.starts_on, seat.ends_on = None, day - timedelta(days=2)
    db.session.flush()
    assert not seen(seat)
    seat.ends_on, seat.allowed = None, False
    db.session.flush()
    assert not seen(seat)


def test_a_document_without_a_date_stands_at_the_day_it_was_filed_where_the_company_is(folder: Folder) -> None:
    party, day = a_party(), today() - timedelta(days=1)
    filed_at = midnight(day, COMPANY_ZONE.key) + timedelta(minutes=30)
    a_document(party, folder, "facture", age=now() - filed_at)
    seat = a_seat(party, folders=[folder])
    page = browsing.of_class(seat=seat, document_class=folder.document_class)
    assert [line.day for line in page.lines] == [day]


def test_find_answers_the_same_for_a_stranger_and_for_nothing(folder: Folder) -> None:
    owner, stranger = a_party(), a_party()
    document = a_document(owner, folder)
    seat, other = a_seat(owner), a_seat(stranger)
    found = reading.find(document_id=document.id, reader=reader(seat))
    assert found is not None and (found.title, found.is_new) == ("Facture de mars", True)
    assert reading.find(document_id=document.id, reader=reader(other)) is None
    assert reading.find(document_id=unknown(), reader=reader(seat)) is None
    assert reading.find(document_id=document.id, reader=Reader(by="anonymous")) is None
    assert not reading.was_shared(document_id=document.id, reader=reader(other))
    assert not reading.was_shared(document_id=document.id, reader=Reader(by="anonymous"))


def test_the_newest_version_is_read(folder: Folder) -> None:
    party = a_party()
    document = a_document(party, folder)
    second = a_version(document, b"%PDF-1.4\n% seconde\n%%EOF\n", number=2)
    found = reading.find(document_id=document.id, reader=reader(a_seat(party)))
    assert found is not None and found.version_id == second.id


@pytest.mark.row("P-12")
def test_what_is_shared_no_more_says_so_to_its_own_reader(folder: Folder) -> None:
    party = a_party()
    document = a_document(party, folder)
    draft = a_document(party, folder, live=False)
    seat, limited = a_seat(party), a_seat(party, folders=[a_folder()])
    by_link = Reader(by="anonymous", link=a_link(document))
    folder.on_portal = False
    db.session.flush()
    assert reading.find(document_id=document.id, reader=reader(seat)) is None
    assert reading.was_shared(document_id=document.id, reader=reader(seat))
    assert reading.was_shared(document_id=document.id, reader=by_link)
    assert not reading.was_shared(document_id=document.id, reader=reader(limited))
    assert not reading.was_shared(document_id=draft.id, reader=reader(seat))
    folder.on_portal = True
    db.session.flush()
    assert reading.find(document_id=document.id, reader=reader(seat))


def test_a_link_opens_its_document_and_no_payslip(folder: Folder) -> None:
    party = a_party()
    document, other = a_document(party, folder), a_document(party, folder)
    payslip = a_document(party, a_folder("Bulletins", "payslip"))
    by_link = Reader(by="anonymous", link=a_link(document))
    assert reading.find(document_id=document.id, reader=by_link)
    assert reading.find(document_id=other.id, reader=by_link) is None
    assert reading.find(document_id=payslip.id, reader=Reader(by="anonymous", link=a_link(payslip))) is None


@pytest.mark.row("B-12")
def test_each_reading_is_a_row_and_an_event(folder: Folder) -> None:
    party = a_party()
    document = a_document(party, folder)
    seat = a_seat(party)
    who = reader(seat)
    sheet = reading.find(document_id=document.id, reader=who)
    assert sheet is not None
    reading.opened(sheet=sheet, reader=who)
    reading.opened(sheet=sheet, reader=who)
    reading.downloaded(sheet=sheet, reader=who)
    db.session.flush()
    kinds = db.session.scalars(select(Download.kind).where(Download.seat_id == seat.id).order_by(Download.id)).all()
    assert kinds == [ReadingKind.OPENED, ReadingKind.OPENED, ReadingKind.DOWNLOADED]
    names = db.session.scalars(select(Event.name).where(Event.document_id == document.id).order_by(Event.id)).all()
    assert names == ["document.opened", "document.opened", "document.downloaded"]
    again = reading.find(document_id=document.id, reader=who)
    assert again is not None and not again.is_new


def test_new_is_new_to_each_person(folder: Folder) -> None:
    party = a_party()
    document = a_document(party, folder)
    first, second = a_seat(party), a_seat(party)
    sheet = reading.find(document_id=document.id, reader=reader(first))
    assert sheet is not None
    reading.opened(sheet=sheet, reader=reader(first))
    db.session.flush()
    assert not browsing.latest(seat=first, new=True).lines
    assert [line.id for line in browsing.latest(seat=second, new=True).lines] == [document.id]


def test_lists_go_by_key_to_their_end(folder: Folder) -> None:
    party = a_party()
    seat = a_seat(party)
    expected = [a_document(party, folder, f"n° {n}", age=timedelta(days=n // 2)).id for n in range(12)]
    found, after = [], ""
    while True:
        page = browsing.latest(seat=seat, after=after, limit=5)
        found += [line.id for line in page.lines]
        if page.after is None:
            break
        after = page.after
    assert sorted(found) == sorted(expected) and len(found) == 12
    days = [line.live_at for line in browsing.latest(seat=seat).lines]
    assert days == sorted(days, reverse=True)
    nonsense = browsing.latest(seat=seat, after="n’importe~quoi", limit=5)
    assert [line.id for line in nonsense.lines] == found[:5]


def test_search_wants_every_word_without_case_or_accents(folder: Folder) -> None:
    party = a_party()
    seat = a_seat(party)
    a_document(party, folder, "Facture d’Été", "FA-2026-0012")
    a_document(party, folder, "Avoir", "AV_7")

    def titles(words: str) -> list[str]:
        return [line.title for line in browsing.latest(seat=seat, search=words).lines]

    assert titles("ete FACTURE") == ["Facture d’Été"]
    assert titles("2026-0012") == ["Facture d’Été"]
    assert titles("av_7") == ["Avoir"]
    assert titles("%") == [] and titles("été absente") == []


def test_shelves_show_empty_folders_and_what_is_new(folder: Folder) -> None:
    party = a_party()
    seat = a_seat(party)
    a_folder("À signer", "quote", side=SignatureSide.RIGHT)
    a_folder("Caché", on_portal=False)
    for _ in range(2):
        a_document(party, folder)
    shelves = {shelf.label: shelf for shelf in browsing.shelves(seat=seat)}
    assert set(shelves) == {"Factures", "À signer"}
    assert (shelves["Factures"].documents, shelves["Factures"].new) == (2, 2)
    assert (shelves["À signer"].documents, shelves["À signer"].to_sign) == (0, True)


@pytest.mark.parametrize("rows", [0, 60])
def test_nothing_depends_on_a_neighbour(folder: Folder, rows: int) -> None:
    alpha, beta = a_party(), a_party()
    seat = a_seat(alpha)
    for n in range(3):
        a_document(alpha, folder, f"facture {n}", amount=Decimal(10), age=timedelta(hours=n))
    for n in range(rows):
        a_document(beta, folder, f"facture {n}", amount=Decimal(10), age=timedelta(minutes=n))
    page = browsing.latest(seat=seat, search="facture")
    assert [line.title for line in page.lines] == ["facture 0", "facture 1", "facture 2"] and page.after is None
    assert [(shelf.documents, shelf.new) for shelf in browsing.shelves(seat=seat)] == [(3, 3)]
