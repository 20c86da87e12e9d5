"""Whose is it, and where does it go: from what an invoice says of its buyer, else from the file's name.

Never by guess: two parties that fit, or two clues that disagree, and the file goes to « À rattacher ».
"""

from dataclasses import dataclass

from sqlalchemy import Select, exists, select

from shared.documents import finding
from shared.documents.filing import Facts
from shared.documents.models import Folder
from shared.extensions import db
from shared.folding import fold
from shared.intake.facturx import Invoice
from shared.intake.naming import NameFacts
from shared.people.models import Party
from shared.words import N_

INVOICE = "invoice"
CLASSES = {"credit_note": INVOICE}  # the other kinds of a file name are classes of documents


@dataclass(frozen=True)
class Attribution:
    """Both `party` and `folder`, or the reason, one sentence, why the file is to be attached by hand."""

    party: Party | None = None
    folder: Folder | None = None
    reason: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether the file may be filed without a person looking at it."""
        return self.party is not None and self.folder is not None and not self.reason


def attribute(
    *, invoice: Invoice | None, named: NameFacts | None, folder: Folder | None, party: Party | None
) -> Attribution:
    """Say where a file goes. What staff chose by hand holds, unless the invoice itself names somebody else."""
    if party is None:
        found = _party_of(invoice, named, folder)
        if found.party is None:
            return found
        party = found.party
    if invoice is not None and _contradicts(party, invoice):
        return Attribution(party, folder, _at_odds(party, invoice))
    if folder is None:
        folder = _folder_of(party, invoice, named)
        if folder is None:
            return Attribution(party, None, N_("Le répertoire n’a pas été reconnu : choisissez-le."))
    if folder.family_id != party.family_id:
        return Attribution(party, None, f"« {party.name} » n’est pas de la famille de ce répertoire.")
    return Attribution(party, folder)


def facts_of(invoice: Invoice | None, named: NameFacts | None) -> Facts:
    """What the invoice says of itself, else what its name says."""
    if invoice is None:
        return _facts_of_name(named) if named is not None else Facts()
    credit = invoice.kind == "credit_note"
    return Facts(
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        amount=-abs(invoice.total) if credit else invoice.total,
        currency=invoice.currency,
        is_credit_note=credit,
        net=-abs(invoice.net) if credit and invoice.net is not None else invoice.net,
        is_electronic=True,
    )


def _facts_of_name(named: NameFacts) -> Facts:
    credit = named.kind == "credit_note"
    return Facts(title=named.label or "", number=named.number or "", issued_on=named.day, is_credit_note=credit)


def _party_of(invoice: Invoice | None, named: NameFacts | None, folder: Folder | None) -> Attribution:
    if invoice is not None:
        found = _by_numbers(invoice, folder)
        if found.party is not None or found.reason:
            return found
    if named is None or named.party is None:
        return Attribution(None, folder, _nobody(invoice))
    document_class = INVOICE if invoice is not None else class_of(named)
    query = _parties(folder, document_class).where(Party.code_folded == fold(named.party))
    rows = db.session.scalars(query.limit(2)).all()
    if not rows:
        return Attribution(None, folder, f"Le code « {named.party} » n’est celui d’aucun tiers.")
    if len(rows) > 1:
        return Attribution(None, folder, f"Le code « {named.party} » est celui de plusieurs tiers : choisissez.")
    return Attribution(rows[0], folder)


def class_of(named: NameFacts) -> str:
    """The class of documents that a file name announces."""
    return CLASSES.get(named.kind, named.kind)


def _by_numbers(invoice: Invoice, folder: Folder | None) -> Attribution:
    """The one party whose SIRET, else whose VAT number, is exactly the buyer's."""
    for column, value in ((Party.siret, invoice.buyer.siret), (Party.vat_number, invoice.buyer.vat)):
        if value is None:
            continue
        rows = db.session.scalars(_parties(folder, INVOICE).where(column == value).limit(2)).all()
        if len(rows) > 1:
            return Attribution(None, folder, f"Plusieurs tiers portent le numéro {value} : choisissez le bon.")
        if rows and _contradicts(rows[0], invoice):
            return Attribution(None, folder, _at_odds(rows[0], invoice))
        if rows:
            return Attribution(rows[0], folder)
    return Attribution()


def _parties(folder: Folder | None, document_class: str) -> Select[Party]:
    """Those of the folder's family; without a folder, those whose family files this class of documents."""
    query = select(Party).where(Party.closed_at.is_(None))
    if folder is not None:
        return query.where(Party.family_id == folder.family_id)
    return query.where(exists().where(Folder.family_id == Party.family_id, Folder.document_class == document_class))


def _contradicts(party: Party, invoice: Invoice) -> bool:
    """A number that both give, and that differs: another company, or another of its places."""
    pairs = ((party.siret, invoice.buyer.siret), (party.vat_number, invoice.buyer.vat))
    return any(ours and theirs and ours != theirs for ours, theirs in pairs)


def _folder_of(party: Party, invoice: Invoice | None, named: NameFacts | None) -> Folder | None:
    if invoice is None and named is None:
        return None
    document_class = INVOICE if invoice is not None or named is None else class_of(named)
    return finding.folder_of_class(family_id=party.family_id, document_class=document_class)


def _nobody(invoice: Invoice | None) -> str:
    if invoice is None:
        return N_("Rien dans ce fichier ni dans son nom ne dit à qui il est.")
    number = invoice.buyer.siret or invoice.buyer.vat
    named = f"« {invoice.buyer.name} »" if invoice.buyer.name else "son acheteur"
    if number is None:
        return f"Cette facture nomme {named} sans aucun numéro : choisissez le tiers."
    return f"Aucun tiers ne porte le numéro {number} ({named}) : créez-le, ou choisissez-le s’il existe."


def _at_odds(party: Party, invoice: Invoice) -> str:
    buyer = invoice.buyer
    return (
        f"La facture est au nom de « {buyer.name or '?'} » ({buyer.siret or buyer.vat}), "
        f"ce ne sont pas les numéros de « {party.name} » : vérifiez."
    )
