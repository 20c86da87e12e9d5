"""How a text travels by SMS: its letters as GSM 03.38 or as UCS-2, and in how many parts.

ETSI TS 123 038: 160 septets or 70 UTF-16 units alone; 153 or 67 in each of several, which carry a header.
"""

import re
from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = frozenset("\f^{}\\[~]|€")  # two septets each, an escape first
ALONE = {"gsm": 160, "ucs2": 70}
TOGETHER = {"gsm": 153, "ucs2": 67}
# Signs that only look nicer: one of them would halve what a message holds. Letters keep their accents.
PLAIN = str.maketrans(
    {
        "’": "'", "‘": "'", "‛": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-", "−": "-",
        "…": "...", "•": "-", "·": "-", "œ": "oe", "Œ": "OE", "\t": " ", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
        "\u200b": "", "\u00ad": "", "\ufeff": "",
    }
)  # fmt: skip
OPENING, CLOSING = re.compile(r"«\s*"), re.compile(r"\s*»")
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Size:
    """What one message costs: its alphabet, the characters that a person counts, the parts that are paid."""

    alphabet: Literal["gsm", "ucs2"]
    characters: int
    parts: int


def plain(text: str) -> str:
    """The text as it leaves: typographic signs in their plain form, one kind of line end, no control character."""
    text = OPENING.sub('"', CLOSING.sub('"', text.replace("\r\n", "\n").replace("\r", "\n")))
    lines = (line.rstrip() for line in CONTROLS.sub("", text.translate(PLAIN)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def measure(text: str) -> Size:
    """The alphabet that this text needs and its parts; an escape or a surrogate pair never straddles two of them."""
    alphabet: Literal["gsm", "ucs2"] = "gsm" if set(text) <= BASIC | ESCAPED else "ucs2"
    widths = [_width(sign, alphabet) for sign in text]
    total = sum(widths)
    parts = 1 if total <= ALONE[alphabet] else _parts(widths, TOGETHER[alphabet])
    return Size(alphabet, len(text), parts if text else 0)


def _width(sign: str, alphabet: str) -> int:
    if alphabet == "gsm":
        return 2 if sign in ESCAPED else 1
    return 2 if ord(sign) > 0xFFFF else 1


def _parts(widths: list[int], room: int) -> int:
    parts, taken = 1, 0
    for width in widths:
        if taken + width > room:
            parts, taken = parts + 1, 0
        taken += width
    return parts
