"""Where the link of a message about a record lands: its own page, once one is in, and nobody else's."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from shared.access.models import Link, LinkPurpose
from shared.clock import today
from shared.extensions import db
from shared.notifications.record_targets import target_of
from tests.factories import records
from tests.factories.identity import Browser, a_holder, a_mailed_link, path_of
from tests.factories.post import an_installation


@pytest.mark.row("A-18")
def test_the_message_of_a_quote_leads_to_where_it_is_accepted_declined_or_asked_about(app: Flask) -> None:
    an_installation()
    seat, stranger = a_holder("C412"), a_holder("C413")
    quote = records.a_quote(seat.party, number="DE-1", valid_until=today() + timedelta(days=20))
    link = a_mailed_link(seat, LinkPurpose.TARGET, target=target_of(quote, gathers=False))
    browser = Browser(app)
    assert "/sign-in" in browser.get(path_of(link)).location, "never without signing in"
    browser.sign_in("C412")
    landed = browser.get(path_of(link)).location
    assert landed == f"/quotes/{quote.id}"
    page = browser.get(landed)
    assert page.status_code == 200 and "DE-1" in page.text
    for way in ("accept", "refuse", "messages"):
        assert way in page.text
    other = Browser(app)
    other.sign_in("C413")
    assert other.get(landed).status_code == 404 and stranger.party_id != seat.party_id


def test_an_order_leads_to_its_page_and_an_invoice_to_the_statement(app: Flask) -> None:
    an_installation()
    seat = a_holder("C412")
    order, invoice = records.an_order(seat.party), records.an_invoice(seat.party)
    browser = Browser(app)
    browser.sign_in("C412")
    for record, where in ((order, f"/records/{order.id}"), (invoice, "/statement")):
        link = a_mailed_link(seat, LinkPurpose.TARGET, target=target_of(record, gathers=False))
        landed = browser.get(path_of(link)).location
        assert landed.startswith(where)
        assert browser.get(landed).status_code == 200
    assert len(db.session.scalars(select(Link.id)).all()) == 2
