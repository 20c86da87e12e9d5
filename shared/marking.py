"""The mark of a row that counts no edits: what a form brings back, so that nobody overwrites another's save."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def mark_of(values: Mapping[str, Any]) -> str:
    """Changes when any of the values does."""
    return sha256(repr(sorted(values.items(), key=lambda each: each[0])).encode()).hexdigest()[:16]
