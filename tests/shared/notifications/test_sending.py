"""From an event to a message in the customer's hands: who received what, and who did not."""

from datetime import timedelta

import pytest
import time_machine

from shared.clock import now
from shared.documents.models import LinkTarget, Notify, Publication
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.cancelling import cancel
from shared.notifications.forcing import force
from shared.notifications.models import Notification, Reason, Status, TemplateVersion
from shared.notifications.releasing import synchronise_lines, waiting_reasons
from shared.notifications.resending import resend
from shared.notifications.sending import drain
from shared.people.models import EmailCell, EmailSlot
from shared.settings.changing import change
from tests.engines import Machine
from tests.factories import counter, post
from tests.factories.office import folder as office_folder
from tests.factories.rules import a_text
from tests.sink import Sink

LATER = timedelta(minutes=3)


@pytest.mark.row("P-26")
@pytest.mark.row("P-63")
def test_a_published_document_is_announced_without_anybody(office: Machine, sink: Sink) -> None:
    party, other = post.a_customer(), post.a_customer(billing="autre@ailleurs.example")
    document = post.announced(party, post.invoices(), "FA-2017-0010")
    db.session.commit()
    assert drain("email") == 1
    (message,) = sink.to("compta@boutique.example")
    assert "FA-2017-0010" in message.text
    assert not sink.to("autre@ailleurs.example")
    (line,) = post.lines(document)
    assert (line.status, line.address, line.address_slot) == (Status.SENT, "compta@boutique.example", EmailSlot.BILLING)
    assert line.sent_at is not None and line.subject == message.subject and line.party_id == party.id != other.id


@pytest.mark.row("P-85")
def test_the_text_that_a_folder_names_is_what_its_message_says(office: Machine, sink: Sink) -> None:
    own = a_text("Votre relevé de travaux", "Il vous attend : #lien#", context="document")
    party, quotes = post.a_customer(), office_folder("c.quotes")
    invoices = post.invoices()
    invoices.template_id, quotes.slot = own.id, EmailSlot.BILLING
    post.announced(party, invoices)
    post.announced(party, quotes, "DE-1")
    db.session.commit()
    assert drain("email") == 2
    first, second = sorted(sink.to("compta@boutique.example"), key=lambda each: each.subject != own.versions[0].subject)
    assert first.subject == "Votre relevé de travaux" and "Il vous attend" in first.text
    assert second.subject != first.subject and "DE-1" in second.text


@pytest.mark.row("P-44")
def test_a_sent_line_keeps_what_was_sent(office: Machine, sink: Sink) -> None:
    document = post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    drain("email")
    (line,) = post.lines(document)
    version = db.session.get(TemplateVersion, line.template_version_id)
    assert version is not None and version.is_current
    assert line.reply.startswith("250") and line.body is not None
    url = next(word for word in sink.received[0].text.split() if "/l/" in word)
    assert url not in line.body, "a link in the history would be a key under the mat"


@pytest.mark.row("P-18")
def test_a_grouping_folder_gathers_ten_documents_in_one_message(office: Machine, sink: Sink) -> None:
    party, folder = post.a_customer(), post.invoices(Notify.GROUPED)
    for number in range(10):
        post.announced(party, folder, f"FA-{number}")
        db.session.commit()
    assert drain("email") == 0
    (line,) = post.lines()
    assert line.reason is Reason.PLANNED
    with time_machine.travel(now() + LATER):
        assert drain("email") == 1
    (message,) = sink.received
    assert all(f"FA-{number}" in message.text for number in range(10))
    post.announced(party, folder, "FA-11")
    db.session.commit()
    assert len(post.lines()) == 2, "what comes after makes a message of its own"


@pytest.mark.row("P-18")
def test_an_immediate_folder_sends_one_each_and_a_silent_one_none(office: Machine, sink: Sink) -> None:
    party = post.a_customer()
    for number in range(3):
        post.announced(party, post.invoices(), f"FA-{number}")
    post.announced(party, post.invoices(Notify.NONE), "FA-9")
    db.session.commit()
    assert drain("email") == 3
    assert not any("FA-9" in message.text for message in sink.received)


@pytest.mark.row("P-19")
@pytest.mark.parametrize("slot", EmailSlot)
def test_the_message_goes_to_the_cell_that_the_folder_names(office: Machine, sink: Sink, slot: EmailSlot) -> None:
    party = post.a_customer(billing="")
    for each in EmailSlot:
        cell = EmailCell(party_id=party.id, slot=each, address=f"{each.value}@boutique.example")
        cell.address_folded = cell.address
        db.session.add(cell)
    folder = post.invoices()
    folder.slot = slot
    post.announced(party, folder)
    db.session.commit()
    drain("email")
    assert [message.recipients for message in sink.received] == [[f"{slot.value}@boutique.example"]]


