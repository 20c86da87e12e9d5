"""How a line of the journal becomes a link: its canonical text, and the keyed hash that binds it to the link before.

    link n = HMAC-SHA256(key, "<chain>:<n>:" ‖ link n-1 ‖ canonical text)      link 0 = 32 zero bytes

The canonical text is the line as JSON (RFC 8259): its columns in alphabetical order, keys of `facts` sorted, no
blanks, UTF-8 unescaped, ids in lower case, `at` in UTC with six decimals; a column of `LATER` that is empty is left
out, so that lines sealed before it existed read as they did. The key is derived from GUICHET_KEY and
stands nowhere in the database: whoever can write there cannot make a link.
"""

import hmac
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from shared.config import config
from shared.events.models import Chain, Event

START = bytes(32)  # what stands before the first link
Line = RowMapping | dict[str, Any]
COLUMNS = tuple(Event.__table__.columns)
LATER = frozenset({"record_id"})  # columns younger than the chain: written where they say something


def link(chain: Chain, number: int, before: bytes, line: Line) -> bytes:
    """The link of one line (a row of `COLUMNS`) at its place in the chain: 32 bytes."""
    text = f"{chain.value}:{number}:".encode() + before + canonical(line)
    return hmac.digest(_key("links"), text, "sha256")


def canonical(line: Line) -> bytes:
    """The line as it is hashed; two readings of one row give the same bytes."""
    written = {column.name: _written(line[column.name]) for column in COLUMNS}
    written = {name: value for name, value in written.items() if value is not None or name not in LATER}
    return json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def signature(kind: str, chain: Chain, number: int, hash: bytes, at: datetime, extra: str = "") -> bytes:
    """What proves that we wrote the end of a chain (`head`) or what a purge took away (`checkpoint`): 32 bytes."""
    text = f"{kind}:{chain.value}:{number}:{hash.hex()}:{_written(at)}:{extra}"
    return hmac.digest(_key("marks"), text.encode(), "sha256")


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value if value is None or isinstance(value, dict) else str(value)


def _key(purpose: str) -> bytes:
    return config().derive(b"journal:" + purpose.encode())
