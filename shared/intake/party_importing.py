"""An import of parties from its file to its end: asked on a page, carried out by a job, one transaction a step."""

import logging
import uuid

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from shared.documents import filing
from shared.documents.storage import Unavailable
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.intake.imported_files import checked
from shared.intake.models import ImportState, PartyImport, PartyImportRow, RowVerdict
from shared.intake.party_applying import apply_import
from shared.intake.party_columns import checked_columns
from shared.intake.party_previewing import preview
from shared.intake.party_undoing import may_undo, undo_import
from shared.intake.telling_progress import tell_progress
from shared.people.models import Family
from shared.queues import ring
from shared.transactions import after_commit, transaction

log = logging.getLogger(__name__)

OPEN = (ImportState.READY, ImportState.REFUSED)
BUSY = (ImportState.READING, ImportState.APPLYING, ImportState.UNDOING)


def start_import(*, family: Family, data: bytes, filename: str, empties_clear: bool, by: str) -> PartyImport:
    """Keep the file and have it previewed. Raises Refused for a file of no use, `storage.Unavailable`."""
    name, inspection = checked(data=data, filename=filename)
    filing.keep(data=data, inspection=inspection)
    _drop_former(family, by)
    found = PartyImport(
        family_id=family.id, by=by, filename=name, sha256=inspection.sha256, empties_clear=empties_clear
    )
    db.session.add(found)
    db.session.flush()
    _ring(found)
    return found


def preview_again(*, found: PartyImport, columns: list[str], empties_clear: bool, family: Family) -> None:
    """Other columns, or the same on parties that moved: nothing is written meanwhile. Raises Stale."""
    _expect(found, ImportState.READY, ImportState.REFUSED)
    found.columns = checked_columns(columns, found.heads, family) if columns else found.columns
    found.empties_clear, found.state, found.reason, found.done = empties_clear, ImportState.READING, "", 0
    db.session.flush()
    _ring(found)


def ask_apply(*, found: PartyImport, by: str) -> None:
    """Write what was previewed, by a job. Raises Refused while a cell is wrong, Stale when it was done already."""
    if found.state in (ImportState.APPLYING, ImportState.APPLIED):
        return  # sent twice: the first one is under way
    _expect(found, ImportState.READY)
    if found.counts.get(RowVerdict.WRONG):
        raise Refused(_("Des cases sont à corriger : rien n’est importé tant qu’il en reste une."))
    if not (found.counts.get(RowVerdict.NEW) or found.counts.get(RowVerdict.CHANGED)):
        raise Refused(_("Ce fichier ne change rien : il n’y a rien à importer."))
    found.state, found.applied_by, found.done = ImportState.APPLYING, by, 0
    db.session.flush()
    _ring(found)


def ask_undo(*, found: PartyImport, by: str) -> None:
    """Take an import back within ten minutes. Raises Refused after."""
    _lock(found)
    if found.state in (ImportState.UNDOING, ImportState.UNDONE):
        return
    if not may_undo(found):
        raise Refused(_("Les dix minutes sont passées : corrigez les fiches, ou importez l’ancien fichier."))
    found.state, found.undone_by, found.done = ImportState.UNDOING, by, 0
    db.session.flush()
    _ring(found)


def advance_import(*, import_id: uuid.UUID) -> None:
    """Do what this import waits for, all of it or nothing; what stands in the way is written on it."""
    try:
        with transaction():
            _advance(import_id)
    except Unavailable:
        return  # the storage is away: the tick will ask again
    except (Refused, IntegrityError) as error:
        log.info("The import %s was not carried out: %s", import_id, type(error).__name__)
        sentence = error.sentence if isinstance(error, Refused) else _("Des fiches ont changé : refaites l’aperçu.")
        with transaction():
            stuck = update(PartyImport).where(PartyImport.id == import_id, PartyImport.state.in_(BUSY))
            db.session.execute(stuck.values(state=ImportState.REFUSED, reason=sentence))


def imports_wait() -> list[uuid.UUID]:
    """Those whose bell was not heard, or whose worker died."""
    return list(db.session.scalars(select(PartyImport.id).where(PartyImport.state.in_(BUSY)).limit(20)))


def _advance(import_id: uuid.UUID) -> None:
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(f"import:{import_id}", 0)))):
        return  # another worker is at it
    found = db.session.get(PartyImport, import_id, populate_existing=True)
    if found is None or found.state not in BUSY:
        return
    family = db.session.get_one(Family, found.family_id)
    if found.state is ImportState.READING:
        preview(found, family)
    elif found.state is ImportState.APPLYING:
        apply_import(found, family, lambda done: _tell(import_id, done))
    else:
        undo_import(found, lambda done: _tell(import_id, done))
    db.session.flush()


def _tell(import_id: uuid.UUID, done: int) -> None:
    tell_progress("party_import", "done", import_id, done)


def _drop_former(family: Family, by: str) -> None:
    """A new file takes the place of the previews that this person left without applying them."""
    left = (PartyImport.family_id == family.id, PartyImport.by == by, PartyImport.state.in_(OPEN))
    ids = list(db.session.scalars(select(PartyImport.id).where(*left).with_for_update()))
    db.session.execute(delete(PartyImportRow).where(PartyImportRow.import_id.in_(ids)))
    db.session.execute(update(PartyImport).where(PartyImport.id.in_(ids)).values(state=ImportState.DROPPED))


def _lock(found: PartyImport) -> None:
    db.session.refresh(found, with_for_update=True)


def _expect(found: PartyImport, *states: ImportState) -> None:
    _lock(found)
    if found.state not in states:
        raise Stale(_("Cet import a déjà avancé : rechargez la page."))


def _ring(found: PartyImport) -> None:
    identity = str(found.id)
    after_commit(lambda: ring("slow", "work_on_import", identity))
