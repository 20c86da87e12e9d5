"""The bytes of a message against what `email.message` makes of the same, and against forgers."""

import re
import uuid
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Refused
from shared.notifications.channels.building import Attachment, Skeleton, make_skeleton, new_message_id
from shared.notifications.channels.checking import reading, reference
from shared.notifications.channels.mailboxes import Mailbox, bare
from shared.notifications.channels.verp import envelope_sender, parse_envelope

SENDER = Mailbox("noreply@exemple.fr", "Lumière & Fils")
REPLY_TO = Mailbox("facturation@exemple.fr", "Facturation, Lumière")
TO = Mailbox("camille@client.example", "Camille Martin")
WHEN = datetime(2026, 6, 12, 8, 30, 5, tzinfo=timezone(timedelta(hours=2)))
MESSAGE_ID = new_message_id(uuid.UUID(int=7), "exemple.fr")
ALLOWED = {
    "from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "auto-submitted",
    "x-auto-response-suppress", "content-language", "content-type",
}  # fmt: skip
EVIL = [
    "a\r\nBcc: evil@x.example",
    "a\nBcc: evil@x.example",
    "a\rBcc: evil@x.example",
    "a\u2028Bcc: evil@x.example",
    "a\u2029Bcc: evil@x.example",
    "a\x85Bcc: evil@x.example",
    "a\x0bb",
    "a\x00b",
    "a\ud800b",
    "a\u202egpj.exe",
    "=?utf-8?q?=0D=0ABcc:_evil@x.example?=",
    "=?utf-8?q?a=2Cevil=40x.example=2C?=",
    "=?utf-8?b?DQpCY2M6IGV2aWxAeC5leGFtcGxl?=",
    "bonjour =?",
]
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cf"])
NAMES = st.text(CHARACTERS, max_size=120).filter(lambda text: "=?" not in text)


def skeleton() -> Skeleton:
    return make_skeleton(sender=SENDER, reply_to=REPLY_TO)


def built(to: Mailbox = TO, subject: str = "Facture FA-12", text: str = "Bonjour\n", html: str = "<p>é</p>\n") -> bytes:
    return skeleton().build(to=to, subject=subject, date=WHEN, message_id=MESSAGE_ID, text=text, html=html)


def read(raw: bytes) -> EmailMessage:
    return BytesParser(_class=EmailMessage, policy=default).parsebytes(raw)


@pytest.mark.parametrize(
    ("name", "subject", "text", "html"),
    [
        ("Camille Martin", "Facture FA-2026-0612", "Bonjour\n", "<p>Bonjour</p>\n"),
        ("DUPONT, Jean", 'Objet "entre" (parenthèses), <b>', ".\n..\nFrom moi\n", "<p>€ 𝔘 é</p>\n" * 200),
        ("Éloïse « Lô » Ünver", "Échéance du 1er février : 671,15 €, " * 6, "é" * 3000 + "\n", "\n"),
        ("", "court", "", ""),
        ('O\'Brien \\ "Bob" @ Co', "a" * 200, "a\r\nb\n", "x\n"),
        ("社名株式会社" * 8, "mot " * 60, "Ligne\n" * 5, "<p>😀</p>\n"),
    ],
)
def test_a_built_message_reads_as_the_one_of_the_library(name: str, subject: str, text: str, html: str) -> None:
    to = Mailbox("camille@client.example", name)
    slow = reference(
        sender=SENDER, reply_to=REPLY_TO, language="fr", to=to, subject=subject.strip(), date=WHEN.astimezone(UTC),
        message_id=MESSAGE_ID, text=text, html=html,
    )  # fmt: skip
    ours, theirs = reading(built(to, subject, text, html)), reading(slow)
    assert ours[0] == theirs[0]
    assert [(kind, charset, body.rstrip("\n")) for kind, charset, body in ours[1]] == [
        (kind, charset, body.rstrip("\n")) for kind, charset, body in theirs[1]
    ]


