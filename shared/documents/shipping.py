r"""The folders that a fresh installation has, and an upgrade brings up to date where nobody changed them.

A folder that was edited since is left alone, one that was deleted does not come back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import exists, select

from shared.documents.cells import spell
from shared.documents.models import Folder, LinkTarget, Notify, SignatureSide
from shared.events.models import Event
from shared.extensions import db
from shared.folding import fold
from shared.people.models import EmailSlot, Family


@dataclass(frozen=True)
class Shipped:
    """One folder: `key` never changes, whatever becomes of the path. `version` grows when its settings do."""

    key: str
    path: str
    label: str
    document_class: str
    retention_class: str
    more: dict[str, Any] = field(default_factory=dict)
    version: int = 1
    signed_to: str = ""  # the key of the folder where signed ones go


RIGHT = {"signature_side": SignatureSide.RIGHT}
TO_SIGN = RIGHT | {"link_target": LinkTarget.DOCUMENT}
QUOTES = {"slot": EmailSlot.QUOTE, "link_target": LinkTarget.QUOTES}
STATEMENT = {"slot": EmailSlot.BILLING, "link_target": LinkTarget.STATEMENT}
# Not even an administrator opens a payslip without a grant that names the folder.
PAYSLIPS = {"link_target": LinkTarget.PAYSLIPS, "needs_grant": True}
DEPOSIT = {"deposit_allowed": True, "notify": Notify.NONE}  # the party puts them there: it need not be told

USUAL: dict[str, Any] = {
    "on_portal": True,
    "signature_side": None,
    "notify": Notify.IMMEDIATE,
    "slot": EmailSlot.CARD,
    "link_target": LinkTarget.HOME,
    "deposit_allowed": False,
    "needs_grant": False,
}

FOLDERS: dict[str, tuple[Shipped, ...]] = {
    "customers": (
        Shipped(
            *("c.to_sign", "CLIENTS\\A signer\\Contrat\\", "Contrats à signer", "contract", "contract", TO_SIGN),
            version=2,
            signed_to="c.contracts",
        ),
        Shipped(
            "c.quotes_to_sign",
            "CLIENTS\\A signer\\Devis\\",
            "Devis à signer",
            "quote",
            "quote",
            RIGHT | QUOTES,
            version=2,
            signed_to="c.quotes",
        ),
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
            TO_SIGN,
            version=2,
            signed_to="e.contracts",
        ),
        Shipped("e.amendments", "SALARIES\\Avenant\\", "Avenants", "contract", "employment", RIGHT),
        Shipped("e.payslips", "SALARIES\\Bulletins\\", "Bulletins", "payslip", "payslip", PAYSLIPS),
        Shipped("e.contracts", "SALARIES\\Contrat\\", "Contrats", "contract", "employment"),
        Shipped("e.timesheets", "SALARIES\\Pointages\\", "Pointages", "timesheet", "timesheet"),
    ),
    "suppliers": (
        Shipped("s.orders", "FOURNISSEURS\\Commande\\", "Commandes", "order", "order"),
        Shipped(
            "s.certificates",
            "FOURNISSEURS\\Attestation\\",
            "Attestations",
            "certificate",
            "certificate",
            DEPOSIT,
            version=2,
        ),
        Shipped(
            "s.remittances", "FOURNISSEURS\\Avis de paiement\\", "Avis de paiement", "remittance", "order", version=2
        ),
        Shipped("s.invoices", "FOURNISSEURS\\Facture\\", "Factures", "supplier_invoice", "invoice", DEPOSIT, version=2),
    ),
}


def ship_folders() -> int:
    """Create the shipped folders that are missing, bring untouched ones up to date; returns how many were made.

    Twice in a row creates none.
    """
    standing = {
        row.shipped_key: row for row in db.session.scalars(select(Folder).where(Folder.shipped_key.is_not(None)))
    }
    gone = _deleted()
    families = {family.key: family for family in db.session.scalars(select(Family).where(Family.key.in_(FOLDERS)))}
    made = 0
    renewed: list[Shipped] = []
    for key, family in families.items():
        for position, shipped in enumerate(FOLDERS[key]):
            row = standing.get(shipped.key)
            if row is not None:
                renewed += [shipped] if _bring_up_to_date(row, shipped) else []
            elif shipped.key not in gone and not _is_taken(family, shipped.path):
                row = standing[shipped.key] = _folder(family, shipped, position)
                db.session.add(row)
                renewed.append(shipped)
                made += 1
    db.session.flush()
    _say_where_signed_go(renewed, standing)
    return made


def _say_where_signed_go(renewed: list[Shipped], standing: Mapping[str | None, Folder]) -> None:
    """Once every folder has its id; one whose target was deleted keeps its signed documents."""
    for shipped in renewed:
        target = standing.get(shipped.signed_to)
        if target is not None:
            standing[shipped.key].signed_folder_id = target.id
    db.session.flush()


def _bring_up_to_date(row: Folder, shipped: Shipped) -> bool:
    """The new settings, unless somebody chose others: one that an earlier release made tells it by its revision."""
    if row.shipped_version >= shipped.version and row.shipped_hash is not None:
        return False
    values = _values(shipped)
    now_stands = _mark({name: getattr(row, name) for name in values})
    untouched = row.shipped_hash == now_stands if row.shipped_hash is not None else row.revision == 1
    if not untouched or (row.path != shipped.path and _is_taken(row.family, shipped.path)):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    row.path_folded, row.shipped_hash, row.shipped_version = fold(row.path), _mark(values), shipped.version
    return True


def _deleted() -> set[str | None]:
    """Those that staff deleted do not come back with an upgrade: the journal is their tombstone."""
    key = Event.facts["shipped_key"].astext
    return set(db.session.scalars(select(key).where(Event.name == "folder.deleted", key.is_not(None))))


def _is_taken(family: Family, path: str) -> bool:
    """Whether staff made a folder of their own there before the release did."""
    return bool(
        db.session.scalar(select(exists().where(Folder.family_id == family.id, Folder.path_folded == fold(path))))
    )


def _folder(family: Family, shipped: Shipped, position: int) -> Folder:
    values = _values(shipped)
    return Folder(
        family=family,
        shipped_key=shipped.key,
        path_folded=fold(shipped.path),
        position=position,
        shipped_version=shipped.version,
        shipped_hash=_mark(values),
        **values,
    )


def _values(shipped: Shipped) -> dict[str, Any]:
    own = {
        "path": shipped.path,
        "label": shipped.label,
        "document_class": shipped.document_class,
        "retention_class": shipped.retention_class,
    }
    return USUAL | own | shipped.more


def _mark(values: Mapping[str, Any]) -> str:
    """Tells settings that somebody changed from those that were shipped."""
    written = "\n".join(f"{name}={spell(values[name])}" for name in sorted(values))
    return sha256(written.encode()).hexdigest()
