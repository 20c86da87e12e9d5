"""Blind copies: each a message of its own that nobody else's headers tell of."""

import re

import pytest
from sqlalchemy import select

from shared.documents.cells import read_cell
from shared.documents.models import LinkTarget
from shared.errors import Refused
from shared.extensions import db
from shared.marking import mark_of
from shared.notifications.arranging import arrange, create, standing
from shared.notifications.models import Notification, Status, Template
from shared.notifications.resending import resend
from shared.notifications.saving import save
from shared.notifications.sending import drain
from tests.engines import Machine
from tests.factories import counter, post
from tests.factories import office as company
from tests.sink import Sink

BY = "command"


def text(key: str = "document.published.statement") -> Template:
    return db.session.scalars(select(Template).where(Template.key == key)).one()


def copied(template: Template, addresses: str) -> None:
    arrange(
        template=template,
        label=template.label,
        family_id=template.family_id,
        kind=template.kind,
        blind_copies=addresses,
        seen=mark_of(standing(template)),
        by=BY,
    )


@pytest.mark.row("A-06")
def test_two_addresses_are_two_copies_that_no_header_tells_of(office: Machine, sink: Sink) -> None:
    copied(text(), "a@x.example;b@y.example")
    document = post.announced(post.a_customer(), post.invoices(target=LinkTarget.STATEMENT), "FA-7")
    db.session.commit()
    assert drain("email") == 3
    (first,) = sink.to("compta@boutique.example")
    copies = [*sink.to("a@x.example"), *sink.to("b@y.example")]
    assert len(copies) == 2 and all(len(each.recipients) == 1 for each in sink.received)
    for other in copies:
        assert "FA-7" in other.text and other.sender != first.sender
    for secret in (b"x.example", b"y.example"):
        assert secret not in first.raw and "bcc" not in {name.lower() for name in first.message}
    lines = post.lines(document)
    assert [line.status for line in lines] == [Status.SENT] * 3
    assert {line.copy_of_id for line in lines} == {None, lines[0].id}
    assert drain("email") == 0


@pytest.mark.row("A-06")
def test_a_copy_holds_no_link_of_the_customer(office: Machine, sink: Sink) -> None:
    template = text("document.published.document")
    copied(template, "a@x.example")
    post.announced(post.a_customer(), post.invoices(target=LinkTarget.DOCUMENT), "FA-8")
    db.session.commit()
    assert drain("email") == 2
    assert re.search(r"/[dl]/\w", sink.to("compta@boutique.example")[0].text)
    assert not re.search(r"/[dlar]/\w", sink.to("a@x.example")[0].text)


@pytest.mark.row("A-06")
def test_an_address_that_is_not_valid_is_refused_with_its_name(office: Machine) -> None:
    template = text()
    with pytest.raises(Refused, match="pas-une-adresse"):
        copied(template, "a@x.example; pas-une-adresse")
    assert template.blind_copies == ""
    copied(template, " a@x.example ;A@x.example;; b@Y.example ")
    assert template.blind_copies == "a@x.example;b@y.example"


@pytest.mark.row("A-06")
def test_payslips_refuse_any_copy(office: Machine, sink: Sink) -> None:
    payslips = company.folder("e.payslips")
    payslips.link_target = LinkTarget.PAYSLIPS
    db.session.flush()
    with pytest.raises(Refused, match="bulletins"):
        copied(text("document.published.payslips"), "a@x.example")
    own = create(source=text(), label="Copié", family_id=None, by=BY)
    copied(own, "a@x.example")
    with pytest.raises(Refused, match="copie cachée"):
        read_cell(payslips, "template_id", str(own.id))
    payslips.template_id = own.id  # whatever happened: nothing leaves
    party = company.customer("S1", key="employees", addresses={payslips.slot: "salarie@perso.example"})
    counter.a_seat(party)
    payslips.on_portal, payslips.notify = True, "immediate"
    post.announced(party, payslips, "")
    db.session.commit()
    drain("email")
    assert sink.to("salarie@perso.example") and not sink.to("a@x.example")


@pytest.mark.row("A-06")
def test_access_and_security_messages_are_copied_to_nobody(office: Machine) -> None:
    for key in ("access.opened", "account.reset_requested"):
        with pytest.raises(Refused):
            copied(text(key), "a@x.example")


def test_a_copy_is_sent_again_with_its_message_only(office: Machine, sink: Sink) -> None:
    copied(text(), "a@x.example")
    document = post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    drain("email")
    message, copy = post.lines(document)
    with pytest.raises(Refused):
        resend(notification_id=copy.id, by=BY)
    resend(notification_id=message.id, by=BY)
    db.session.commit()
    assert drain("email") == 2 and len(sink.to("a@x.example")) == 2


def test_a_refused_message_is_copied_to_nobody(office: Machine, sink: Sink) -> None:
    copied(text(), "a@x.example")
    sink.rcpt_answers["compta@boutique.example"] = "550 5.1.1 inconnu"
    post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    drain("email")
    assert (
        not sink.received
        and db.session.scalar(select(Notification.id).where(Notification.copy_of_id.is_not(None))) is None
    )


def test_a_text_that_is_copied_never_takes_a_password(office: Machine) -> None:
    own = create(source=text(), label="Copié", family_id=None, by=BY)
    copied(own, "a@x.example")
    with pytest.raises(Refused):
        save(template=own, locale="fr", subject="x", body="#mot_de_passe# #lien#", seen=1, by=BY)
