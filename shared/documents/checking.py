"""The bytes of an original, whole and as they were filed, or the reason why not: never half a document.

A file of this machine is hashed the first time this process meets it, and again whenever its inode,
size or times have changed. What comes from S3 is fetched whole and hashed before its first byte is answered.
"""

import hashlib
import os
import uuid
from collections import OrderedDict
from tempfile import SpooledTemporaryFile
from typing import IO

from sqlalchemy import update

from shared.clock import now
from shared.documents.models import StoredObject
from shared.documents.storage import Altered, Missing, Unavailable, original_key, storage
from shared.documents.storage_folder import FolderStorage
from shared.events.recording import record
from shared.extensions import db

IN_MEMORY = 8 * 1024 * 1024  # bytes; what comes from S3 beyond this waits on disk
REMEMBERED = 20_000

Stamp = tuple[str, int, int, int, int]
_verified: OrderedDict[Stamp, None] = OrderedDict()


def faithful(*, sha256: str, size: int) -> IO[bytes]:
    """The original, open at its first byte, with the right size and hash; the caller closes it.

    Raises Missing or Altered when the bytes are lost (see `report_damage`), Unavailable when the storage is silent.
    """
    key, where = original_key(sha256), storage()
    if isinstance(where, FolderStorage):
        return _checked_file(where, key, sha256, size)
    held: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (the caller closes it)
    try:
        digest = hashlib.sha256()
        for chunk in where.open(key).chunks:
            digest.update(chunk)
            held.write(chunk)
        if held.tell() != size or digest.hexdigest() != sha256:
            raise Altered(key, "size or hash differs")
        held.seek(0)
    except BaseException:
        held.close()
        raise
    return held


def report_damage(
    *, sha256: str, by: str, document_id: uuid.UUID | None = None, party_id: uuid.UUID | None = None
) -> bool:
    """Mark the object as lost or altered and record it; False when it was known already."""
    found = update(StoredObject).where(StoredObject.sha256 == sha256, StoredObject.damaged_at.is_(None))
    if db.session.execute(found.values(damaged_at=now()).returning(StoredObject.sha256)).first() is None:
        return False
    record("document.damaged", by=by, document_id=document_id, party_id=party_id, facts={"sha256": sha256})
    return True


def _checked_file(where: FolderStorage, key: str, sha256: str, size: int) -> IO[bytes]:
    try:
        file = where.path(key).open("rb", buffering=0)
    except FileNotFoundError:
        raise Missing(key) from None
    except OSError as error:
        raise Unavailable(key, error.strerror or str(error)) from error
    try:
        seen = os.fstat(file.fileno())
        stamp = (sha256, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
        if seen.st_size != size:
            raise Altered(key, "another size")
        if stamp not in _verified:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise Altered(key, "another hash")
            file.seek(0)
            _remember(stamp)
    except OSError as error:
        file.close()
        raise Unavailable(key, error.strerror or str(error)) from error
    except BaseException:
        file.close()
        raise
    return file


def _remember(stamp: Stamp) -> None:
    _verified[stamp] = None
    if len(_verified) > REMEMBERED:
        _verified.popitem(last=False)
