"""Another version of a document: new bytes beside the former ones, which never change."""

import hashlib

from sqlalchemy import select

from shared.documents.filing import keep
from shared.documents.indexing import index
from shared.documents.inspecting import Inspection
from shared.documents.models import Document, Version
from shared.extensions import db, uuid7


def add_version(*, document: Document, data: bytes, like: Version, pages: int | None = None) -> Version:
    """Keep `data` (a PDF made here) as the newest version; its name and its text are those of `like`.

    Raises `storage.Unavailable`.
    """
    digest = hashlib.sha256(data).hexdigest()
    keep(data=data, inspection=Inspection(sha256=digest, size=len(data), mime=like.mime, kind="pdf"))
    return _append(document, like, digest, len(data), pages or like.pages)


def put_back(*, document: Document, version: Version) -> Version:
    """Make the bytes of a former version the newest again; what came in between stays among the versions."""
    return _append(document, version, version.sha256, version.size, version.pages)


def _append(document: Document, like: Version, sha256: str, size: int, pages: int | None) -> Version:
    db.session.flush()
    newest = db.session.scalars(
        select(Version.number).where(Version.document_id == document.id).order_by(Version.number.desc()).limit(1)
    ).one()
    made = Version(
        id=uuid7(),
        document_id=document.id,
        number=newest + 1,
        sha256=sha256,
        size=size,
        mime=like.mime,
        kind=like.kind,
        pages=pages,
        filename=like.filename,
        text=like.text,
    )
    db.session.add(made)
    db.session.flush()
    db.session.expire(document, ["versions"])
    index(document=document, text=like.text)
    return made
