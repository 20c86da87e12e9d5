"""The demo's mail server: what it keeps, what it shows, and its three domains that behave like the world."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import html5lib
import pytest
from werkzeug.serving import make_server
from werkzeug.test import Client, TestResponse

from shared.config import Sms
from shared.engines.catcher.inbox import Inbox
from shared.engines.catcher.post import Post, running_post
from shared.engines.catcher.store import Store
from shared.notifications.channels.building import Attachment, make_skeleton, new_message_id
from shared.notifications.channels.mailboxes import Mailbox
from shared.notifications.channels.outcome import Outcome
from shared.notifications.channels.sms import SmsProvider
from shared.notifications.channels.sms_numbers import Number
from shared.notifications.channels.smtp import MailConnection, MailSettings
from shared.notifications.channels.verp import envelope_sender
from shared.notifications.report_folder import waiting_reports
from shared.notifications.reports import parse_report
from tests.sink import free_port

KEY = b"k" * 32
LINK = "http://localhost:8000/l/abc.def"


class Caught:
    """A running catcher and its page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.store = Store(folder / "messages")
        self.controller = running_post(Post(self.store, folder / "reports", bounce_delay=0.01), self.port)
        self.browser = Client(Inbox(self.store))

    def send(
        self, to: str, subject: str = "Facture d’été", html: str = "", notification_id: uuid.UUID | None = None
    ) -> Outcome:
        identity = notification_id or uuid.uuid4()
        raw = make_skeleton(sender=Mailbox("noreply@exemple.fr", "Lumière")).build(
            to=Mailbox(to),
            subject=subject,
            date=datetime.now(UTC),
            message_id=new_message_id(identity, "exemple.fr"),
            text=f"Bonjour,\n\nOuvrir :\n{LINK}\n",
            html=html or f'<html><head><title>x</title></head><body><a href="{LINK}">Ouvrir</a></body></html>',
            attachments=[Attachment("été.pdf", "application/pdf", b"%PDF")],
        )
        with MailConnection(MailSettings("127.0.0.1", self.port)) as connection:
            return connection.deliver(raw, envelope_sender(identity, "b.exemple.fr", KEY), to)

    def get(self, path: str, **more: str) -> TestResponse:
        return self.browser.get(path, base_url="http://localhost:8026", headers=more)

    def api(self, **query: str) -> list[dict[str, object]]:
        return json.loads(self.browser.get("/api/messages", query_string=query, base_url="http://localhost:8026").data)  # type: ignore[no-any-return]


@pytest.fixture
def caught(tmp_path: Path) -> Iterator[Caught]:
    caught = Caught(tmp_path)
    yield caught
    caught.controller.stop()


def test_a_message_is_kept_with_its_envelope_and_found_by_address(caught: Caught) -> None:
    assert caught.send("camille@client.example").kind == "accepted"
    assert caught.send("autre@client.example", "Deuxième").kind == "accepted"
    newest, oldest = caught.api()
    assert (newest["subject"], oldest["subject"]) == ("Deuxième", "Facture d’été")
    (found,) = caught.api(to="CAMILLE@")
    assert found["recipients"] == ["camille@client.example"] and found["links"] == [LINK]
    assert str(found["envelope_from"]).startswith("bounce+") and found["files"] == ["été.pdf"]
    assert caught.api(after=str(newest["id"])) == []
    again = Store(caught.folder / "messages")
    assert [kept.subject for kept in again.newest()] == ["Deuxième", "Facture d’été"]


def test_the_pages_are_valid_and_show_the_message(caught: Caught) -> None:
    empty = caught.get("/").text
    assert "Aucun message pour l’instant" in empty
    caught.send("camille@client.example", "<b>Objet</b> & co")
    pages = [caught.get("/"), caught.get("/?to=%3Cscript%3E"), caught.get(f"/messages/{caught.api()[0]['id']}")]
    for page in pages:
        html5lib.HTMLParser(strict=True).parse(page.text)
        assert page.text.count("<h1>") == 1 and 'lang="fr"' in page.text and 'name="viewport"' in page.text
        assert "light dark" in page.text and "<script>" not in page.text.replace("<script nonce", "")
    assert "&lt;b&gt;Objet&lt;/b&gt; &amp; co" in pages[0].text and "camille@client.example" in pages[0].text
    assert "Aucun message pour « &lt;script&gt; »" in pages[1].text
    assert f'<a href="{LINK}" target="_blank" rel="noopener">' in pages[2].text and "été.pdf" in pages[2].text


