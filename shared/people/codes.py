"""Codes as they are compared and sorted: « 4 » stands before « 12 »."""

import re

from shared.folding import fold

PADDING = 12  # digits; longer runs sort by their text


def sort_key(code: str) -> str:
    """The folded code with its runs of digits padded, so that text order is number order."""
    return re.sub(r"\d+", lambda run: run.group().zfill(PADDING), fold(code))
