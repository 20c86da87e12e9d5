"""Delivery reports as servers really write them, and as forgers would."""

import random
import time
import uuid
from textwrap import dedent

import pytest

from shared.extensions import db
from shared.notifications.channels.building import new_message_id
from shared.notifications.channels.verp import envelope_sender
from shared.notifications.collecting import collect_reports, reports_folder
from shared.notifications.models import Status
from shared.notifications.report_folder import drop_report, waiting_reports
from shared.notifications.reports import parse_report
from shared.notifications.sending import drain
from shared.transactions import transaction
from tests.engines import Machine
from tests.factories import post
from tests.sink import Sink

KEY = b"k" * 32
ID = uuid.UUID("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")
RETURN = envelope_sender(ID, "b.exemple.fr", KEY)
OURS = new_message_id(ID, "exemple.fr")


def written(text: str) -> bytes:
    return dedent(text).strip().format(to=RETURN, id=OURS).replace("\n", "\r\n").encode()


POSTFIX = written("""
    Return-Path: <>
    Delivered-To: {to}
    Date: Mon, 8 Jun 2026 10:00:00 +0200 (CEST)
    From: MAILER-DAEMON@mx.client.example (Mail Delivery System)
    Subject: Undelivered Mail Returned to Sender
    To: {to}
    Auto-Submitted: auto-replied
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status;
        boundary="4XYZ.1780905600/mx.client.example"
    Message-Id: <20260608080000.4XYZ@mx.client.example>

    This is a MIME-encapsulated message.

    --4XYZ.1780905600/mx.client.example
    Content-Description: Notification
    Content-Type: text/plain; charset=utf-8

    I'm sorry to have to inform you that your message could not
    be delivered to one or more recipients.

    <camille@client.example>: host mx2.client.example[192.0.2.7] said: 550 5.1.1 User unknown

    --4XYZ.1780905600/mx.client.example
    Content-Description: Delivery report
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.client.example
    X-Postfix-Queue-ID: 4XYZ
    Arrival-Date: Mon,  8 Jun 2026 09:59:58 +0200 (CEST)

    Final-Recipient: rfc822; camille@client.example
    Original-Recipient: rfc822;camille@client.example
    Action: failed
    Status: 5.1.1
    Remote-MTA: dns; mx2.client.example
    Diagnostic-Code: smtp; 550 5.1.1 <camille@client.example>:
        Recipient address rejected: User unknown

    --4XYZ.1780905600/mx.client.example
    Content-Description: Undelivered Message Headers
    Content-Type: text/rfc822-headers

    From: noreply@exemple.fr
    To: camille@client.example
    Message-ID: {id}
    Subject: Facture

    --4XYZ.1780905600/mx.client.example--
    """)

EXCHANGE = written("""
    From: <postmaster@client.onmicrosoft.example>
    To: {to}
    Subject: =?utf-8?Q?Non_remis_:_Facture?=
    Content-Type: multipart/report; report-type=delivery-status; boundary="abc"
    X-MS-Exchange-Message-Is-Ndr:
    Auto-Submitted: auto-replied
    MIME-Version: 1.0

    --abc
    Content-Type: multipart/alternative; differences=Content-Type; boundary="def"

    --def
    Content-Type: text/plain; charset="utf-8"
    Content-Transfer-Encoding: quoted-printable

    Votre message n'a pas pu =C3=AAtre remis.
    --def
    Content-Type: text/html; charset="utf-8"

    <p>Votre message</p>
    --def--

    --abc
    Content-Type: message/delivery-status

    Reporting-MTA: dns;PR1P264.FRAP264.PROD.OUTLOOK.EXAMPLE
    Received-From-MTA: dns;mail.exemple.fr

    Final-Recipient: rfc822;camille@client.example
    Action: failed
    Status: 5.1.10
    Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

    --abc
    Content-Type: message/rfc822

    Message-ID: {id}
    Subject: Facture

    corps

    --abc--
    """)

GMAIL = written("""
    Delivered-To: {to}
    From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
    To: {to}
    Auto-Submitted: auto-replied
    Subject: Delivery Status Notification (Delay)
    References: {id}
    In-Reply-To: {id}
    X-Failed-Recipients: camille@gmail.example
    Content-Type: multipart/report; boundary="00000000000000e1"; report-type=delivery-status

    --00000000000000e1
    Content-Type: multipart/related; boundary="00000000000000e2"

    --00000000000000e2
    Content-Type: text/plain; charset="UTF-8"

    ** Delivery incomplete **
    --00000000000000e2--

    --00000000000000e1
    Content-Type: message/delivery-status

    Reporting-MTA: dns; googlemail.example
    Arrival-Date: Mon, 08 Jun 2026 01:00:00 -0700 (PDT)
    X-Original-Message-ID: {id}

    Final-Recipient: rfc822; camille@gmail.example
    Action: delayed
    Status: 4.2.2
    Diagnostic-Code: smtp; 452-4.2.2 The recipient's inbox is out of storage space.
    Will-Retry-Until: Mon, 15 Jun 2026 01:00:00 -0700 (PDT)

    --00000000000000e1--
    """)

