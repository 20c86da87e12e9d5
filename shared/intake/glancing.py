"""A look into a file of « À rattacher »: what staff must see of it to say whose it is."""

import json
import re
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath

from shared.documents import previews
from shared.documents.inspecting import Inspection, inspect
from shared.documents.models import Folder, StoredObject
from shared.documents.previews import Glance
from shared.extensions import db
from shared.intake.models import Arrival, Verdict
from shared.people.scopes import Scope


@dataclass(frozen=True)
class Seen:
    """What is known of a file that waits, as the previews want it; `text` has a form feed between its pages."""

    version_id: uuid.UUID
    sha256: str
    size: int
    mime: str
    kind: str
    pages: int | None
    text: str
    entries: tuple[tuple[str, int], ...]

    def glance(self, page: int) -> Glance:
        """What is shown beside the question, at that page (1 is the first)."""
        return previews.glance_of(kind=self.kind, pages=self.pages, text=self.text, names=self.entries, page=page)


def may_open(arrival: Arrival, scope: Scope) -> bool:
    """Whether the file that waits may be shown in `scope`: one of a reserved folder (payslips) only by its grant.

    Whoever handed it in reaches the line of the tray all the same, and learns nothing more of the file.
    """
    if arrival.verdict != Verdict.TO_ATTACH or arrival.sha256 is None:
        return False
    folder = db.session.get(Folder, arrival.folder_id) if arrival.folder_id else None
    return folder is None or scope.reaches(folder)


def mime_of(arrival: Arrival) -> str:
    """What its bytes are, as they were inspected when they came in."""
    return db.session.get_one(StoredObject, arrival.sha256).mime


def look(arrival: Arrival) -> Seen:
    """Inspect the file once; what was found is kept beside it.

    Raises Missing or Altered when the bytes are lost, Unavailable, FileRefused for what can no longer be read.
    """
    stored = db.session.get_one(StoredObject, arrival.sha256)
    bare = Seen(arrival.id, stored.sha256, stored.size, stored.mime, "other", None, "", ())

    def make(source: bytes | Path) -> bytes:
        return json.dumps(_told(inspect(source, arrival.filename))).encode()

    suffix = re.sub(r"[^a-z0-9]", "", PurePath(arrival.filename).suffix.lower())[:8]
    told = json.loads(previews.kept(bare, f"inspection-{suffix}.json", make, "application/json"))
    entries = tuple((name, size) for name, size in told.pop("entries"))
    return Seen(**{**asdict(bare), **told, "entries": entries})


def _told(found: Inspection) -> dict[str, object]:
    return {"kind": found.kind, "pages": found.pages, "text": found.text, "entries": found.entries}
