"""What a rule proposes waits for a person; what it attaches is the paper of the portal, or the line says why not."""

from datetime import timedelta
from hashlib import sha256

import pytest

from shared.documents.models import Document
from shared.documents.versioning import add_version
from shared.errors import Refused
from shared.extensions import db
from shared.notifications import attachments, proposing
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.resending import resend
from shared.notifications.sending import drain
from shared.people.models import Party
from shared.records.attaching import attach
from tests.engines import Machine
from tests.factories import office as counter
from tests.factories import records, told
from tests.shared.documents.corpus import pdf
from tests.sink import Received, Sink

BY = "command"


def sent() -> int:
    db.session.commit()
    return drain("email")


def proposed() -> Notification:
    told.rule("order.ready", automatic=False)
    order = records.an_order(told.a_party("dubois"), number="BC-1")
    records.moved(order, "make_ready")
    (line,) = told.lines_of(order)
    return line


def test_a_proposal_leaves_when_somebody_has_confirmed_it(office: Machine, sink: Sink) -> None:
    line = proposed()
    assert (line.status, line.reason, line.is_proposal) == (Status.WAITING, Reason.DRAFT, True)
    assert sent() == 0
    draft = proposing.draft_of(line)
    assert draft.address == "fiche@dubois.example" and "BC-1" in draft.subject and "#lien#" in draft.body
    proposing.confirm(
        notification=line, by=BY, subject=draft.subject, body=draft.body.replace("Bonjour", "Cher client")
    )
    assert sent() == 1
    (message,) = sink.to("fiche@dubois.example")
    assert "Cher client" in message.text and "/l/" in message.text and "BC-1" in message.text
    with pytest.raises(Refused):
        proposing.confirm(notification=line, by=BY)


def test_a_proposal_that_is_dropped_or_badly_edited_does_not_leave(office: Machine, sink: Sink) -> None:
    line = proposed()
    with pytest.raises(Refused) as refusal:
        proposing.confirm(notification=line, by=BY, subject="Votre commande", body="Bonjour #champ_inconnu#")
    assert refusal.value.field == "body" and line.is_proposal
    proposing.drop(notification=line, by=BY)
    assert sent() == 0 and line.status is Status.CANCELLED and line.reply == proposing.DROPPED


def test_a_proposal_says_when_it_no_longer_applies(office: Machine) -> None:
    line = proposed()
    (record_id,) = db.session.scalars(db.select(told.NotificationRecord.record_id))
    records.moved(db.session.get_one(told.Record, record_id), "deliver")
    assert "Livré" in proposing.draft_of(line).why_not


def a_paper(party: Party, data: bytes, *, live: bool = True) -> Document:
    paper = counter.filed(party, counter.folder("c.invoices"), data, "FA-1.pdf", number="FA-1")
    if live:
        counter.synchronise()
    return paper


def files(message: Received) -> list[bytes]:
    return [part.get_payload(decode=True) for part in message.message.iter_attachments()]  # type: ignore[misc]


@pytest.mark.row("A-14")
def test_the_invoice_that_leaves_with_the_message_is_the_portals(office: Machine, sink: Sink) -> None:
    party, data = told.a_party("dubois"), pdf(text="Facture FA-1")
    paper = a_paper(party, data)
    invoice = records.an_invoice(party, number="FA-1")
    attach(record=invoice, document=paper, by=BY)
    sent()
    sink.clear()
    records.moved(invoice, "send")
    assert sent() == 1
    (message,) = sink.to("facturation@dubois.example")
    (attached,) = files(message)
    assert sha256(attached).hexdigest() == paper.versions[0].sha256
    line = told.lines_of(invoice)[-1]
    assert line.facts["attached"]["files"][0]["sha256"] == paper.versions[0].sha256


@pytest.mark.row("A-14")
def test_a_paper_that_is_too_large_or_not_published_stays_behind_its_link(
    office: Machine, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = told.a_party("dubois")
    invoice = records.an_invoice(party, number="FA-1")
    attach(record=invoice, document=a_paper(party, pdf(text="Facture")), by=BY)
    sent()
    sink.clear()
    monkeypatch.setattr(attachments, "LARGEST", 100)
    records.moved(invoice, "send")
    assert sent() == 1
    assert not files(sink.received[0]) and "/l/" in sink.received[0].text
    assert attachments.TOO_LARGE in told.lines_of(invoice)[-1].reply


@pytest.mark.row("A-16")
def test_an_order_form_sent_again_is_the_version_of_today_and_both_are_kept(office: Machine, sink: Sink) -> None:
    party = told.a_party("dubois")
    order = records.an_order(party, number="BC-1")
    paper = counter.filed(party, counter.folder("c.contracts"), pdf(text="Bon 1"), "BC-1.pdf")
    attach(record=order, document=paper, by=BY, is_main=True)
    counter.synchronise()
    sent()
    sink.clear()
    records.moved(order, "send")
    sent()
    data = pdf(text="Bon 2")
    add_version(document=paper, data=data, like=paper.versions[0])
    line = next(each for each in told.lines_of(order) if each.event == "order.sent")
    resend(notification_id=line.id, by=BY)
    sent()
    assert [files(each) for each in sink.received] == [[pdf(text="Bon 1")], [data]]
    kept = [each.facts["attached"]["files"][0]["sha256"] for each in told.lines_of(order) if each.sent_at]
    assert kept == [version.sha256 for version in sorted(paper.versions, key=lambda each: each.number)]
    assert line.sent_at is not None and line.sent_at - line.created_at < timedelta(days=1)
