r"""The folders that a fresh installation has. Shipped once: a folder that was changed since is left alone."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from shared.documents.models import Folder, LinkTarget, Notify, SignatureSide
from shared.events.models import Event
from shared.extensions import db
from shared.folding import fold
from shared.people.models import EmailSlot, Family


@dataclass(frozen=True)
class Shipped:
    """One folder: `key` never changes, whatever becomes of the path."""

    key: str
    path: str
    label: str
    document_class: str
    retention_class: str
    more: dict[str, Any] = field(default_factory=dict)


RIGHT = {"signature_side": SignatureSide.RIGHT}
QUOTES = {"slot": EmailSlot.QUOTE, "link_target": LinkTarget.QUOTES}
DIRECT = {"link_target": LinkTarget.DOCUMENT}
STATEMENT = {"slot": EmailSlot.BILLING, "link_target": LinkTarget.STATEMENT}
# Not even an administrator opens a payslip without a grant that names the folder.
PAYSLIPS = {"link_target": LinkTarget.PAYSLIPS, "needs_grant": True}

FOLDERS: dict[str, tuple[Shipped, ...]] = {
    "customers": (
        Shipped(
            "c.to_sign", "CLIENTS\\A signer\\Contrat\\", "Contrats à signer", "contract", "contract", RIGHT | DIRECT
        ),
        Shipped("c.quotes_to_sign", "CLIENTS\\A signer\\Devis\\", "Devis à signer", "quote", "quote", RIGHT | QUOTES),
        Shipped("c.contracts", "CLIENTS\\Contrat\\", "Contrats", "contract", "contract"),
        Shipped("c.quotes", "CLIENTS\\Devis\\", "Devis", "quote", "quote", QUOTES),
        Shipped("c.invoices", "CLIENTS\\Facture\\", "Facture", "invoice", "invoice", STATEMENT),
    ),
    "employees": (
        Shipped(
            "e.to_sign",
            "SALARIES\\A signer\\Contrat\\",
            "Contrats et avenants à signer",
            "contract",
            "employment",
            RIGHT | DIRECT,
        ),
        Shipped("e.amendments", "SALARIES\\Avenant\\", "Avenants", "contract", "employment", RIGHT),
        Shipped("e.payslips", "SALARIES\\Bulletins\\", "Bulletins", "payslip", "payslip", PAYSLIPS),
        Shipped("e.contracts", "SALARIES\\Contrat\\", "Contrats", "contract", "employment"),
        Shipped("e.timesheets", "SALARIES\\Pointages\\", "Pointages", "timesheet", "timesheet"),
    ),
    "suppliers": (
        Shipped("s.orders", "FOURNISSEURS\\Commande\\", "Commandes", "order", "order"),
        Shipped("s.certificates", "FOURNISSEURS\\Attestation\\", "Attestations", "certificate", "certificate"),
    ),
}


def ship_folders() -> int:
    """Create the shipped folders that are not there yet; returns how many. Twice in a row creates none."""
    known = set(db.session.scalars(select(Folder.shipped_key).where(Folder.shipped_key.is_not(None))))
    known |= _deleted()
    families = {family.key: family for family in db.session.scalars(select(Family).where(Family.key.in_(FOLDERS)))}
    made = 0
    for key, family in families.items():
        for position, shipped in enumerate(FOLDERS[key]):
            if shipped.key not in known:
                db.session.add(_folder(family, shipped, position))
                made += 1
    db.session.flush()
    return made


def _deleted() -> set[str | None]:
    """Those that staff deleted do not come back with an upgrade: the journal is their tombstone."""
    key = Event.facts["shipped_key"].astext
    return set(db.session.scalars(select(key).where(Event.name == "folder.deleted", key.is_not(None))))


def _folder(family: Family, shipped: Shipped, position: int) -> Folder:
    return Folder(
        family=family,
        shipped_key=shipped.key,
        path=shipped.path,
        path_folded=fold(shipped.path),
        label=shipped.label,
        on_portal=True,
        notify=Notify.IMMEDIATE,
        document_class=shipped.document_class,
        retention_class=shipped.retention_class,
        position=position,
        **shipped.more,
    )