BROKEN = written("""
    Return-Path: <>
    From: Mail Delivery System <Mailer-Daemon@vieux.example>
    To: {to}
    X-Failed-Recipients: camille@vieux.example
    Auto-Submitted: auto-replied
    Subject: Mail delivery failed: returning message to sender

    This message was created automatically by mail delivery software.

      camille@vieux.example
        host mx.vieux.example: 550 5.2.1 mailbox disabled

    ------ This is a copy of the message, including all the headers. ------

    From: noreply@exemple.fr
    Message-ID: {id}
    """)

COMPLAINT = written("""
    From: <abuse@fournisseur.example>
    To: {to}
    Subject: FW: Facture
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

    --part1
    Content-Type: text/plain

    This is an email abuse report.
    --part1
    Content-Type: message/feedback-report

    Feedback-Type: abuse
    User-Agent: SomeGenerator/1.0
    Version: 1
    Original-Rcpt-To: <camille@client.example>

    --part1
    Content-Type: message/rfc822

    Message-ID: {id}

    corps
    --part1--
    """)

ABSENCE = written("""
    From: Camille Martin <camille@client.example>
    To: {to}
    Subject: Absente jusqu'au 30 juin
    In-Reply-To: {id}
    Auto-Submitted: auto-replied (vacation)

    Je suis absente. 5.1.1 est le nom de mon bureau.
    """)

DELIVERED = POSTFIX.replace(b"Action: failed", b"Action: relayed").replace(b"Status: 5.1.1", b"Status: 2.0.0")


@pytest.mark.row("P-05")
@pytest.mark.parametrize(
    ("raw", "kind", "status", "recipient", "severity", "words"),
    [
        (POSTFIX, "bounce", "5.1.1", "camille@client.example", "hard", "User unknown"),
        (EXCHANGE, "bounce", "5.1.10", "camille@client.example", "hard", "RecipientNotFound"),
        (GMAIL, "delayed", "4.2.2", "camille@gmail.example", None, "storage space"),
        (BROKEN, "bounce", "5.2.1", "camille@vieux.example", "hard", "mailbox disabled"),
        (COMPLAINT, "complaint", "", "camille@client.example", None, ""),
        (ABSENCE, "autoreply", "", "", None, "Absente"),
        (DELIVERED, "delivered", "2.0.0", "camille@client.example", None, "User unknown"),
    ],
    ids=["postfix", "exchange", "gmail", "broken", "complaint", "absence", "delivered"],
)
def test_a_report_is_read_and_tied_to_its_message(
    raw: bytes, kind: str, status: str, recipient: str, severity: str | None, words: str
) -> None:
    report = parse_report(raw, KEY)
    assert (report.kind, report.status, report.recipient, report.severity) == (kind, status, recipient, severity)
    assert words in report.diagnostic
    assert report.notification_id == ID and report.is_proven


@pytest.mark.parametrize("raw", [POSTFIX, EXCHANGE, GMAIL, BROKEN, COMPLAINT, ABSENCE])
def test_without_a_return_address_the_original_message_id_tells_but_proves_nothing(raw: bytes) -> None:
    report = parse_report(raw.replace(RETURN.encode(), b"noreply@exemple.fr"), KEY)
    assert report.notification_id == ID and report.message_id == OURS and not report.is_proven


def test_the_address_it_was_delivered_to_may_be_given_apart() -> None:
    raw = POSTFIX.replace(RETURN.encode(), b"x@exemple.fr").replace(OURS.encode(), b"<autre@ailleurs.example>")
    assert parse_report(raw, KEY).notification_id is None
    assert parse_report(raw, KEY).message_id == "<autre@ailleurs.example>"
    report = parse_report(raw, KEY, envelope_to=RETURN)
    assert report.notification_id == ID and report.is_proven


def test_a_forged_mark_proves_nothing() -> None:
    forged = envelope_sender(ID, "b.exemple.fr", b"x" * 32)
    report = parse_report(POSTFIX.replace(RETURN.encode(), forged.encode()), KEY)
    assert not report.is_proven


