"""What a claimed row says and to whom, as things stand now: address, text, link, and whether it may still leave.

Works on a whole batch with a bounded number of queries, on the sender's own connection.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping

from shared import links
from shared.access.models import LinkPurpose
from shared.clock import now
from shared.config import config
from shared.documents.models import LinkTarget
from shared.errors import Refused
from shared.notifications.applying import still_told
from shared.notifications.attachments import NOTHING, Enclosed
from shared.notifications.channels.mailboxes import Mailbox
from shared.notifications.channels.sms_numbers import Number
from shared.notifications.codes import code_values
from shared.notifications.copying import RESERVED, SEPARATOR, copies_of
from shared.notifications.enclosing import enclosed
from shared.notifications.entrusting import FIELD, Entrusted, passwords_for
from shared.notifications.fact_values import fact_values
from shared.notifications.field_table import key_of
from shared.notifications.linking import Linked, Wanted, links_for
from shared.notifications.merging import merge_values
from shared.notifications.messages import compiled
from shared.notifications.models import Reason, Status
from shared.notifications.promoting import SECURITY
from shared.notifications.record_values import record_values
from shared.notifications.rendering import Rendered
from shared.notifications.request_values import request_values
from shared.notifications.surroundings import Surroundings, look_around
from shared.notifications.trial_values import TRIED, thawed
from shared.notifications.values import Link, Value
from shared.notifications.withholding import MAIL, address_of, context_of, live_of, why_not
from shared.notifications.withholding import Stopped as Stopped
from shared.people.models import EmailSlot
from shared.words import N_

UNREADABLE = N_("Le modèle de ce message est illisible : corrigez-le.")
LOGIN = frozenset({"access", "security"})  # contexts whose messages nobody else reads
ASKS_LOGIN = frozenset({"payslip"})  # always behind authentication, whatever the folder's link target
PURPOSES = {
    "access.opened": LinkPurpose.ACTIVATION,
    "access.renotified": LinkPurpose.ACTIVATION,
    "account.reset_requested": LinkPurpose.RESET,
    "staff.invited": LinkPurpose.INVITATION,
}


@dataclass(frozen=True)
class Ready:
    """A message that may leave. `body` is what the history keeps."""

    row: RowMapping
    to: Mailbox | Number
    slot: EmailSlot | None
    version_id: uuid.UUID | None
    rendered: Rendered
    body: str
    sender: Mailbox
    reply_to: Mailbox | None
    entrusted: Entrusted | None = None  # the initial password that it holds
    copies: tuple[str, ...] = ()  # the blind copies that follow once it was accepted
    enclosed: Enclosed = NOTHING
    unsubscribe: str = ""  # of an information message: the address of one click (RFC 8058)


@dataclass
class UnsubscribeLink:
    """The link of one click: derived from the message itself, it works as long as the message is kept."""

    id: uuid.UUID
    purpose: str = "unsubscribe"


def resolve(connection: Connection, rows: Sequence[RowMapping]) -> list[Ready | Stopped]:
    """One answer a row, in the same order."""
    around = look_around(connection, rows)
    stopped = {row["id"]: why for row in rows if (why := why_not(row, around))}
    wanted = [_wanted(row, around) for row in rows if row["id"] not in stopped and not _is_outside(row)]
    made = links_for(connection, wanted, around.lifetimes)
    passwords = passwords_for(connection, {row["access_id"] for row in rows if _holds_password(row, around)})
    return [
        stopped.get(row["id"]) or _prepare(row, around, made.get(row["id"], Linked()), passwords.get(row["access_id"]))
        for row in rows
    ]


def foretell(connection: Connection, rows: Sequence[RowMapping]) -> list[Ready | Stopped]:
    """What `resolve` would answer, without a link being made: for a trial that sends nothing."""
    around = look_around(connection, rows)
    passwords = passwords_for(connection, {row["access_id"] for row in rows if _holds_password(row, around)})
    linked = Linked(url=f"{config().public_url}/l/exemple", expires_at=now())
    return [why_not(row, around) or _prepare(row, around, linked, passwords.get(row["access_id"])) for row in rows]


def drafted(connection: Connection, row: RowMapping) -> tuple[str, str, str] | Stopped:
    """Subject, body and address of one line as its text is proposed: to be read, edited and confirmed."""
    around = look_around(connection, [row])
    if (stopped := why_not(row, around)) is not None and stopped.status is not Status.WAITING:
        return stopped
    text = around.texts.get((row["template_id"], row["locale"]))
    if text is None:
        return Stopped(row, Status.WAITING, UNREADABLE, Reason.DRAFT)
    linked = Linked(url=f"{config().public_url}/l/exemple", expires_at=now())
    to, _slot = address_of(row, around) or ("", None)
    try:
        return *text.compiled.drafted(_values(row, around, linked)), to
    except Refused as refused:
        return Stopped(row, Status.WAITING, refused.sentence, Reason.DRAFT)


def _prepare(
    row: RowMapping, around: Surroundings, linked: Linked, entrusted: Entrusted | None = None
) -> Ready | Stopped:
    address, slot = address_of(row, around) or ("", None)
    text = around.texts.get((row["template_id"], row["locale"]))
    if text is None:
        return Stopped(row, Status.WAITING, UNREADABLE, Reason.DRAFT)
    informs_too = text.bare is not None and row["id"] not in around.refusing
    whole = text.compiled if informs_too or text.bare is None else text.bare
    values = _values(row, around, linked) | ({FIELD: entrusted.clear} if entrusted else {})
    try:
        if row["edited_body"] is not None:
            subject = row["edited_subject"] or ""
            edited = (row["id"], subject, row["edited_body"], around.brand, row["locale"], text.context)
            whole = compiled(*edited, informs=informs_too)
        rendered = whole.merge(values)
        body = whole.kept(values) if row["event"] != TRIED else row["edited_body"]
        to = Mailbox(address, _name(row, around)) if row["channel"] == MAIL else Number(address)
        sender, reply_to = around.sender_of(row["party_id"])
    except Refused as refused:
        return Stopped(row, Status.WAITING, refused.sentence, Reason.DRAFT)
    version = text.version_id if row["edited_body"] is None else None
    held = entrusted if FIELD in whole.keys else None
    copies = _copies(row, around, text.blind_copies, address)
    unsubscribe = _unsubscribing(row) if informs_too and row["event"] != TRIED else ""
    files = enclosed(row, around.pieces, around.brand, sender, reply_to)
    return Ready(row, to, slot, version, rendered, body, sender, reply_to, held, copies, files, unsubscribe)


def _is_outside(row: RowMapping) -> bool:
    """A blind copy or a trial: whoever reads it is not the addressee, so that its links open nothing."""
    return row["copy_of_id"] is not None or row["event"] == TRIED


def _copies(row: RowMapping, around: Surroundings, written: str, address: str) -> tuple[str, ...]:
    """Never of what is about security, an access or a folder that wants a grant of its own: payslips, sick notes."""
    rule = around.pieces.rule_of(row)
    written = SEPARATOR.join(filter(None, (written, rule.blind_copies if rule is not None else "")))
    if not written or _is_outside(row) or row["kind"] == SECURITY or context_of(row, around) in LOGIN:
        return ()
    if any(each.needs_grant or each.document_class in RESERVED for each in live_of(row, around)):
        return ()
    return copies_of(written, but=address)


def _unsubscribing(row: RowMapping) -> str:
    return links.url(UnsubscribeLink(row["id"]))


def _holds_password(row: RowMapping, around: Surroundings) -> bool:
    text = around.texts.get((row["template_id"], row["locale"]))
    edited = f"#{FIELD}#" in key_of(row["edited_body"] or "")
    return row["access_id"] is not None and (edited or (text is not None and FIELD in text.compiled.keys))


def _wanted(row: RowMapping, around: Surroundings) -> Wanted:
    documents = live_of(row, around)
    purpose = PURPOSES.get(row["event"])
    person = around.people.get(row["id"])
    if purpose is LinkPurpose.ACTIVATION and person is not None and person.password_hash is not None:
        purpose = LinkPurpose.TARGET  # whoever has a password of their own only needs the way in
    elif row["id"] in around.pieces.records and row["staff_id"] is None:
        purpose = LinkPurpose.TARGET
    if documents:
        purpose = LinkPurpose.DOCUMENT if row["link_target"] == LinkTarget.DOCUMENT else LinkPurpose.TARGET
    of_people = getattr(around.parties.get(row["party_id"]), "of_people", False)  # what is a person's own asks for it
    opens = frozenset(each.id for each in documents if not of_people and each.document_class not in ASKS_LOGIN)
    return Wanted(row, purpose, tuple(each.id for each in documents), opens)


def _values(row: RowMapping, around: Surroundings, linked: Linked) -> dict[str, Value]:
    party, person = around.parties.get(row["party_id"]), around.people.get(row["id"])
    if row["event"] == TRIED:
        return thawed(row["facts"])
    if _is_outside(row):
        linked = Linked(around.brand.portal_url, row["created_at"] + around.lifetimes[LinkPurpose.TARGET])
    values = merge_values(party, person, live_of(row, around), linked, row["created_at"], around.brand)
    values["desinscription"] = Link(_unsubscribing(row))
    values |= code_values(row)
    values |= request_values(row["facts"])
    values |= fact_values(row["facts"])
    values |= _of_records(row, around)
    if "path" in row["facts"]:
        values["lien"] = Link(f"{around.brand.portal_url}{row['facts']['path']}")
    return values


def _of_records(row: RowMapping, around: Surroundings) -> dict[str, Value]:
    records = still_told(row, around.pieces) if row["id"] in around.pieces.records else []
    owed = around.pieces.owed.get((records[0].party_id, records[0].currency)) if records else None
    return record_values(records, row["facts"], row["locale"], around.brand.zone, owed)


def _name(row: RowMapping, around: Surroundings) -> str:
    party = around.parties.get(row["party_id"])
    return party.name if party is not None else ""