def test_a_message_cannot_run_anything_but_its_links_open_a_page_of_their_own(caught: Caught) -> None:
    caught.send("camille@client.example", html=f'<script>alert(1)</script><a href="{LINK}">x</a>')
    name = caught.api()[0]["id"]
    page, message = caught.get(f"/messages/{name}"), caught.get(f"/messages/{name}/html")
    policy = message.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
    assert "script" not in policy and '<base target="_blank">' in message.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    nonce = re.search(r"script-src 'nonce-([^']+)'", page.headers["Content-Security-Policy"])
    assert nonce and "unsafe" not in page.headers["Content-Security-Policy"] and f'nonce="{nonce[1]}"' in page.text
    for answer in (page, message, caught.get(f"/messages/{name}/source"), caught.get(f"/messages/{name}/files/0")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Cache-Control"] == "no-store"
    assert caught.get(f"/messages/{name}/files/0").data == b"%PDF"


def test_only_this_machine_s_names_open_the_page(caught: Caught) -> None:
    assert caught.get("/", Host="evil.example").status_code == 403
    assert caught.get("/", Host="localhost.evil.example:8026").status_code == 403
    assert caught.get("/", Host="127.0.0.1:8026").status_code == 200
    for path in ("/messages/nothing", "/messages/../../etc/passwd", "/autre", "/messages/nothing/html"):
        assert caught.get(path).status_code == 404
    assert caught.controller.hostname == "127.0.0.1"


def test_three_domains_behave_like_the_world(caught: Caught) -> None:
    identity = uuid.uuid4()
    assert caught.send("x@rebond.example", notification_id=identity).kind == "accepted"
    refused = caught.send("x@refus.example")
    assert (refused.kind, refused.enhanced, refused.bad_address) == ("failed", "5.1.1", True)
    kinds = [caught.send("x@lent.example", notification_id=identity).kind for _ in range(3)]
    assert kinds == ["retry", "retry", "accepted"]
    until = time.monotonic() + 60
    while not waiting_reports(caught.folder / "reports") and time.monotonic() < until:
        time.sleep(0.02)
    (path,) = waiting_reports(caught.folder / "reports")
    report = parse_report(path.read_bytes(), KEY)
    assert (report.kind, report.status, report.recipient) == ("bounce", "5.1.1", "x@rebond.example")
    assert report.notification_id == identity and report.is_proven and report.severity == "hard"


def test_what_comes_to_a_return_address_is_a_report(caught: Caught) -> None:
    identity = uuid.uuid4()
    to = envelope_sender(identity, "b.exemple.fr", KEY)
    with MailConnection(MailSettings("127.0.0.1", caught.port)) as connection:
        connection.deliver(b"Subject: absente\r\nAuto-Submitted: auto-replied\r\n\r\nx\r\n", "c@client.example", to)
    (path,) = waiting_reports(caught.folder / "reports")
    report = parse_report(path.read_bytes(), KEY)
    assert (report.kind, report.notification_id) == ("autoreply", identity) and caught.api() == []


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"Subject: =?x?y?z?=\r\nContent-Type: multipart/mixed\r\n\r\n"])
def test_an_unreadable_message_is_shown_all_the_same(caught: Caught, raw: bytes) -> None:
    with MailConnection(MailSettings("127.0.0.1", caught.port)) as connection:
        assert connection.deliver(raw, "a@exemple.fr", "b@exemple.fr").kind == "accepted"
    (kept,) = caught.api()
    assert caught.get("/").status_code == 200 and caught.get(f"/messages/{kept['id']}").status_code == 200


def test_the_command_serves_both_ports_and_ends_when_told(tmp_path: Path) -> None:
    smtp, http = free_port(), free_port()
    command = [sys.executable, "-m", "shared.engines.catcher", f"--smtp-port={smtp}", f"--http-port={http}"]
    process = subprocess.Popen([*command, f"--dir={tmp_path}"])
    try:
        until = time.monotonic() + 90
        while time.monotonic() < until:
            with MailConnection(MailSettings("127.0.0.1", smtp)) as connection:
                if connection.probe().kind == "accepted":
                    break
            time.sleep(0.05)
        with MailConnection(MailSettings("127.0.0.1", smtp)) as connection:
            assert connection.deliver(b"Subject: x\r\n\r\ny\r\n", "a@exemple.fr", "b@exemple.fr").kind == "accepted"
        assert len(list((tmp_path / "messages").glob("*.eml"))) == 1
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_a_text_message_is_kept_as_the_provider_would_take_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "messages")
    server = make_server("127.0.0.1", 0, Inbox(store), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        provider = SmsProvider(Sms("brevo", f"http://127.0.0.1:{server.port}", "", "essai", "LUMIERE", 5.0))
        kept = [provider.deliver(Number(to), "418 205 : <b>code</b>", "n") for to in ("+33612345678", "+33612345699")]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert [each.kind for each in kept] == ["accepted", "failed"] and "1 SMS" in kept[0].text
    browser = Client(Inbox(store))  # found again after a restart
    page = browser.get("/?to=06 12 34 56 78").text
    assert "+33612345678" in page and "418 205 : &lt;b&gt;code" in page and "Aucun e-mail" in page
    (told,) = json.loads(browser.get("/api/texts?to=0612345678").text)
    assert (told["to"], told["sender"], told["text"]) == ("+33612345678", "LUMIERE", "418 205 : <b>code</b>")
    assert not json.loads(browser.get(f"/api/texts?after={told['id']}").text)
    assert browser.post("/v3/transactionalSMS/sms", json={}).status_code == 401, "a page of another site has no key"
