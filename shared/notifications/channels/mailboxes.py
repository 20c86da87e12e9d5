"""Names, addresses and subjects as they stand in the headers of a message (RFC 5322, 2047)."""

import binascii
import re
from dataclasses import dataclass
from email.headerregistry import Address

from flask_babel import gettext as _

from shared.errors import Refused
from shared.notifications.headers import clean

LINE = 78
# RFC 2047: an encoded word has at most 75 characters, its line at most 76.
WORD = 45  # bytes before base64 in a word of 72 characters
SPACE_FOR_WORD = 76 - len("=?utf-8?b??=")
PLAIN_NAME = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*\Z")
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
DOMAIN = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\Z"
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address, ASCII as `addresses.normalise` gives it, and the name shown beside it.

    Raises Refused on an address or a name that could forge a header: whoever holds one may send.
    """

    address: str
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", bare(self.address))
        object.__setattr__(self, "name", " ".join(clean(self.name).split()))


def bare(address: str) -> str:
    """The address as it goes into the envelope; raises Refused when it is not a plain one."""
    address = clean(address)
    local, _at, domain = address.rpartition("@")
    if len(local) > 64 or not LOCAL.match(local) or not DOMAIN.match(domain):
        raise Refused(_("L’adresse « %(address)s » n’est pas une adresse e-mail.", address=address))
    return address


def mailbox_header(name: str, mailbox: Mailbox) -> str:
    """« To: Camille Martin <camille@exemple.fr> », folded; the name is quoted or encoded as it needs."""
    address, shown = mailbox.address, mailbox.name
    if not shown:
        return f"{name}: {address}"
    if PLAIN_NAME.match(shown):
        whole = f"{shown} <{address}>"
    else:
        local, _at, domain = address.rpartition("@")
        whole = str(Address(shown, local, domain))
    if shown.isascii() and len(name) + 2 + len(whole) <= LINE:
        return f"{name}: {whole}"
    phrase = encoded_words(shown, len(name) + 2)
    last = phrase.rpartition("\r\n")[2]
    used = len(last) + (0 if "\r\n" in phrase else len(name) + 2)
    gap = " " if used + 3 + len(address) <= LINE else "\r\n "
    return f"{name}: {phrase}{gap}<{address}>"


def text_header(name: str, text: str) -> str:
    """« Subject: … », folded, encoded when it is not plain ASCII."""
    text = clean(text)
    if text.isascii():
        if len(name) + 2 + len(text) <= LINE:
            return f"{name}: {text}"
        folded = _folded(f"{name}: {text}") if "  " not in text else None
        if folded is not None:
            return folded
    return f"{name}: {encoded_words(text, len(name) + 2)}"


def encoded_words(text: str, used: int) -> str:
    """RFC 2047 words, one a line; no character is cut in two. `used` characters precede the first."""
    data = text.encode()
    words = []
    start = 0
    room = (SPACE_FOR_WORD - used) // 4 * 3
    while start < len(data):
        end = min(start + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        words.append(f"=?utf-8?b?{binascii.b2a_base64(data[start:end], newline=False).decode()}?=")
        start, room = end, WORD
    return "\r\n ".join(words)


def _folded(line: str) -> str | None:
    """Fold at blanks; None when a word alone is too long for a line."""
    lines = [""]
    for word in line.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if len(joined) <= LINE - 1:
            lines[-1] = joined
        else:
            lines.append(word)
    return None if any(len(each) > LINE - 1 for each in lines) else "\r\n ".join(lines)
