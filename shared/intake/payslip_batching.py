"""A batch of payslips from its files to the list of its pages: asked on a page, carried out by a job, step by step.

Nothing is filed here, nobody is told: see `payslip_publishing`.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, exists, func, insert, select, update

from shared.documents import filing
from shared.documents.models import Folder, StoredObject
from shared.documents.refusals import FileRefused
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.intake import payslip_sources
from shared.intake.payslip_ahead import Ahead
from shared.intake.payslip_cutting import cut_some
from shared.intake.payslip_directory import Directory, directory_of
from shared.intake.payslip_models import (
    BatchState,
    PayslipBatch,
    PayslipFile,
    PayslipLayout,
    PayslipPage,
    PayslipSlip,
)
from shared.intake.payslip_reading import Company, Rule, rule_of, seen_on
from shared.intake.payslip_sorting import sort_out
from shared.intake.payslip_states import has_filed, lock, ring_for, take
from shared.people.models import Activity

AT_ONCE = 250  # pages read in one transaction
RECOGNISED_AT_ONCE = 8  # fewer of those that are read as pictures: each takes seconds
FILES_MAX = 500


@dataclass
class Desk:
    """What a run of the job reads once, whatever the number of its steps, and the file at hand."""

    rules: list[Rule] = field(default_factory=list)
    directory: Directory | None = None
    company: Company = field(default_factory=Company)
    pages: Ahead[int, dict[str, Any]] = field(default_factory=Ahead)
    slips: Ahead[payslip_sources.Range, bytes] = field(default_factory=Ahead)


def start(*, folder: Folder, month: date, files: Sequence[tuple[str, bytes]], by: str) -> PayslipBatch:
    """Keep the files and have them read. Raises Refused when none can be, `storage.Unavailable`.

    A file that cannot be read stands in the batch with its sentence, when another one can.
    """
    found = _opened(files)
    if not found:
        raise Refused(_("Il n’y a aucun PDF dans ce que vous avez déposé. Rien n’a été gardé."), "files")
    batch = PayslipBatch(id=uuid7(), folder_id=folder.id, month=month.replace(day=1), by=by)
    db.session.add(batch)
    db.session.flush()
    kept = [_kept(batch, place, name, data) for place, (name, data) in enumerate(found, start=1)]
    if not any(each.pages for each in kept):
        raise Refused(kept[0].reason, "files")
    batch.pages = sum(each.pages for each in kept)
    db.session.flush()
    facts = {"batch": str(batch.id), "month": batch.month.isoformat(), "pages": batch.pages}
    record("payslips.dropped", by=by, facts=facts)
    ring_for(batch)
    return batch


def read_again(*, batch: PayslipBatch, by: str) -> None:
    """From the first page, with the rules and employees as they are now; what staff decided is asked again.

    Raises Stale once something of it was filed.
    """
    lock(batch)
    if batch.state is not BatchState.READY or has_filed(batch):
        raise Stale(_("Des bulletins de ce lot sont déjà distribués : déposez le fichier de nouveau."))
    db.session.execute(delete(PayslipPage).where(PayslipPage.batch_id == batch.id))
    db.session.execute(delete(PayslipSlip).where(PayslipSlip.batch_id == batch.id))
    files = update(PayslipFile).where(PayslipFile.batch_id == batch.id)
    db.session.execute(files.values(read=0, matched=False))
    batch.state, batch.read, batch.split = BatchState.READING, 0, 0
    db.session.flush()
    ring_for(batch)


def drop(*, batch: PayslipBatch, by: str) -> None:
    """Give the batch up: nothing of it was filed, and its files go after a day. Raises Stale once it is published."""
    lock(batch)
    if batch.state is BatchState.DROPPED:
        return
    if batch.state in (BatchState.PUBLISHING, BatchState.PUBLISHED) or has_filed(batch):
        raise Stale(_("Des bulletins de ce lot sont déjà distribués : il reste dans la liste."))
    batch.state, batch.publish_at = BatchState.DROPPED, None
    db.session.execute(update(PayslipFile).where(PayslipFile.batch_id == batch.id).values(sha256=None))
    db.session.execute(update(PayslipSlip).where(PayslipSlip.batch_id == batch.id).values(sha256=None))
    db.session.flush()
    record("payslips.given_up", by=by, facts={"batch": str(batch.id), "pages": batch.pages})


def advance(*, batch_id: uuid.UUID, desk: Desk) -> bool:
    """One step of reading a batch; False when nothing is left to do here, or another worker is at it."""
    if not take(batch_id):
        return False
    batch = db.session.get(PayslipBatch, batch_id, populate_existing=True)
    if batch is None or batch.state is not BatchState.READING:
        return False
    if desk.directory is None:
        _furnish(desk, batch)
    unread = select(PayslipFile).where(PayslipFile.batch_id == batch.id, PayslipFile.read < PayslipFile.pages)
    file = db.session.scalars(unread.order_by(PayslipFile.position).limit(1)).first()
    if file is not None:
        _read_some(batch, file, desk)
    elif db.session.scalar(select(exists().where(PayslipFile.batch_id == batch.id, PayslipFile.matched.is_(False)))):
        sort_out(batch, _directory(desk))
    elif not cut_some(batch, desk.slips):
        batch.state = BatchState.READY
        db.session.flush()
        return False
    return True


def _opened(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    found = []
    for name, data in files:
        try:
            found += payslip_sources.opened(name, data)
        except FileRefused as refusal:
            raise Refused(refusal.sentence, "files") from refusal
    if len(found) > FILES_MAX:
        raise Refused(_("Il y a plus de %(most)s fichiers : déposez-les en plusieurs lots.", most=FILES_MAX), "files")
    return found


def _kept(batch: PayslipBatch, position: int, name: str, data: bytes) -> PayslipFile:
    file = PayslipFile(id=uuid7(), batch_id=batch.id, position=position, filename=name)
    try:
        inspection = payslip_sources.checked(name, data)
    except FileRefused as refusal:
        file.reason, file.matched = refusal.sentence, True
    else:
        filing.keep(data=data, inspection=inspection)
        file.sha256, file.pages = inspection.sha256, inspection.pages or 0
    db.session.add(file)
    db.session.flush()
    return file


def _furnish(desk: Desk, batch: PayslipBatch) -> None:
    folder = db.session.get_one(Folder, batch.folder_id)
    layouts = db.session.scalars(select(PayslipLayout).where(PayslipLayout.folder_id == folder.id))
    desk.rules = [rule_of(each) for each in layouts]
    desk.directory = directory_of(folder.family_id)
    sirets = db.session.scalars(select(Activity.siret).where(Activity.siret != ""))
    desk.company = Company(frozenset("".join(mark for mark in each if mark.isdigit()) for each in sirets))


def _directory(desk: Desk) -> Directory:
    assert desk.directory is not None
    return desk.directory


def _read_some(batch: PayslipBatch, file: PayslipFile, desk: Desk) -> None:
    before = select(func.coalesce(func.sum(PayslipFile.pages), 0))
    offset = db.session.scalar(before.where(PayslipFile.batch_id == batch.id, PayslipFile.position < file.position))
    rows: list[dict[str, Any]] = []
    slow = 0
    for number in range(file.read + 1, min(file.read + AT_ONCE, file.pages) + 1):
        page = desk.pages.at(file.id, number, partial(_pages, file, number, desk))
        rows.append(
            {
                "id": uuid7(),
                "batch_id": batch.id,
                "file_id": file.id,
                "position": int(offset or 0) + number,
                "number": number,
                "facts": seen_on(page, desk.rules, _directory(desk), desk.company).told(),
            }
        )
        slow += bool(page.get("recognised"))
        if slow == RECOGNISED_AT_ONCE:
            break
    db.session.execute(insert(PayslipPage), rows)
    file.read += len(rows)
    batch.read += len(rows)
    db.session.flush()


def _pages(file: PayslipFile, first: int, desk: Desk) -> Iterator[tuple[int, dict[str, Any]]]:
    stored = db.session.get_one(StoredObject, file.sha256)
    return payslip_sources.read_pages(
        sha256=stored.sha256, size=stored.size, first=first, last=file.pages, rules=desk.rules
    )
