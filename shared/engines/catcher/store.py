"""What the catcher received: each message as its bytes and its envelope, in a folder, newest first."""

import itertools
import json
import os
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

MOST = 5000


@dataclass(frozen=True, slots=True)
class Kept:
    """One received message, without its bytes. `received_at` is ISO 8601, in UTC."""

    id: str
    received_at: str
    sender: str
    recipients: list[str]
    subject: str
    shown_sender: str

    @property
    def moment(self) -> datetime:
        """When it came, on this machine's clock."""
        return datetime.fromisoformat(self.received_at).astimezone()


class Store:
    """Safe between threads; found again after a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._counter = itertools.count()
        self._kept = {kept.id: kept for path in sorted(folder.glob("*.json")) if (kept := _read_kept(path))}

    def add(self, raw: bytes, sender: str, recipients: list[str]) -> Kept:
        """Keep a message; it is on disk when this returns."""
        moment = datetime.now(UTC)
        name = f"{moment:%Y%m%dT%H%M%S%f}-{next(self._counter):06d}"
        message = message_from_bytes(raw, _class=EmailMessage, policy=default)
        kept = Kept(name, moment.isoformat(), sender, recipients, header(message, "Subject"), header(message, "From"))
        (self.folder / f"{name}.eml").write_bytes(raw)
        draft = self.folder / f"{name}.tmp"
        draft.write_text(json.dumps(asdict(kept), ensure_ascii=False), encoding="utf-8")
        os.replace(draft, self.folder / f"{name}.json")
        with self._lock:
            self._kept[name] = kept
            superfluous = list(self._kept)[:-MOST]
            for each in superfluous:
                del self._kept[each]
        for each in superfluous:
            for path in self.folder.glob(f"{each}.*"):
                path.unlink(missing_ok=True)
        return kept

    def newest(self, to: str = "", after: str = "", limit: int = 200) -> list[Kept]:
        """The last messages, newest first; `to` is looked for in the recipients, `after` is an id."""
        wanted = to.strip().casefold()
        with self._lock:
            kept = list(self._kept.values())
        found = (
            each
            for each in reversed(kept)
            if each.id > after and (not wanted or any(wanted in address.casefold() for address in each.recipients))
        )
        return list(itertools.islice(found, limit))

    def get(self, name: str) -> Kept | None:
        """One message by its id."""
        with self._lock:
            return self._kept.get(name)

    def raw(self, kept: Kept) -> bytes:
        """Its bytes as they crossed the wire."""
        return (self.folder / f"{kept.id}.eml").read_bytes()

    def message(self, kept: Kept) -> EmailMessage:
        """The message, read."""
        return message_from_bytes(self.raw(kept), _class=EmailMessage, policy=default)


def header(message: EmailMessage, name: str) -> str:
    """A decoded header; empty when it is missing or beyond reading."""
    try:
        return str(message[name] or "")
    except (ValueError, LookupError, AttributeError, TypeError):
        return ""


def part(message: EmailMessage, kind: str) -> str:
    """The « plain » or « html » part as text; empty when there is none."""
    found = message.get_body((kind,))
    if found is None:
        return ""
    try:
        return str(found.get_content())
    except (LookupError, ValueError, KeyError):
        return ""


def _read_kept(path: Path) -> Kept | None:
    try:
        return Kept(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
