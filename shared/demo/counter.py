"""What the people around Atelier Lumen put on its counter: folders that take deposits, and what is expected of whom."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import exists, select

from shared.clock import at
from shared.demo.company import manager
from shared.demo.logins import MANAGER
from shared.deposits.models import DocumentRequest
from shared.deposits.requesting import Wanted, ask
from shared.documents import adding, configuring
from shared.documents.models import Document, Folder
from shared.extensions import db
from shared.people.models import Family, Grant, Party, Role
from shared.people.staffing import staff_named

# family, path, label, class, retention; all of them on the portal, open to deposits, and silent
FOLDERS = (
    ("customers", "CLIENTS\\Transmis\\", "Documents transmis", "other", "other"),
    ("employees", "SALARIES\\Justificatifs\\", "Justificatifs", "other", "employment"),
    ("employees", "SALARIES\\Arrêts de travail\\", "Arrêts de travail", "medical", "medical"),
)
EXPIRES = timedelta(days=45)  # the oldest attestation of the suppliers


def open_counter(last: date) -> None:
    """Folders, a grant for the sick notes, two requests. Told as of the last days; nobody is written to."""
    if db.session.scalar(select(exists(select(DocumentRequest.id)))):
        return
    by = manager()
    with at(datetime.combine(last - timedelta(days=2), time(9, 30), UTC)):
        folders = [_folder(*each, by=by) for each in FOLDERS]
        _allow(folders[-1])
        _ask("employees", "E001", "SALARIES\\Justificatifs\\", Wanted("RIB", due_on=last + timedelta(days=12)), by)
        urssaf = Wanted("Attestation de vigilance URSSAF", due_on=last + timedelta(days=20), months=6)
        _ask("suppliers", "F01", "FOURNISSEURS\\Attestation\\", urssaf, by)
    oldest = select(Document).where(Document.folder.has(shipped_key="s.certificates")).order_by(Document.filed_at)
    for document in db.session.scalars(oldest.limit(1)):
        document.valid_until = last + EXPIRES


def wake_employees() -> None:
    """The demo is tried at any hour: quiet hours are there to be set, not to hold its first message back."""
    family = db.session.scalars(select(Family).where(Family.key == "employees")).one()
    family.quiet_from, family.quiet_until, family.quiet_weekends = None, None, False


def _folder(family: str, path: str, label: str, document_class: str, retention_class: str, *, by: str) -> Folder:
    kind = db.session.scalars(select(Family).where(Family.key == family)).one()
    made = adding.add(
        family=kind, path=path, label=label, document_class=document_class, retention_class=retention_class, by=by
    )
    cells = [(made.id, name, "1") for name in ("on_portal", "deposit_allowed")]
    configuring.change(cells=cells, by=by, revisions={made.id: made.revision})
    return made


def _allow(folder: Folder) -> None:
    """Sick notes open to whoever does the payroll, and to nobody else."""
    staff = staff_named(MANAGER.email)
    role = db.session.scalars(select(Role).where(Role.key == MANAGER.role)).one()
    if staff is not None:
        staff.grants.append(Grant(role=role, folder_id=folder.id))
        db.session.flush()


def _ask(family: str, code: str, path: str, wanted: Wanted, by: str) -> None:
    party = db.session.scalars(select(Party).where(Party.code == code, Party.family.has(key=family))).one()
    folder = db.session.scalars(select(Folder).where(Folder.family_id == party.family_id, Folder.path == path)).one()
    ask(party=party, folder=folder, wanted=wanted, by=by)