@pytest.mark.row("P-19")
def test_an_empty_cell_waits_with_its_reason_or_takes_the_fallback(office: Machine, sink: Sink) -> None:
    party = post.a_customer(billing="")
    document = post.announced(party, post.invoices())
    db.session.commit()
    assert drain("email") == 0 and not sink.received
    (line,) = post.lines(document)
    assert (line.status, line.reason) == (Status.WAITING, Reason.NO_ADDRESS)
    assert "adresse" in line.reply
    party.family.slot_fallback = EmailSlot.CARD
    card = EmailCell(party_id=party.id, slot=EmailSlot.CARD, address="fiche@boutique.example")
    card.address_folded = card.address
    db.session.add(card)
    second = post.announced(party, post.invoices(), "FA-2")
    db.session.commit()
    assert drain("email") == 1
    (line,) = post.lines(second)
    assert line.address_slot is EmailSlot.CARD and sink.to("fiche@boutique.example")


@pytest.mark.row("P-66")
def test_a_waiting_line_takes_the_new_address_and_a_sent_one_keeps_the_old(office: Machine, sink: Sink) -> None:
    party, folder = post.a_customer(), post.invoices(Notify.GROUPED)
    sent = post.announced(party, post.invoices(), "FA-1")
    db.session.commit()
    drain("email")
    waiting = post.announced(party, post.invoices(Notify.GROUPED), "FA-2")
    cell = db.session.get(EmailCell, (party.id, EmailSlot.BILLING))
    assert cell is not None and folder is not None
    cell.address = cell.address_folded = "nouvelle@boutique.example"
    db.session.commit()
    with time_machine.travel(now() + LATER):
        drain("email")
    assert [line.address for line in post.lines(sent)] == ["compta@boutique.example"]
    assert [line.address for line in post.lines(waiting)] == ["nouvelle@boutique.example"]


@pytest.mark.row("P-67")
def test_three_forced_invoices_make_one_message_even_in_a_silent_folder(office: Machine, sink: Sink) -> None:
    party, folder = post.a_customer(), post.invoices(Notify.NONE)
    documents = [post.announced(party, folder, f"FA-{number}") for number in range(3)]
    assert force(document_ids=[document.id for document in documents], by="command") == 1
    db.session.commit()
    assert drain("email") == 1
    (message,) = sink.received
    assert all(f"FA-{number}" in message.text for number in range(3))


@pytest.mark.row("P-68")
def test_a_forced_line_is_tied_to_the_first(office: Machine, sink: Sink) -> None:
    party = post.a_customer()
    document = post.announced(party, post.invoices())
    db.session.commit()
    drain("email")
    force(document_ids=[document.id], by="command")
    db.session.commit()
    drain("email")
    first, second = post.lines(document)
    assert second.resend_of_id == first.id and first.message_id != second.message_id
    assert len(sink.received) == 2


def test_what_is_not_on_the_portal_cannot_be_forced(office: Machine) -> None:
    document = counter.a_document(post.a_customer(), post.invoices(), live=False)
    with pytest.raises(Refused, match="portail"):
        force(document_ids=[document.id], by="command")


@pytest.mark.row("P-45")
@pytest.mark.row("P-69")
def test_in_manual_mode_forced_lines_wait_for_synchronisation(office: Machine, sink: Sink) -> None:
    change(key="synchronisation", value="manual", by="command")
    party, silent = post.a_customer(), post.a_customer(billing="")
    folder = post.invoices(Notify.NONE)
    mine, other = post.announced(party, folder), post.announced(silent, folder)
    force(document_ids=[mine.id, other.id], by="command")
    db.session.commit()
    assert drain("email") == 0
    assert {line.reason for line in post.lines()} == {Reason.SYNCHRONISATION}
    assert synchronise_lines() == 2
    db.session.commit()
    assert drain("email") == 1
    assert waiting_reasons() == {Reason.NO_ADDRESS: 1}


def test_a_notice_waits_until_somebody_of_the_party_can_open(office: Machine, sink: Sink) -> None:
    party = post.a_customer(seat=False)
    document = post.announced(party, post.invoices())
    db.session.commit()
    assert drain("email") == 0
    assert [line.reason for line in post.lines(document)] == [Reason.SYNCHRONISATION]


