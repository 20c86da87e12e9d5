"""« Pièces »: one list, one form, one page with its tabs, for every kind that is declared."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bs4 import BeautifulSoup
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared.clock import COMPANY_ZONE, midnight, today
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Party
from shared.records import entering, moving
from shared.records.models import Record
from shared.records.remarks import everything
from tests.factories import office, post, rules
from tests.factories.clock import skipped_day
from tests.factories.identity import Browser
from tests.factories.records import a_code, an_exchange, an_intervention, an_order

BY = "command"


def made(kind: str = "invoice", party: Party | None = None, status: str = "", **values: Any) -> Record:
    """A record entered by the verb, where its moves lead it."""
    party = party or post.a_customer()
    usual: dict[str, Any] = {"issued_on": today()}
    return entering.enter(kind=kind, party=party, by=BY, values=usual | values, status=status)


def the_record(number: str) -> Record:
    query = select(Record).where(Record.number == number)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def events(record: Record) -> list[str]:
    return list(db.session.scalars(select(Event.name).where(Event.record_id == record.id).order_by(Event.id)))


def shown(answer: TestResponse) -> list[str]:
    """The numbers of a list, in its order."""
    return re.findall(r'<a class="g-nowrap" href="/backoffice/record/[0-9a-f-]+">([^<]+)</a>', answer.text)


def test_a_list_is_narrowed_by_the_address_bar(browser: Browser) -> None:
    other = office.customer("Z9", "Boulangerie Petit")
    day = today()
    made(number="FA-1", amount="100", due_on=day + timedelta(days=9), status="validated")
    made(
        number="FA-2",
        amount="1234.56",
        issued_on=day - timedelta(days=40),
        due_on=day - timedelta(days=10),
        status="validated",
    )
    made(number="FA-3", party=other, amount="-50", is_credit_note=True)
    url = "/backoffice/records/invoice"
    assert shown(browser.get(url)) == ["FA-3", "FA-2", "FA-1"]
    assert shown(browser.get(f"{url}?status=validated")) == ["FA-2", "FA-1"]
    assert shown(browser.get(f"{url}?late=1")) == ["FA-2"] and "En retard" in browser.get(url).text
    assert shown(browser.get(f"{url}?q=boulangerie")) == ["FA-3"]
    assert shown(browser.get(f"{url}?q=fa-2")) == ["FA-2"]
    assert shown(browser.get(f"{url}?least=1 000,50")) == ["FA-2"]
    assert shown(browser.get(f"{url}?most=0")) == ["FA-3"]
    assert shown(browser.get(f"{url}?since={day}")) == ["FA-3", "FA-1"]
    assert shown(browser.get(f"{url}?party={other.id}")) == ["FA-3"]
    wrong = browser.get(f"{url}?least=abc")
    assert shown(wrong) == ["FA-3", "FA-2", "FA-1"] and "Ce critère est ignoré" in wrong.text
    assert "Aucune pièce ne correspond" in browser.get(f"{url}?q=rien").text
    assert "Rien ici pour l’instant" in browser.get("/backoffice/records/opportunity").text
    csv = browser.get(f"{url}/export.csv?late=1").text
    assert "FA-2" in csv and "1234,56" in csv and "FA-1" not in csv
    assert browser.get("/backoffice/records/nothing").status_code == 404


def test_an_appointment_of_the_first_hour_of_today_is_not_late(browser: Browser) -> None:
    """Half past midnight in Paris is still the day before in UTC."""
    url, at = "/backoffice/records/intervention", midnight(today(), COMPANY_ZONE.key) + timedelta(minutes=30)
    rules.a_record(post.a_customer(), "intervention", number="I-1", appointment_at=at)
    assert shown(browser.get(url)) == ["I-1"]
    assert browser.get(url).text.count("En retard") == 1  # the filter, and no line
    assert shown(browser.get(f"{url}?late=1")) == []


def test_a_list_is_read_by_key_whatever_it_is_sorted_by(browser: Browser) -> None:
    party = post.a_customer()
    for number in range(55):
        made(
            number=f"FA-{number:02}", party=party, amount=str(100 + number), issued_on=today() - timedelta(days=number)
        )
    for query in ("", "least=1", f"since={today() - timedelta(days=90)}", "q=FA"):
        first = browser.get(f"/backoffice/records/invoice?{query}")
        following = re.search(r'href="([^"]+after=[^"]+)"', first.text)
        assert following
        second = browser.get(following[1].replace("&amp;", "&"))
        assert (len(shown(first)), len(shown(second))) == (50, 5), query
        assert not set(shown(first)) & set(shown(second))


def test_a_record_is_typed_the_french_way(browser: Browser) -> None:
    party = post.a_customer("K7")
    assert "K7" in browser.get("/backoffice/records/invoice/new?q=K7").text
    url = f"/backoffice/records/invoice/new?party={party.id}"
    key = re.search(r'name="key"[^>]*value="([^"]+)"', browser.get(url).text)
    assert key
    sent = {
        "key": key[1],
        "number": "FA-77",
        "issued_on": "2026-11-02",
        "due_on": "2026-12-02",
        "line_reference": ["A1", "", ""],
        "line_label": ["Chaise « Été »", "Pose", ""],
        "line_quantity": ["2", "", ""],
        "line_price": ["1 234,56", "10", ""],
        "line_rate": ["20", "10", "20"],
        "memo": "Deux colis",
    }
    more = browser.post(url, **sent, more="1")
    assert "1 234,56" in more.text and more.text.count('name="line_label"') == 5
    wrong = browser.post(url, **(sent | {"due_on": "2026-11-01", "amount": "12,x"}))
    assert wrong.status_code == 422 and "n’est pas un montant" in wrong.text and "Chaise « Été »" in wrong.text
    early = browser.post(url, **(sent | {"due_on": "2026-11-01"}))
    assert early.status_code == 422 and "Cette date est avant celle de la pièce." in early.text
    bad = browser.post(url, **(sent | {"line_quantity": ["deux", "", ""]}))
    assert bad.status_code == 422 and "Ligne 1" in bad.text and "Deux colis" in bad.text
    assert browser.post(url, **sent).status_code == 303
    assert browser.post(url, **sent).status_code == 303, "the same sending shows the same record"
    record = the_record("FA-77")
    assert (record.net_amount, record.amount) == (Decimal("2479.12"), Decimal("2973.94"))
    again = browser.post(url, **(sent | {"key": ""}))
    assert again.status_code == 422 and "celui d’une autre pièce" in again.text
    page = browser.get(f"/backoffice/record/{record.id}").text
    assert "2 973,94" in page.replace("\u202f", " ").replace("\xa0", " ") and "Deux colis" in page
    assert events(record) == ["invoice.created"]


def both(text: str) -> dict[str, tuple[str, str]]:
    """Field → what stands, what was typed."""
    rows = [row.find_all("td") for row in BeautifulSoup(text, "html5lib").select("tbody tr")]
    cells = [[cell.get_text(strip=True) for cell in row] for row in rows]
    return {row[0]: (row[1], row[2]) for row in cells if len(row) == 3}


def test_a_record_is_changed_once_and_two_clerks_do_not_overwrite_each_other(browser: Browser) -> None:
    record = made(number="D-1", kind="quote", amount="10", memo="un")
    url = f"/backoffice/record/{record.id}/edit"
    page = browser.get(url).text
    values = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    sent = {name: value for name, value in values.items() if name not in ("csrf_token",)} | {"memo": "deux"}
    assert browser.post(url, **sent).status_code == 303
    assert events(record)[-1] == "quote.memo_changed"
    late = browser.post(url, **(sent | {"memo": "trois", "title": "Store"}))
    assert late.status_code == 409 and "Jeanne Roy" in late.text
    assert both(late.text) == {"Objet": ("—", "Store"), "Mémo": ("deux", "trois")}
    assert the_record("D-1").memo == "deux", "nothing is written over unseen"
    seen = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', late.text))
    assert seen["revision"] == str(the_record("D-1").revision), "both texts were shown: saved again, it passes"
    again = sent | {"memo": "deux et trois", "revision": seen["revision"]}
    assert browser.post(url, **again).status_code == 303 and the_record("D-1").memo == "deux et trois"
    sent["memo"] = "deux et trois"
    assert (
        "Rien n’a changé"
        in browser.get(browser.post(url, **(sent | {"revision": str(the_record("D-1").revision)})).location).text
    )


def test_an_hour_that_does_not_exist_is_refused_beside_its_field(browser: Browser) -> None:
    record, day = made("intervention", number="I-1"), skipped_day()
    url = f"/backoffice/record/{record.id}/edit"
    browser.get(url)
    sent = {"revision": "1", "number": "I-1", "issued_on": today().isoformat(), "appointment_place": "Atelier"}
    gone = browser.post(url, **sent, appointment_at=day.isoformat(), appointment_from="02:30")
    assert gone.status_code == 422 and "l’horloge la saute" in gone.text and "Atelier" in gone.text
    assert (
        browser.post(
            url, **sent, appointment_at=day.isoformat(), appointment_from="03:30", appointment_ends_at="04:00"
        ).status_code
        == 303
    )
    assert the_record("I-1").appointment_at.isoformat() == f"{day}T01:30:00+00:00"
    assert f"{day.day} mars {day.year} à 03:30" in browser.get(f"/backoffice/record/{record.id}").text


def test_moves_are_buttons_and_ask_what_they_need(browser: Browser) -> None:
    record = made("quote", number="D-2", amount="10", issued_on=today() - timedelta(days=3))
    base = f"/backoffice/record/{record.id}"
    assert "Valider" in browser.get(base).text
    assert browser.post(f"{base}/move/validate").status_code == 303
    assert browser.post(f"{base}/move/validate").status_code == 303
    assert events(record).count("quote.validated") == 1
    assert "Date d’acceptation" in browser.get(f"{base}/move/accept").text
    wrong = browser.post(f"{base}/move/accept", day=(today() + timedelta(days=2)).isoformat())
    assert wrong.status_code == 422 and "pas encore venue" in wrong.text
    assert browser.post(f"{base}/move/accept", day=today().isoformat()).status_code == 303
    assert the_record("D-2").status == "accepted"
    refused = browser.post(f"{base}/move/cancel", reason="trop tard")
    assert refused.status_code == 422 and "n’est plus possible" in refused.text
    assert browser.get(f"{base}/move/nothing").status_code == 404


def test_a_payment_and_goods_come_in_on_the_page_of_their_record(browser: Browser) -> None:
    invoice = made(number="FA-9", amount="120", status="validated")
    base = f"/backoffice/record/{invoice.id}"
    assert 'value="120"' in browser.get(f"{base}/pay").text
    assert browser.post(f"{base}/pay", amount="cent", day="").status_code == 422
    assert browser.post(f"{base}/pay", amount="20,50", day="", number="CHQ-1").status_code == 303
    assert the_record("FA-9").balance == Decimal("99.50")
    assert "CHQ-1" in browser.get(base).text
    key = re.search(r'name="key" value="([^"]+)"', browser.get(f"{base}/pay").text)
    assert key
    for _ in range(2):  # the second sending of one form
        assert browser.post(f"{base}/pay", key=key[1], amount="10", day="", number="CHQ-2").status_code == 303
    assert the_record("FA-9").balance == Decimal("89.50")
    page = browser.get(f"/backoffice/record/{the_record('CHQ-2').id}").text
    assert "CHQ-2" in page and "Référence du logiciel de gestion" not in page
    order = entering.enter(
        kind="order",
        party=post.a_customer(),
        by=BY,
        values={"number": "C-1", "issued_on": today()},
        lines=[{"reference": "A1", "label": "Chaise", "quantity": 2, "price": 10}],
        status="validated",
    )
    base = f"/backoffice/record/{order.id}"
    assert 'value="A1"' in browser.get(f"{base}/goods").text
    assert browser.post(f"{base}/goods", reference="A1", quantity="0").status_code == 422
    assert browser.post(f"{base}/goods", reference="A1", quantity="3").status_code == 303
    assert the_record("C-1").status == "ready"
    assert browser.get(f"/backoffice/record/{invoice.id}/goods").status_code == 404


def test_an_answer_taken_by_telephone_is_entered_on_the_page_of_its_record(browser: Browser) -> None:
    visit = an_intervention()
    base = f"/backoffice/record/{visit.id}"
    assert f"{base}/answer" in browser.get(base).text
    refused = browser.post(f"{base}/answer", answer="move_asked", text="")
    assert refused.status_code == 422 and "Écrivez votre message" in refused.text
    assert browser.post(f"{base}/answer", answer="move_asked", text="Plutôt mardi").status_code == 303
    page = browser.get(base).text
    assert "demande un autre moment" in page and "Plutôt mardi" in page
    exchange = an_exchange(others=1)
    (other,) = (row.party for row in exchange.parties)
    base = f"/backoffice/record/{exchange.id}"
    assert browser.post(f"{base}/answer", party=other.id, answer="refused", text="").status_code == 422
    for _ in range(2):
        assert browser.post(f"{base}/answer", party=other.id, answer="refused", text="En mai").status_code == 303
    assert "En mai" in browser.get(base).text
    by = db.session.scalars(select(Event.actor).where(Event.name == "exchange_voucher.answered")).all()
    assert len(by) == 1 and by[0].startswith("staff:")
    assert browser.get(f"{base}/answer?party={visit.party_id}").status_code == 404
    assert browser.get(f"/backoffice/record/{made().id}/answer").status_code == 404


def test_documents_are_tied_dropped_and_printed(browser: Browser) -> None:
    record = made(number="FA-10", amount="12", net_amount="10", status="validated")
    other = office.filed(record.party, office.folder("c.contracts"), title="Bon signé")
    base = f"/backoffice/record/{record.id}/documents"
    assert "Bon signé" in browser.get(base).text
    assert browser.post(f"{base}/attach", document_id=other.id).status_code == 303
    assert [row.document_id for row in record.documents] == [other.id]
    stranger = office.filed(post.a_customer(), office.folder("c.contracts"), title="À un autre")
    assert browser.post(f"{base}/attach", document_id=stranger.id).status_code == 422
    assert browser.post(f"{base}/detach", document_id=other.id).status_code == 303
    files = {"files": (__import__("io").BytesIO(office.text_file()), "note.txt")}
    data = {"csrf_token": browser.token, "party_id": record.party_id, "record_id": record.id} | files
    data["folder_id"] = office.folder("c.contracts").id
    assert browser.client.post("/backoffice/documents", data=data).status_code == 303
    db.session.expire_all()
    assert len(record.documents) == 1
    assert browser.post(f"{base}/print").status_code == 303
    db.session.expire_all()
    assert [row.is_main for row in record.documents].count(True) == 1
    draft = made(number="FA-11", amount="1")
    assert browser.post(f"/backoffice/record/{draft.id}/documents/print").status_code == 422
    for piece, told in ((an_order(), "de classe « commande »"), (an_intervention(status="open"), "joignez-le ici")):
        where = f"/backoffice/record/{piece.id}/documents"
        assert browser.post(f"{where}/print").status_code == 303 and told in browser.get(where).text


def test_an_exchange_gains_parties(browser: Browser) -> None:
    record = made("exchange_agreement", number="E-1", amount="5")
    other = office.customer("P2", "Atelier Noir")
    base = f"/backoffice/record/{record.id}"
    assert "Atelier Noir" in browser.get(f"{base}/parties?q=atelier").text
    assert browser.post(f"{base}/parties", party_id=other.id).status_code == 303
    assert browser.post(f"{base}/parties", party_id=other.id).status_code == 303
    assert "Atelier Noir" in browser.get(base).text and events(record).count("exchange_agreement.changed") == 1


def test_the_timeline_is_in_french(browser: Browser) -> None:
    record = made("quote", number="D-3", amount="10", memo="avant")
    moving.move(record=record, move="validate", by=BY)
    page = browser.get(f"/backoffice/record/{record.id}/timeline").text
    assert "Validé" in page and "Enregistrement" in page


def test_the_palette_finds_a_record_by_its_number(browser: Browser) -> None:
    record = made(number="FA-2026-0012", amount="1")
    assert f"/backoffice/record/{record.id}" in browser.get("/backoffice/find?q=fa-2026-0012").text


def test_the_page_of_a_party_shows_its_records(browser: Browser) -> None:
    record = made(number="FA-5", amount="1")
    made("quote", party=record.party, number="D-5", amount="1")
    url = f"/backoffice/parties/{record.party_id}/records"
    assert "FA-5" in browser.get(url).text and "D-5" in browser.get(url).text
    assert "D-5" not in browser.get(f"{url}?kind=invoice").text


def test_messages_go_to_the_party_and_notes_stay_between_staff(browser: Browser) -> None:
    record = made("exchange_voucher", number="E-2", amount="5")
    other = office.customer("P3", "Atelier Blanc")
    entering.join(record=record, parties=[other], by=BY)
    base = f"/backoffice/record/{record.id}/messages"
    assert "Atelier Blanc" in browser.get(base).text
    empty = browser.post(f"{base}?to={other.id}", text=" ")
    assert empty.status_code == 422 and "Écrivez votre message." in empty.text
    assert browser.post(f"{base}?to={other.id}", text="Est-ce pour lundi ?").status_code == 303
    assert browser.post(f"{base}/note", **{"note-text": "À rappeler"}).status_code == 303
    said = everything(record)
    assert [(one.text, one.is_internal) for one in said] == [("Est-ce pour lundi ?", False), ("À rappeler", True)]
    document = office.filed(record.party, office.folder("c.contracts"))
    base = f"/backoffice/documents/{document.id}/messages"
    assert "Personne n’a encore écrit" in browser.get(base).text
    assert browser.post(base, text="Bien reçu ?").status_code == 303
    assert browser.post(f"{base}/note", **{"note-text": ""}).status_code == 422
    assert browser.post(f"{base}/read").status_code == 204
    assert "Bien reçu ?" in browser.get(base).text


def test_a_state_code_is_entered_on_the_page(browser: Browser) -> None:
    record = made("intervention", number="I-2")
    base = f"/backoffice/record/{record.id}"
    assert "Aucun code n’est défini" in browser.get(base).text
    a_code("103", "Intervention planifiée")
    assert "103 Intervention planifiée" in browser.get(base).text
    for _twice in range(2):
        assert browser.post(f"{base}/state", state_code="103").status_code == 303
    assert events(record).count("intervention.state_entered") == 1
    assert browser.post(f"{base}/state", state_code="999").status_code == 422
