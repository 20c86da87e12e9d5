"""Reading PDF objects whose names and texts are not always UTF-8: older French software writes them in Latin-1."""

import re
from typing import Any

import pikepdf

_ESCAPED = re.compile(rb"#[89a-f][0-9a-f]", re.IGNORECASE)
_REFERENCE = re.compile(rb"(?<![\w.#])\d+ \d+ R(?![\w#])")


def plain(name: Any) -> str:
    """A name as text, `/JavaScript`; empty for anything else."""
    return name.unparse().decode("latin-1") if isinstance(name, pikepdf.Name) else ""


def text(string: pikepdf.String) -> str:
    """A string as text, whatever its bytes."""
    try:
        return str(string)
    except UnicodeDecodeError:
        return bytes(string).decode("latin-1")


def values(thing: Any) -> list[Any]:
    """The values of a dictionary. Those under a name that is not UTF-8 are read again without their references,
    which are objects on their own.
    """
    keys = list(thing.keys())
    found = [thing.get(key) for key in keys if key.isprintable() or _is_encodable(key)]
    if len(found) < len(keys):
        written = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
        bare = _REFERENCE.sub(b"null", _ESCAPED.sub(b"_", written.unparse(resolved=True)))
        again = pikepdf.Object.parse(bare)
        found += [again.get(key) for key in again.keys()]  # noqa: SIM118 (an Object is not iterated by key)
    return found


def _is_encodable(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True
