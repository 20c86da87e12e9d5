"""What a notice says of itself once it has left: from whom, to whom answers go, in which language."""

import pytest
from sqlalchemy import select

from shared.extensions import db
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.sending import drain
from shared.people.models import Activity, EmailSlot
from tests.engines import Machine
from tests.factories import counter, post
from tests.factories import office as desk
from tests.sink import Sink


def headers(sink: Sink, to: str) -> tuple[str, str, str]:
    """From: address and name, Reply-To."""
    (received,) = sink.to(to)
    written = received.message["From"].addresses[0]
    return written.addr_spec, written.display_name, str(received.message["Reply-To"] or "")


@pytest.mark.row("P-04")
def test_each_family_writes_from_its_own_sender_and_hears_at_its_own_address(office: Machine, sink: Sink) -> None:
    customers, employees = desk.family(), desk.family("employees")
    customers.sender_name, customers.sender_address = "Facturation Dubois", "factures@dubois.example"
    customers.reply_to = "compta@dubois.example"
    employees.reply_to = "paie@dubois.example"
    ours = Activity(name="Dubois & Fils", domain="dubois.example")
    db.session.add(ours)
    post.announced(post.a_customer(billing="client@boutique.example"), post.invoices())
    camille = desk.customer("E1", "Camille", key="employees", addresses={EmailSlot.CARD: "camille@exemple.fr"})
    counter.a_seat(camille)
    post.announced(camille, desk.folder("e.contracts"))
    db.session.commit()
    assert drain("email") == 2
    assert headers(sink, "client@boutique.example") == (
        "factures@dubois.example",
        "Facturation Dubois",
        "compta@dubois.example",
    )
    address, name, reply_to = headers(sink, "camille@exemple.fr")
    assert (address, name, reply_to) == ("noreply@dubois.example", ours.name, "paie@dubois.example")


@pytest.mark.row("B-15")
def test_the_notice_of_a_document_leaves_in_the_language_of_its_party(office: Machine, sink: Sink) -> None:
    for number, locale in enumerate(("en", "fr")):
        party = post.a_customer(billing=f"{locale}@boutique.example")
        party.locale = locale
        post.announced(party, post.invoices(), f"FA-{number}")
    db.session.commit()
    assert drain("email") == 2
    (english,), (french,) = sink.to("en@boutique.example"), sink.to("fr@boutique.example")
    assert "available to you" in english.subject and "Hello," in english.text and "Bonjour" not in english.text
    assert 'lang="en"' in english.text and 'lang="fr"' in french.text
    assert "Bonjour" in french.text and "Hello" not in french.text


@pytest.mark.row("B-15")
def test_the_notice_falls_back_to_french_where_its_text_has_no_other(office: Machine, sink: Sink) -> None:
    text = db.session.scalars(select(Template).where(Template.key == "document.published.statement")).one()
    query = select(TemplateVersion).where(TemplateVersion.template_id == text.id, TemplateVersion.locale == "en")
    for version in db.session.scalars(query).all():
        db.session.delete(version)
    party = post.a_customer(billing="en@boutique.example")
    party.locale = "en"
    post.announced(party, post.invoices())
    db.session.commit()
    assert drain("email") == 1
    (received,) = sink.to("en@boutique.example")
    assert "Bonjour" in received.text and "Hello" not in received.text
