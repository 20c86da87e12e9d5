"""« Notification forcée »: tell again, or at last, even for a silent folder. One message per party and cell."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, select

from shared.documents.effective import excepted, settings_of
from shared.documents.models import Document, Folder, FolderException, Publication
from shared.errors import Refused
from shared.events.recording import record
from shared.events.repeating import is_repeat
from shared.extensions import db


def force(*, document_ids: Sequence[uuid.UUID], by: str, key: str = "") -> int:
    """Announce these documents; the number of messages made.

    Documents of one party that go to the same cell with the same text share a message. `key` names one form:
    sent twice, its messages are made once, and counted as the first time. Raises Refused
    when one of them is not on the portal: nothing is sent then.
    """
    if not document_ids:
        raise Refused(_("Cochez d’abord les documents à annoncer."))
    live = and_(
        Publication.document_id == Document.id, Publication.withdrawn_at.is_(None), Publication.live_at.is_not(None)
    )
    rows = db.session.execute(
        select(Document.id, Document.title, Document.party_id, Folder, FolderException, Publication.id.label("live"))
        .join(Folder, Folder.id == Document.folder_id)
        .outerjoin(FolderException, excepted(Document.party_id))
        .outerjoin(Publication, live)
        .where(Document.id.in_(document_ids))
        .order_by(Document.filed_at, Document.id)
    ).all()
    told = [(row, settings_of(row.Folder, row.FolderException)) for row in rows]
    absent = [row.title for row, settings in told if row.live is None or not settings.on_portal]
    if absent:
        names = ", ".join(f"« {title} »" for title in absent[:3])
        raise Refused(
            _(
                "%(names)s n’est pas sur le portail : mettez d’abord à disposition, puis renvoyez. Rien n’est parti.",
                names=names,
            )
        )
    groups: dict[tuple[object, ...], list[uuid.UUID]] = {}
    for row, settings in told:
        shared = (row.party_id, settings.slot, settings.link_target, settings.template_id)
        groups.setdefault(shared, []).append(row.id)
    for (party_id, *_rest), ids in groups.items():
        facts: dict[str, Any] = {"documents": [str(i) for i in ids]}
        if is_repeat("notice.forced", by=by, key=key, facts=facts):
            continue
        record(
            "notice.forced",
            by=by,
            party_id=party_id if isinstance(party_id, uuid.UUID) else None,
            document_id=ids[0],
            facts={**facts, "key": key} if key else facts,
        )
    return len(groups)
