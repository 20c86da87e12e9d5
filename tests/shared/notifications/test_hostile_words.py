"""Names and titles that try to become headers, recipients or markup: what arrives at the mail server, byte for byte."""

import re

import pytest
from flask import Flask

from shared.errors import Refused
from shared.extensions import db
from shared.notifications.models import Status
from shared.notifications.sending import drain
from tests.engines import Machine
from tests.factories import office as back_office
from tests.factories import post
from tests.sink import Received, Sink

EVIL = [
    "Facture\r\nBcc: evil@exemple.fr",
    "Facture\nX-Evil: 1\n\ncorps",
    "=?utf-8?q?=0D=0ABcc:_evil@exemple.fr?=",
    "=?utf-8?q?a=2Cevil=40exemple.fr=2C?=",
    "Facture\u2028Bcc: evil@exemple.fr",
    "Facture\x1b[31m",
]
ODD = [
    "DUPONT, Jean",
    "DUPONT, evil@exemple.fr",
    "L’Oréal & Fils <SARL>",
    '"Guillemets" SA',
    "Société 100 % bio %(x)s %s",
    "#lien# {{ 7*7 }} #société#",
    '"><script>alert(1)</script><img src=http://evil.example/p.gif>',
]
HEADERS = {
    "from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type", "auto-submitted",
    "list-unsubscribe", "list-unsubscribe-post", "list-id", "x-auto-response-suppress", "content-language",
}  # fmt: skip


@pytest.mark.row("FR-15")
@pytest.mark.row("A-10")
def test_a_title_or_a_name_never_becomes_a_header_a_recipient_or_markup(office: Machine, sink: Sink) -> None:
    folder = post.invoices()
    for number, words in enumerate([*EVIL, *ODD]):
        party = post.a_customer(billing=f"b{number}@boutique.example")
        document = post.announced(party, folder)
        document.title = document.number = party.name = words
    db.session.commit()
    drain("email")
    for received in sink.received:
        _is_plain(received)
    reached = {address for received in sink.received for address in received.recipients}
    assert {f"b{number}@boutique.example" for number in range(len(EVIL), len(EVIL) + len(ODD))} <= reached
    assert len(reached) == len(sink.received)
    stuck = [line.status for line in post.lines() if line.status not in (Status.SENT, Status.WAITING, Status.FAILED)]
    assert stuck == []


@pytest.mark.parametrize("words", EVIL)
def test_a_party_takes_no_name_that_could_forge_a_header(app: Flask, words: str) -> None:
    back_office.an_installation()
    try:
        name = back_office.customer(name=words).name
    except Refused:
        return
    assert name.isprintable()


def _is_plain(received: Received) -> None:
    names = [name.lower() for name in received.message.keys()]  # noqa: SIM118 (a message repeats its keys)
    assert set(names) <= HEADERS and len(names) == len(set(names)), names
    assert [each.addr_spec for each in received.message["To"].addresses] == received.recipients
    head = re.split(rb"\r?\n\r?\n", received.raw, maxsplit=1)[0].lower()
    assert not re.search(rb"^(bcc|cc|x-evil):", head, re.MULTILINE)
    html = received.message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<script" not in html and "<img" not in html and "src=" not in html.replace("src=http://evil", "")
    assert ">49<" not in html and "49" not in received.subject