@pytest.mark.parametrize(
    ("status", "severity"),
    [
        ("5.1.1", "hard"),
        ("5.1.10", "hard"),
        ("5.2.2", "soft"),
        ("5.7.26", "policy"),
        ("5.4.4", "hard"),
        ("5.3.0", "soft"),
    ],
)
def test_a_full_box_or_our_own_reputation_is_not_a_bad_address(status: str, severity: str) -> None:
    assert parse_report(POSTFIX.replace(b"5.1.1", status.encode()), KEY).severity == severity


def test_a_person_s_answer_is_no_report() -> None:
    raw = written("From: Camille <c@client.example>\nTo: {to}\nSubject: Re: Facture\nIn-Reply-To: {id}\n\nMerci !")
    report = parse_report(raw, KEY)
    assert (report.kind, report.notification_id) == ("other", ID)


def _nested(depth: int) -> bytes:
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{i}"\r\n\r\n--b{i}\r\n' for i in range(depth))
    return f"To: {RETURN}\r\n{head}\r\nx".encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 1000,
        b"Content-Type: multipart/report; boundary=",
        b"Content-Type: message/delivery-status\r\n\r\n" + b"A: b\r\n\r\n" * 50_000,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 100_000,
        b"Content-Type: " + b"a" * 600_000,
        b"Subject: " + b"=?utf-8?q?x?= " * 40_000,
        _nested(30),
        _nested(5000),
        b"Content-Type: message/rfc822\r\n\r\n" * 10_000,
        b"To: " + b"bounce+" * 60_000,
        b"In-Reply-To: " + b"<" * 500_000,
        b"Message-ID:" + b" \t" * 200_000,
        "Content-Type: multipart/report; boundary=é; report-type=é\r\nFrom: é\r\n\r\n--é\r\n".encode("latin-1"),
        b"Content-Type: text/plain; charset=inconnu\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%",
    ],
    ids=range(15),
)
def test_a_hostile_message_is_read_within_bounds(raw: bytes) -> None:
    started = time.process_time()
    report = parse_report(raw, KEY)
    assert report.kind in ("other", "bounce", "delayed") and not report.recipient
    assert time.process_time() - started < 15


def test_noise_never_raises() -> None:
    noise = random.Random(7)
    for sample in (POSTFIX, EXCHANGE, GMAIL, BROKEN, COMPLAINT):
        for _ in range(60):
            spoilt = bytearray(sample)
            for _ in range(12):
                spoilt[noise.randrange(len(spoilt))] = noise.randrange(256)
            parse_report(bytes(spoilt), KEY)
            parse_report(sample[: noise.randrange(len(sample))], KEY)


def test_a_dropped_report_is_whole_or_not_there(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert waiting_reports(tmp_path) == []
    first, second = drop_report(tmp_path, POSTFIX), drop_report(tmp_path, GMAIL)
    assert waiting_reports(tmp_path) == [first, second] and first.read_bytes() == POSTFIX
    first.unlink()
    assert waiting_reports(tmp_path) == [second]
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.fixture
def empty_folder(office: Machine) -> None:
    """The folder is the whole run's: what another test left there is not about this one."""
    for path in waiting_reports(reports_folder()):
        path.unlink()


@pytest.mark.row("P-05")
@pytest.mark.usefixtures("empty_folder")
def test_what_waits_in_the_folder_is_filed_and_gone(office: Machine, sink: Sink) -> None:
    document = post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    drain("email")
    (line,) = post.lines(document)
    back_to = sink.received[0].sender
    path = drop_report(reports_folder(), POSTFIX.replace(RETURN.encode(), back_to.encode()))
    line.status = Status.SENDING
    db.session.commit()
    with transaction():
        assert collect_reports() == 0, "it overtook our own commit: it waits"
    line.status = Status.SENT
    db.session.commit()
    with transaction():
        assert collect_reports() == 1 and path.exists(), "it goes when what it said is durable"
    assert not path.exists() and waiting_reports(reports_folder()) == []
    (line,) = post.lines(document)
    assert line.status is Status.BOUNCED and "User unknown" in line.reply


@pytest.mark.usefixtures("empty_folder")
def test_a_mail_server_may_pipe_what_came_back(office: Machine) -> None:
    assert office.app.test_cli_runner().invoke(args=["report"], input=GMAIL).exit_code == 0
    (path,) = waiting_reports(reports_folder())
    assert path.read_bytes() == GMAIL
