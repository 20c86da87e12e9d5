"""Messages in the waiting line, as publications put them there, and the sink that takes them."""

import contextlib
import uuid
from collections.abc import Iterator, Sequence

from sqlalchemy import insert, select

from benchmarks.installation import Installation
from benchmarks.programs import environment, program
from benchmarks.serving import accepting
from shared.documents.models import Folder, Notify
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.notifications.channels.building import new_message_id
from shared.notifications.models import Notification, NotificationDocument, Status
from shared.transactions import transaction

KEPT = ("id", "message_id", "party_id", "status", "owner", "claim_order", "claimed_at")


@contextlib.contextmanager
def sink(made: Installation) -> Iterator[None]:
    """postfix's smtp-sink, where this installation sends."""
    path, port = program("smtp-sink"), made.environ["SMTP_PORT"]
    process = made.start([path, "-u", "root", "-t", "3600", f"127.0.0.1:{port}", "1000"], environment(path))
    accepting(int(port))
    try:
        yield
    finally:
        made.stop(process)


def first_message(party_id: uuid.UUID, document_id: uuid.UUID) -> uuid.UUID:
    """One message by the verbs: a document of a folder that tells at once is published."""
    folder = db.session.scalars(select(Folder).where(Folder.shipped_key == "c.invoices")).one()
    folder.notify = Notify.IMMEDIATE
    db.session.flush()
    record("document.published", by="system", party_id=party_id, document_id=document_id)
    query = select(NotificationDocument.notification_id).where(NotificationDocument.document_id == document_id)
    return db.session.scalars(query).one()


def fill(made: Installation, model: uuid.UUID, parties: Sequence[uuid.UUID], documents: Sequence[uuid.UUID]) -> None:
    """As many messages like `model` as there are parties, each about one document, all due now."""
    with made.app.app_context(), transaction():
        columns = Notification.__table__.columns
        one = db.session.execute(select(*columns).where(Notification.id == model)).mappings().one()
        same = {name: value for name, value in one.items() if name not in KEPT}
        rows = [
            same | {"id": key, "party_id": party, "message_id": new_message_id(key, "vauban.example")}
            for key, party in ((uuid7(), party) for party in parties)
        ]
        db.session.execute(insert(Notification), [row | {"status": Status.WAITING} for row in rows])
        about = [
            {"notification_id": row["id"], "document_id": documents[at % len(documents)]} for at, row in enumerate(rows)
        ]
        db.session.execute(insert(NotificationDocument), about)