@given(name=NAMES, subject=NAMES, text=st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_whatever_the_words_the_reader_gets_them_back(name: str, subject: str, text: str) -> None:
    raw = built(Mailbox("camille@client.example", name), subject, text)
    message = read(raw)
    assert {key.lower() for key in message} == ALLOWED and len(message.keys()) == len(ALLOWED)
    assert message["Subject"] == subject.strip(" \u00a0")
    (address,) = message["To"].addresses
    assert address.addr_spec == "camille@client.example"
    # CPython before 3.13 reads a blank between two encoded words, which no mail reader does.
    assert "".join(address.display_name.split()) == "".join(name.split())
    body = message.get_body(("plain",))
    assert body is not None
    sent = body.get_content().replace("\r\n", "\n")
    assert sent == text.replace("\r\n", "\n").replace("\r", "\n")
    lines = raw.split(b"\r\n")
    assert raw.isascii() and b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    head = lines[: lines.index(b"")]
    assert max(map(len, lines)) <= 998 and max(map(len, head)) <= 78


def test_the_headers_are_those_of_an_automatic_message() -> None:
    message = read(built())
    assert message["Auto-Submitted"] == "auto-generated" and message["X-Auto-Response-Suppress"] == "All"
    assert message["Content-Language"] == "fr" and message["Message-ID"] == MESSAGE_ID
    assert message["Date"].datetime == WHEN and message["Reply-To"] == '"Facturation, Lumière" <facturation@exemple.fr>'
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert all(part["Content-Transfer-Encoding"] == "base64" for part in message.iter_parts())


def test_the_same_row_makes_the_same_bytes_twice() -> None:
    assert built() == built()


@pytest.mark.parametrize("evil", EVIL)
def test_a_forged_header_is_refused_wherever_it_comes_from(evil: str) -> None:
    with pytest.raises(Refused):
        built(subject=evil)
    with pytest.raises(Refused):
        built(to=Mailbox("camille@client.example", evil))
    with pytest.raises(Refused):
        built(to=Mailbox(f"{evil}@client.example"))
    with pytest.raises(Refused):
        make_skeleton(sender=Mailbox("noreply@exemple.fr", evil))
    with pytest.raises(Refused):
        make_skeleton(sender=SENDER, reply_to=Mailbox("a@exemple.fr", evil))
    with pytest.raises(Refused):
        files = [Attachment(evil, "application/pdf", b"x")]
        skeleton().build(
            to=TO, subject="x", date=WHEN, message_id=MESSAGE_ID, text="", html="", attachments=files
        )  # fmt: skip


def test_what_only_looks_dangerous_stays_plain_text() -> None:
    name = "DUPONT, Jean <evil@x.example>"
    message = read(built(Mailbox("jean@client.example", name), "%0d%0aBcc: evil@x.example"))
    (address,) = message["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "jean@client.example")
    assert message["Bcc"] is None and message["Subject"] == "%0d%0aBcc: evil@x.example"


@pytest.mark.parametrize(
    "address",
    ["a b@x.fr", "a@x.fr, evil@y.fr", "a@x.fr>", "<a@x.fr", "a@", "@x.fr", "é@x.fr", "a@é.fr", '"a"@x.fr', "a@-x.fr"],
)
def test_an_envelope_takes_plain_addresses_only(address: str) -> None:
    with pytest.raises(Refused):
        bare(address)


@pytest.mark.row("G-10")
def test_files_go_with_the_message_under_their_own_names() -> None:
    files = [
        Attachment("Facture n° 12 - été.pdf", "application/pdf", b"%PDF-" + bytes(range(256)) * 20),
        Attachment("rendez-vous.ics", "text/calendar; charset=utf-8; method=PUBLISH", "é\r\n".encode()),
        Attachment("..\\evil/x.txt", "text/plain", b""),
    ]
    raw = skeleton().build(
        to=TO, subject="x", date=WHEN, message_id=MESSAGE_ID, text="t", html="<p>h</p>", attachments=files
    )
    message = read(raw)
    assert message.get_content_type() == "multipart/mixed"
    found = list(message.iter_attachments())
    assert [part.get_filename() for part in found] == [files[0].name, files[1].name, "..-evil-x.txt"]
    assert [part.get_payload(decode=True) for part in found] == [each.data for each in files]
    assert found[1].get_param("method") == "PUBLISH"
    body = message.get_body(("html",))
    assert body is not None and body.get_content() == "<p>h</p>"
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_only_a_few_more_headers_may_be_added_and_a_long_address_stays_whole() -> None:
    unsubscribe = f"<https://portail.exemple.fr/d/{'x' * 120}>"
    extra = {
        "List-Unsubscribe": unsubscribe,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "References": "<a@b> <c@d>",
    }
    raw = skeleton().build(
        to=TO, subject="x", date=WHEN, message_id=MESSAGE_ID, text="", html="", extra=extra
    )  # fmt: skip
    assert f"List-Unsubscribe: {unsubscribe}\r\n".encode() in raw
    assert read(raw)["References"] == "<a@b> <c@d>"
    for name, value in (
        ("Bcc", "x@y.fr"),
        ("References", "a\r\nBcc: x@y.fr"),
        ("References", "é"),
        ("References", "=?x"),
    ):
        with pytest.raises(ValueError, match="extra header"):
            skeleton().build(
                to=TO, subject="x", date=WHEN, message_id=MESSAGE_ID, text="", html="", extra={name: value}
            )  # fmt: skip
    with pytest.raises(ValueError, match="message id"):
        skeleton().build(to=TO, subject="x", date=WHEN, message_id="<a@b>\r\nBcc: x", text="", html="")


def test_the_comparison_with_the_library_sees_every_difference() -> None:
    raw = built()
    for ours, other in (
        (b"noreply@", b"nobody@"),
        (b"Auto-Submitted: auto-generated", b"Auto-Submitted: no"),
        (b"text/html", b"text/xml"),
        (b"charset=utf-8", b"charset=ascii"),
        (b"Qm9uam91", b"Qm9uam92"),
        (b"Date: Fri", b"X-Date: Fri"),
    ):
        assert ours in raw and reading(raw.replace(ours, other, 1)) != reading(raw)


def test_a_language_is_a_language() -> None:
    with pytest.raises(ValueError, match="language"):
        make_skeleton(sender=SENDER, language="fr\r\nBcc: x@y.fr")


@pytest.mark.row("P-05")
def test_each_message_has_a_return_address_that_only_we_can_write() -> None:
    key, notification_id = b"k" * 32, uuid.uuid4()
    address = envelope_sender(notification_id, "b.exemple.fr", key)
    assert len(address.partition("@")[0]) <= 64 and bare(address) == address
    assert parse_envelope(address, key) == notification_id
    assert parse_envelope(f"<{address.upper()}>", key) == notification_id
    assert parse_envelope(address, b"x" * 32) is None
    forged = address.replace(notification_id.hex, uuid.uuid4().hex)
    for wrong in (forged, re.sub(r"\.[0-9a-f]{16}", ".0000000000000000", address), "bounce+x@y", "", address + "\n\nx"):
        assert parse_envelope(wrong, key) is None
