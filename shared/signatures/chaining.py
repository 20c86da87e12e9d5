"""How the steps of a request hold together: each carries the SHA-256 of itself and of the one before.

    hash n = SHA-256(hash n-1 ‖ canonical JSON of step n)      hash 0 = 64 zeros, in hexadecimal like the others

Nothing secret goes in: whoever holds the proof file can compute it again, offline. What keeps the chain from being
written anew is the seal and the timestamp of the proof file.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

FORMAT = "guichet-preuve/1"  # the name of the form that a proof has
FILE_NAME = "preuve.json"  # as the sealed PDF carries it
START = "0" * 64
FIELDS = ("request", "number", "at", "kind", "signer", "by", "facts")


def link(before: str, step: dict[str, Any]) -> str:
    """The hash of one step (its `FIELDS`, as the proof file writes them) after the hash `before`: 64 hex digits."""
    told = {name: step[name] for name in FIELDS}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(before.encode() + text.encode()).hexdigest()


def first_fault(steps: Iterable[dict[str, Any]]) -> int | None:
    """The number of the first step that is missing, moved or altered; None when the chain holds."""
    before = START
    for expected, step in enumerate(steps, start=1):
        if step.get("number") != expected or step.get("previous_hash") != before:
            return expected
        if any(name not in step for name in FIELDS) or link(before, step) != step.get("hash"):
            return expected
        before = step["hash"]
    return None


def written_time(moment: datetime) -> str:
    """RFC 3339 in UTC, with six decimals: two readings of one row write the same."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
