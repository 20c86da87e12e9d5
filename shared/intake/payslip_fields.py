"""What a rule reads on a page, after a label or inside a box: a matricule, a name, a month, an employer."""

import functools
import re
from collections.abc import Mapping
from typing import Any

from shared.documents.masking import MASK

MATRICULE, NAME, PERIOD, EMPLOYER = "matricule", "name", "period", "employer"
FIELDS = (MATRICULE, NAME, PERIOD, EMPLOYER)
LABEL_MAX = 60
NAME_WORDS = 8

_TOKEN = re.compile(r"[^\W_](?:[\w./-]*[^\W_])?")
_LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*")
_AFTER = r"[ \t\u00a0\u202f:.=°–-]*"


def read_field(name: str, spec: Mapping[str, Any], text: str, boxes: Mapping[str, str]) -> str:
    """The value on this page, empty when it is not there; what was masked is never a value."""
    raw = boxes.get(name, "") if "box" in spec else after_label(text, str(spec.get("label", "")))
    if name == MATRICULE:
        return _matricule(raw)
    if name == NAME:
        return _name(raw)
    return " ".join(raw.split())


def after_label(text: str, label: str) -> str:
    """The rest of the line after the first « label » that something follows; the next line when nothing does."""
    if not label.strip():
        return ""
    for found in _after(label).finditer(text):
        value = found["rest"].strip() or (found["below"] or "").strip()
        if value:
            return value
    return ""


def bears_label(spec: Mapping[str, Any], text: str) -> bool:
    """Whether the label of a rule stands on the page, with or without anything after it."""
    label = str(spec.get("label", ""))
    return bool(label.strip()) and _after(label).search(text) is not None


@functools.lru_cache(maxsize=256)
def _after(label: str) -> re.Pattern[str]:
    """The label as a whole, whatever its spaces, the rest of its line and the next one."""
    words = label.split()
    written = r"[ \t\u00a0\u202f]*".join(re.escape(word) for word in words)
    ends = r"(?!\w)" if words[-1][-1].isalnum() else ""
    return re.compile(rf"(?<!\w){written}{ends}{_AFTER}(?P<rest>[^\n]*)(?:\n(?P<below>[^\n]*))?", re.IGNORECASE)


def _matricule(raw: str) -> str:
    """The first word that holds a digit, else the first word."""
    words: list[str] = _TOKEN.findall(raw.replace(MASK, " "))
    return next((word for word in words if any(mark.isdigit() for mark in word)), words[0] if words else "")[:40]


def _name(raw: str) -> str:
    """The words of letters at the beginning, up to what looks like the next label of the line."""
    kept: list[str] = []
    for word in raw.replace(":", " : ").split():
        if word == ":":
            kept = kept[:-1]
            break
        if not _LETTERS.fullmatch(word) or len(kept) == NAME_WORDS:
            break
        kept.append(word)
    return " ".join(kept)[:120]