def test_a_document_withdrawn_meanwhile_is_not_announced(office: Machine, sink: Sink) -> None:
    document = post.announced(post.a_customer(), post.invoices())
    for publication in db.session.query(Publication).all():
        publication.withdrawn_at = now()
    db.session.commit()
    assert drain("email") == 0 and not sink.received
    assert [line.status for line in post.lines(document)] == [Status.CANCELLED]


def test_a_cancelled_line_never_leaves_and_a_sent_one_cannot_be_cancelled(office: Machine, sink: Sink) -> None:
    party = post.a_customer()
    document = post.announced(party, post.invoices())
    (line,) = post.lines(document)
    cancel(notification_id=line.id, by="command")
    db.session.commit()
    assert drain("email") == 0 and not sink.received
    sent = post.announced(party, post.invoices(), "FA-2")
    db.session.commit()
    drain("email")
    (line,) = post.lines(sent)
    with pytest.raises(Refused):
        cancel(notification_id=line.id, by="command")


def test_a_resend_makes_a_new_line_with_the_address_of_today(office: Machine, sink: Sink) -> None:
    party = post.a_customer()
    document = post.announced(party, post.invoices())
    db.session.commit()
    drain("email")
    (first,) = post.lines(document)
    cell = db.session.get(EmailCell, (party.id, EmailSlot.BILLING))
    assert cell is not None
    cell.address = "nouvelle@boutique.example"
    resend(notification_id=first.id, by="command")
    db.session.commit()
    drain("email")
    _first, second = post.lines(document)
    assert (second.resend_of_id, second.address) == (first.id, "nouvelle@boutique.example")


def test_recording_the_same_cause_twice_makes_one_line(office: Machine) -> None:
    from shared.events.models import Event
    from shared.notifications import rules

    document = post.announced(post.a_customer(), post.invoices())
    event = db.session.query(Event).filter_by(name="document.published").one()
    rules.apply(event)
    assert len(post.lines(document)) == 1


@pytest.mark.row("L-36")
@pytest.mark.row("FR-15")
def test_a_notice_has_two_parts_names_its_document_and_loads_nothing(office: Machine, sink: Sink) -> None:
    post.announced(post.a_customer(), post.invoices(), "FA-2017-0010")
    db.session.commit()
    drain("email")
    message = sink.received[0].message
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None and html is not None
    for part in (plain, html):
        assert "FA-2017-0010" in part.get_content() and part.get_content().count("/l/") >= 1
    for loading in ("<img", "src=", "url(", "<link", "@import", "background="):
        assert loading not in html.get_content()


@pytest.mark.row("A-10")
def test_a_name_that_is_markup_arrives_as_text(office: Machine, sink: Sink) -> None:
    party = post.a_customer()
    party.name = "<b>Dupont</b>"
    document = counter.a_document(party, post.invoices(), title="<script>alert(1)</script>")
    from shared.events.recording import record

    record("document.published", by="command", party_id=party.id, document_id=document.id)
    db.session.commit()
    drain("email")
    html = sink.received[0].message.get_body(("html",))
    assert html is not None and "<script>" not in html.get_content() and "<b>Dupont" not in html.get_content()


@pytest.mark.row("P-23")
def test_immediate_opening_links_to_the_one_document(office: Machine, sink: Sink) -> None:
    post.announced(post.a_customer(seat=False), post.invoices(target=LinkTarget.DOCUMENT))
    db.session.commit()
    assert drain("email") == 1
    assert "/d/" in sink.received[0].text


def test_nothing_of_one_customer_stands_in_the_message_of_another(office: Machine, sink: Sink) -> None:
    folder = post.invoices()
    for number in range(40):
        party = post.a_customer(billing=f"c{number}@canari.example")
        party.name = f"Canari-{number}-"
        post.announced(party, folder, f"NUM-{number}-")
    db.session.commit()
    assert drain("email") == 40
    for message in sink.received:
        own = message.recipients[0].removeprefix("c").partition("@")[0]
        for number in range(40):
            assert (f"NUM-{number}-" in message.text) == (str(number) == own)
            assert (f"Canari-{number}-" in message.text) <= (str(number) == own)


def test_the_queue_is_empty_afterwards(office: Machine) -> None:
    post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    drain("email")
    row = db.session.query(Notification).one()
    db.session.refresh(row)
    assert row.owner is None and row.claim_order is None
