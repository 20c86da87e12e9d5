"""What comes back, by the mailbox, by the webhook or at the door: filed, flagged, and something to do."""

import json
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shared import jobs
from shared.config import Imap as Wanted
from shared.config import config, configure
from shared.engines.checking import engine_states
from shared.errors import Refused
from shared.extensions import db
from shared.notifications import webhook
from shared.notifications.delivery_models import DeliveryReport
from shared.notifications.mailbox import OTHERS, READ, Mailbox, MailboxError
from shared.notifications.mailbox_testing import try_mailbox
from shared.notifications.models import Notification, Status
from shared.notifications.sending import drain
from shared.people.addressing import Doubtful, retry_cell
from shared.people.models import EmailCell
from shared.todos.closing import correct, dismiss, send_again
from shared.todos.models import Todo, TodoNotification
from tests.certificates import self_signed
from tests.engines import Machine
from tests.factories import post
from tests.imap import ACCENTED, LOGIN, PASSWORD, Imap, Kept, running_imap
from tests.shared.notifications.test_reports import GMAIL, POSTFIX, RETURN
from tests.sink import Sink

ADDRESS = "compta@boutique.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("imap"))


@pytest.fixture
def imap(office: Machine, certificate: Path) -> Iterator[Imap]:
    """A mailbox over TLS that the installation is told of."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running_imap(context) as server:
        wanted = Wanted("localhost", server.port, LOGIN, PASSWORD, "tls", ca_file=str(certificate))
        configure(replace(office.config, imap=wanted))
        yield server
        configure(office.config)


def sent(sink: Sink, *numbers: str) -> list[Notification]:
    """Messages that a server accepted, oldest first."""
    party = post.a_customer(billing=ADDRESS)
    for number in numbers or ("FA-1",):
        post.announced(party, post.invoices(), number)
    db.session.commit()
    drain("email")
    return list(post.lines())


def report_for(sink: Sink, number: int = 0) -> bytes:
    return POSTFIX.replace(RETURN.encode(), sink.received[number].sender.encode())


def todos() -> list[Todo]:
    return list(db.session.scalars(select(Todo).order_by(Todo.opened_at).execution_options(populate_existing=True)))


@pytest.mark.row("P-46")
def test_the_mailbox_turns_sent_into_rejected_and_opens_a_todo(office: Machine, sink: Sink, imap: Imap) -> None:
    (line,) = sent(sink)
    uid = imap.deliver(report_for(sink))
    jobs.collect_bounces()
    (line,) = post.lines()
    assert line.status is Status.BOUNCED and "User unknown" in line.reply
    cell = db.session.scalars(select(EmailCell).where(EmailCell.address == ADDRESS)).one()
    assert cell.bounced_at is not None
    (todo,) = todos()
    assert (todo.party_id, todo.address, todo.slot) == (line.party_id, ADDRESS, line.address_slot)
    assert "User unknown" in todo.reason
    assert imap.folders["INBOX"] == {} and uid in imap.folders[READ], "read, and put away"
    jobs.collect_bounces()
    assert db.session.scalar(select(func.count()).select_from(DeliveryReport)) == 1 and len(todos()) == 1


@pytest.mark.row("P-46")
def test_a_refusal_at_the_door_opens_a_todo_with_the_reason(office: Machine, sink: Sink) -> None:
    sink.rcpt_answers[ADDRESS] = "550 5.1.1 Boîte inconnue"
    (line,) = sent(sink)
    (line,) = post.lines()
    (todo,) = todos()
    assert line.status is Status.BOUNCED and "5.1.1" in line.reply
    assert todo.party_id == line.party_id and "5.1.1" in todo.reason


def test_three_messages_refused_by_one_address_are_one_thing_to_do(office: Machine, sink: Sink) -> None:
    sink.rcpt_answers[ADDRESS] = "550 5.1.1 inconnu"
    sent(sink, "FA-1", "FA-2", "FA-3")
    (todo,) = todos()
    assert db.session.scalar(select(func.count()).select_from(TodoNotification)) == 3
    sink.rcpt_answers.clear()
    count = correct(todo=todo, address="compta@boutique.exemple.fr", seen=ADDRESS, by="command")
    db.session.commit()
    assert count == 3 and drain("email") == 3
    again = [line for line in post.lines() if line.resend_of_id]
    assert {line.resend_of_id for line in again} == {line.id for line in post.lines() if not line.resend_of_id}
    assert {line.address for line in again} == {"compta@boutique.exemple.fr"}
    cell = db.session.scalars(select(EmailCell)).one()
    assert cell.address == "compta@boutique.exemple.fr" and cell.bounced_at is None
    (todo,) = todos()
    assert todo.outcome == "corrected" and todo.closed_by == "command"
    with pytest.raises(Refused, match="déjà traité"):
        send_again(todo=todo, by="command")


def test_a_correction_that_cannot_be_right_changes_nothing(office: Machine, sink: Sink) -> None:
    sink.rcpt_answers[ADDRESS] = "550 5.1.1 inconnu"
    sent(sink)
    (todo,) = todos()
    for wrong in ("pas une adresse", "", ADDRESS):
        with pytest.raises(Refused) as refused:
            correct(todo=todo, address=wrong, seen=ADDRESS, by="command")
        assert refused.value.field == "address"
        db.session.rollback()
    with pytest.raises(Refused, match="Quelqu’un a changé"):
        correct(todo=todo, address="a@b.example", seen="autre@b.example", by="command")
    db.session.rollback()
    with pytest.raises(Doubtful):
        correct(todo=todo, address="camille@gmial.com", seen=ADDRESS, by="command")
    db.session.rollback()
    assert len(post.lines()) == 1 and todos()[0].closed_at is None


def test_it_may_be_sent_again_as_it_is_or_set_aside(office: Machine, sink: Sink) -> None:
    sink.rcpt_answers[ADDRESS] = "550 5.1.1 inconnu"
    sent(sink)
    (todo,) = todos()
    dismiss(todo=todo, by="command")
    db.session.commit()
    assert todos()[0].outcome == "dismissed" and len(post.lines()) == 1
    sent(sink, "FA-9")
    _first, second = todos()
    sink.rcpt_answers.clear()
    assert send_again(todo=second, by="command") == 1
    db.session.commit()
    assert drain("email") == 1 and second.outcome == "resent"


def test_trying_the_cell_again_on_the_card_does_what_waits(office: Machine, sink: Sink) -> None:
    sink.rcpt_answers[ADDRESS] = "550 5.1.1 inconnu"
    sent(sink, "FA-1", "FA-2")
    (todo,) = todos()
    sink.rcpt_answers.clear()
    assert todo.party is not None and todo.slot is not None
    retry_cell(party=todo.party, slot=todo.slot, by="command")
    db.session.commit()
    assert drain("email") == 2 and todos()[0].outcome == "resent"


def test_what_is_no_report_of_ours_is_kept_apart_for_a_person(office: Machine, imap: Imap) -> None:
    imap.deliver(b"From: camille@client.example\r\nSubject: Bonjour\r\n\r\nUne question.\r\n")
    imap.deliver(b"\x00\xff not a message at all")
    jobs.collect_bounces()
    assert imap.folders["INBOX"] == {} and len(imap.folders[OTHERS]) == 2
    assert db.session.scalar(select(func.count()).select_from(DeliveryReport)) == 0


def test_a_forged_report_changes_nothing(office: Machine, sink: Sink, imap: Imap) -> None:
    (line,) = sent(sink)
    imap.deliver(POSTFIX.replace(RETURN.encode(), f"bounce+{line.id.hex}.{'0' * 16}@localhost".encode()))
    jobs.collect_bounces()
    assert post.lines()[0].status is Status.SENT and todos() == []


@pytest.mark.parametrize("capabilities", [("IMAP4rev1", "UIDPLUS"), ("IMAP4rev1",)])
def test_a_server_that_cannot_move_copies(
    office: Machine, sink: Sink, imap: Imap, capabilities: tuple[str, ...]
) -> None:
    imap.capabilities = capabilities
    sent(sink)
    imap.deliver(report_for(sink))
    jobs.collect_bounces()
    assert len(imap.folders[READ]) == 1
    assert not [kept for kept in imap.folders["INBOX"].values() if "Deleted" not in kept.flags]
    asked = len(imap.asked)
    jobs.collect_bounces()
    assert not [each for each in imap.asked[asked:] if "FETCH" in each], "nothing is read a second time"


def test_a_mailbox_without_other_folders_is_marked_as_seen(office: Machine, sink: Sink, imap: Imap) -> None:
    imap.creates = False
    sent(sink)
    uid = imap.deliver(report_for(sink))
    jobs.collect_bounces()
    assert imap.flags(uid) == {"Seen"} and post.lines()[0].status is Status.BOUNCED
    jobs.collect_bounces()
    assert len([each for each in imap.asked if "FETCH" in each]) == 1


@pytest.mark.parametrize("command", ["SEARCH", "FETCH", "STORE", "MOVE"])
def test_a_line_that_breaks_loses_no_message_and_shows(office: Machine, sink: Sink, imap: Imap, command: str) -> None:
    sent(sink)
    imap.deliver(report_for(sink))
    imap.cut_after = command
    jobs.collect_bounces()
    assert len(imap.folders["INBOX"]) == 1, "it stays until what it says is durable"
    state = next(state for state in engine_states() if state.name == "bounces")
    assert not state.up and "rien n’est perdu" in state.reason
    imap.cut_after = ""
    jobs.collect_bounces()
    assert post.lines()[0].status is Status.BOUNCED and len(todos()) == 1
    assert imap.folders["INBOX"] == {}
    assert next(state for state in engine_states() if state.name == "bounces").up


def test_a_report_that_overtook_its_message_waits(office: Machine, sink: Sink, imap: Imap) -> None:
    (line,) = sent(sink)
    imap.deliver(report_for(sink))
    line.status = Status.SENDING
    db.session.commit()
    jobs.collect_bounces()
    assert len(imap.folders["INBOX"]) == 1
    post.lines()[0].status = Status.SENT
    db.session.commit()
    jobs.collect_bounces()
    assert post.lines()[0].status is Status.BOUNCED


def test_a_certificate_or_a_password_that_is_wrong_is_said_stage_by_stage(office: Machine, imap: Imap) -> None:
    assert [stage["ok"] for stage in try_mailbox()] == [True] * 4
    assert imap.folders.keys() >= {"INBOX", READ} and not [each for each in imap.asked if "FETCH" in each]
    standing = config().imap
    assert standing is not None
    configure(replace(config(), imap=replace(standing, password=ACCENTED)))
    assert [stage["ok"] for stage in try_mailbox()] == [True] * 4
    for change, stages, words in (
        ({"ca_file": None}, [True, False], "certificat"),
        ({"password": "faux"}, [True, True, False], "refusé"),
        ({"folder": "Absent"}, [True, True, True, False], "n’existe pas"),
        ({"port": 1}, [True, False], "ne répond"),
    ):
        configure(replace(config(), imap=replace(standing, **change)))  # type: ignore[arg-type]
        walked = try_mailbox()
        assert [stage["ok"] for stage in walked] == stages and words in walked[-1]["said"], walked
        assert PASSWORD not in json.dumps(walked)


def test_a_huge_message_is_cut_and_still_read(office: Machine, sink: Sink, imap: Imap) -> None:
    sent(sink)
    uid = imap.deliver(report_for(sink) + b"x" * 3_000_000)
    assert imap.folders["INBOX"] == {uid: Kept(imap.folders["INBOX"][uid].raw)}
    jobs.collect_bounces()
    assert post.lines()[0].status is Status.BOUNCED


def test_a_name_that_is_nobody_s_mailbox_says_so(office: Machine) -> None:
    with pytest.raises(MailboxError, match="Aucun serveur IMAP"), Mailbox(Wanted("localhost", 1, "a", "b", "none")):
        pass


@pytest.fixture
def provider(office: Machine) -> FlaskClient:
    return office.app.test_client()


def path() -> str:
    return webhook.url().removeprefix(config().public_url)


@pytest.mark.row("P-46")
@pytest.mark.parametrize("by", ["report", "message_id", "return_path"])
def test_a_provider_says_by_webhook_what_came_back(office: Machine, sink: Sink, provider: FlaskClient, by: str) -> None:
    (line,) = sent(sink)
    event = {"event": "hard", "status": "5.1.1", "reason": "550 5.1.1 User unknown"}
    told = {"message_id": line.message_id, "return_path": sink.received[0].sender}
    answers = [
        provider.post(path(), data=report_for(sink), content_type="message/rfc822")
        if by == "report"
        else provider.post(path(), json=[{**event, by: told[by]}])
        for _ in range(2)
    ]
    assert [answer.get_json() for answer in answers] == [{"filed": 1, "unknown": 0}] * 2
    (line,) = post.lines()
    assert line.status is Status.BOUNCED and "User unknown" in line.reply and len(todos()) == 1
    assert "Set-Cookie" not in answers[0].headers


def test_a_soft_or_delivered_event_opens_nothing(office: Machine, sink: Sink, provider: FlaskClient) -> None:
    (line,) = sent(sink)
    provider.post(path(), json={"event": "soft", "message_id": line.message_id, "status": "4.2.2"})
    assert post.lines()[0].status is Status.SENT
    provider.post(path(), json={"event": "delivered", "message_id": line.message_id})
    assert post.lines()[0].status is Status.DELIVERED and todos() == []


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[1]",
        b'{"event": "broken"}',
        b'{"event": ["hard"]}',
        b"[" * 60_000,
        b"[" + b'{"event":"soft"},' * 600 + b"1]",
    ],
)
def test_what_cannot_be_read_is_refused_whole(office: Machine, provider: FlaskClient, body: bytes) -> None:
    answer = provider.post(path(), data=body, content_type="application/json")
    assert answer.status_code == 422 and answer.get_json()["error"]
    assert db.session.scalar(select(func.count()).select_from(DeliveryReport)) == 0


def test_only_the_address_of_today_answers(office: Machine, sink: Sink, provider: FlaskClient) -> None:
    (line,) = sent(sink)
    event = {"event": "hard", "message_id": line.message_id}
    former = path()
    assert provider.post("/webhooks/mail/inconnu", json=event).status_code == 404
    assert provider.get(former).status_code == 405
    webhook.renew(by="command")
    db.session.commit()
    assert provider.post(former, json=event).status_code == 404 and post.lines()[0].status is Status.SENT
    assert provider.post(path(), json=event).status_code == 200 and post.lines()[0].status is Status.BOUNCED


def test_a_message_that_is_still_leaving_is_asked_for_again(office: Machine, sink: Sink, provider: FlaskClient) -> None:
    (line,) = sent(sink)
    line.status = Status.SENDING
    db.session.commit()
    for sending in ({"json": {"event": "hard", "message_id": line.message_id}}, {"data": report_for(sink)}):
        answer = provider.post(path(), **sending)  # type: ignore[arg-type]
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "60"
    assert provider.post(path(), data=GMAIL).status_code == 200
