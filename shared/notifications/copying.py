"""Blind copies: addresses named on a template, each a line and an envelope of its own, in nobody's headers.

They are written in the transaction that notes the message as sent, so that what never left is never copied.
"""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy.engine.interfaces import DBAPICursor

from shared.clock import now
from shared.config import config
from shared.errors import Refused
from shared.extensions import uuid7
from shared.notifications.addresses import matching, normalise

MOST = 10
RESERVED = frozenset({"payslip", "medical"})  # classes of documents that nobody is sent a copy about
SEPARATOR = ";"

COPY = """
    INSERT INTO notification (id, created_at, event, channel, kind, status, reason, due_at, priority, family_id,
        party_id, fixed_address, template_id, locale, edited_subject, edited_body, link_target, facts, message_id,
        dated, attempts, reply, requested_by, copy_of_id, rule_id, attaches)
    SELECT %s, %s, event, channel, kind, 'waiting', 'none', %s, priority, family_id,
        party_id, %s, template_id, locale, edited_subject, edited_body, link_target, facts, %s,
        %s, 0, '', requested_by, id, rule_id, attaches
    FROM notification WHERE id = %s
    ON CONFLICT (copy_of_id, fixed_address) WHERE copy_of_id IS NOT NULL DO NOTHING
    RETURNING id
"""
SAME_DOCUMENTS = """
    INSERT INTO notification_document (notification_id, document_id, position)
    SELECT %s, document_id, position FROM notification_document WHERE notification_id = %s
"""
SAME_RECORDS = """
    INSERT INTO notification_record (notification_id, record_id, position)
    SELECT %s, record_id, position FROM notification_record WHERE notification_id = %s
"""


def read_copies(typed: str) -> str:
    """« a@x.fr;b@y.fr », each checked, each once; raises Refused with the name of the one that is not valid."""
    kept: dict[str, str] = {}
    for each in typed.replace("\n", SEPARATOR).split(SEPARATOR):
        if not each.strip():
            continue
        try:
            address = normalise(each.strip(), "blind_copies")
        except Refused as refused:
            raise Refused(
                _("Copie « %(typed)s » : %(why)s", typed=each.strip(), why=refused.sentence), "blind_copies"
            ) from refused
        kept.setdefault(matching(address), address)
    if len(kept) > MOST:
        raise Refused(_("Dix copies cachées au plus : retirez-en."), "blind_copies")
    return SEPARATOR.join(kept.values())


def copies_of(written: str, but: str = "") -> tuple[str, ...]:
    """The addresses of a template's and a rule's column, each once, without the message's own."""
    kept = {matching(each): each for each in written.split(SEPARATOR) if each and matching(each) != matching(but)}
    return tuple(kept.values())


def spread(cursor: DBAPICursor, message_id: uuid.UUID, addresses: Sequence[str]) -> None:
    """Write the copies of a message that was accepted; running it twice adds nothing."""
    moment = now()
    for address in addresses:
        identity = uuid7()
        header = f"<{identity}@{config().envelope_domain}>"
        cursor.execute(COPY, (identity, moment, moment, address, header, moment, message_id))
        if cursor.fetchone() is not None:
            cursor.execute(SAME_DOCUMENTS, (identity, message_id))
            cursor.execute(SAME_RECORDS, (identity, message_id))
