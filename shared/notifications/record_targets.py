"""Where the link of a message about a record lands, always behind the login."""

import uuid

from shared.documents.models import LinkTarget
from shared.records.kinds import KINDS
from shared.records.models import Record

BY_STATEMENT = frozenset({"payment"})  # what it changes is read on the statement of account
QUOTE, RECORD = "quote", "record"  # « quote:<id> »: the page of one record
BACKOFFICE = "/backoffice/record/{}"


def target_of(record: Record, *, gathers: bool) -> str:
    """The page of the record, the one where it is answered or paid; of several at once, the list that shows them."""
    kind = KINDS[record.kind]
    if not kind.on_portal or kind.key in BY_STATEMENT or kind.has_balance:
        return LinkTarget.STATEMENT.value if kind.on_portal else LinkTarget.HOME.value
    answers = "valid_until" in kind.dates
    if gathers:
        return LinkTarget.QUOTES.value if answers else LinkTarget.HOME.value
    return f"{QUOTE if answers else RECORD}:{record.id}"


def staff_page(record_id: uuid.UUID) -> str:
    """The record's page of the back office."""
    return BACKOFFICE.format(record_id)
