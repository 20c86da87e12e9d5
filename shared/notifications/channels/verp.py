"""A return address of its own for each message, so that a bounce finds its row.

The mark keeps a stranger from making an address bounce: without the key it cannot be written.
"""

import hmac
import re
import uuid

BOUNCE = re.compile(r"<?bounce\+([0-9a-f]{32})\.([0-9a-f]{16})@[a-z0-9.-]{1,253}>?\Z")


def envelope_sender(notification_id: uuid.UUID, domain: str, key: bytes) -> str:
    """`bounce+<id>.<mark>@domain`: 56 characters before the @, of the 64 allowed."""
    return f"bounce+{notification_id.hex}.{_mark(notification_id, key)}@{domain}"


def parse_envelope(address: str, key: bytes) -> uuid.UUID | None:
    """The notification a bounce came back for; None when the address is not one of ours."""
    found = BOUNCE.match(address.strip().lower())
    if found is None:
        return None
    notification_id = uuid.UUID(found[1])
    return notification_id if hmac.compare_digest(found[2], _mark(notification_id, key)) else None


def _mark(notification_id: uuid.UUID, key: bytes) -> str:
    return hmac.digest(key, b"bounce:" + notification_id.bytes, "sha256").hex()[:16]
