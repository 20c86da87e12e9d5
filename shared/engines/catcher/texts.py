"""The SMS that the catcher received: it answers as Brevo does, sends none, and keeps them for its page.

A number that ends in 99 is refused, one that ends in 98 finds the provider busy: as the real world does.
"""

import itertools
import json
import os
import threading
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from werkzeug.wrappers import Request, Response

from shared.clock import now
from shared.notifications.channels.sms_parts import measure

PATH = "/v3/transactionalSMS/sms"
REFUSED, BUSY = "99", "98"
MOST = 1_000
LARGEST = 16_384  # bytes of a request


@dataclass(frozen=True, slots=True)
class KeptText:
    """One SMS. `received_at` is ISO 8601, in UTC."""

    id: str
    received_at: str
    to: str
    sender: str
    text: str
    parts: int

    @property
    def moment(self) -> datetime:
        """When it came, on this machine's clock."""
        return datetime.fromisoformat(self.received_at).astimezone()


class Texts:
    """Safe between threads; found again after a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._counter = itertools.count()
        self._kept = [kept for path in sorted(folder.glob("*.json")) if (kept := _read(path))]

    def answer(self, request: Request) -> Response:
        """What the provider says to one message; only a program may send one, not a page of another site."""
        if not request.headers.get("api-key"):
            return _told(401, {"code": "unauthorized", "message": "Key not found"})
        try:
            if (request.content_length or 0) > LARGEST:
                raise ValueError
            said = json.loads(request.get_data())
            to, text, sender = f"+{str(said['recipient']).lstrip('+')}", str(said["content"]), str(said["sender"])
        except (ValueError, KeyError, TypeError):
            return _told(400, {"code": "missing_parameter", "message": "recipient, content and sender are required"})
        if to.endswith(REFUSED):
            return _told(400, {"code": "invalid_parameter", "message": "Invalid telephone number"})
        if to.endswith(BUSY):
            return _told(503, {"code": "unavailable", "message": "Please come back later"})
        kept = self._add(to, sender, text)
        return _told(201, {"messageId": int(kept.id.partition("-")[0]), "smsCount": kept.parts, "reference": kept.id})

    def newest(self, to: str = "", after: str = "", limit: int = 50) -> list[KeptText]:
        """The last ones, newest first; `to` is looked for in the number, whatever its blanks, `after` is an id."""
        wanted = "".join(sign for sign in to if sign.isdigit()).removeprefix("0")
        if to.strip() and not wanted:
            return []
        with self._lock:
            kept = list(self._kept)
        found = (each for each in reversed(kept) if each.id > after and wanted in each.to)
        return list(itertools.islice(found, limit))

    def told(self, to: str, after: str) -> list[dict[str, object]]:
        """The same for a program."""
        return [asdict(each) for each in self.newest(to, after)]

    def _add(self, to: str, sender: str, text: str) -> KeptText:
        moment = now()
        name = f"{moment:%Y%m%d%H%M%S%f}-{next(self._counter):06d}"
        kept = KeptText(name, moment.isoformat(), to, sender, text, measure(text).parts)
        draft = self.folder / f"{name}.tmp"
        draft.write_text(json.dumps(asdict(kept), ensure_ascii=False), encoding="utf-8")
        os.replace(draft, self.folder / f"{name}.json")
        with self._lock:
            self._kept.append(kept)
            superfluous, self._kept = self._kept[:-MOST], self._kept[-MOST:]
        for each in superfluous:
            (self.folder / f"{each.id}.json").unlink(missing_ok=True)
        return kept


def _told(status: int, said: dict[str, object]) -> Response:
    return Response(json.dumps(said), status, mimetype="application/json")


def _read(path: Path) -> KeptText | None:
    try:
        return KeptText(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
