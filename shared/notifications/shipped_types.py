"""The shipped headings of « Paramétrage notification(s) »: what a rule of the product tells of stands under one."""

from sqlalchemy import select

from shared.events.catalogue import CATALOGUE
from shared.extensions import db
from shared.notifications.rule_models import RuleType

# Key, label, and how the events begin that stand under it; the first that fits.
TYPES = (
    ("intervention", "Dossier d’intervention", ("intervention.",)),
    ("order", "Bon de commande", ("order.",)),
    ("quote", "Devis", ("quote.", "opportunity.")),
    ("invoice", "Facture", ("invoice.",)),
    ("expense_report", "Note de frais", ("expense_report.",)),
    ("exchange", "Échange interne", ("exchange_agreement.", "exchange_voucher.", "internal_payment.")),
    ("payment", "Paiement", ("payment.", "bank_account.")),
    ("signatures", "Signatures", ("signature.", "document.signed", "circuit.")),
    ("documents", "Documents", ("document.", "payslip.", "notice.", "notification.resent", "remark.")),
    ("accesses", "Accès et comptes", ("access.", "account.", "staff.", "closing.")),
)


def ship_types(told: frozenset[str]) -> None:
    """Make the headings that this release ships; one that is there, renamed, filled anew or deleted, is left as it is.

    `told` are the events of the shipped rules; every event of a record stands under its heading too.
    """
    standing = set(db.session.scalars(select(RuleType.key)))
    for position, (key, label, _begins) in enumerate(TYPES):
        if key not in standing:
            events = [event for event in _events(told) if heading_of(event) == key]
            db.session.add(RuleType(key=key, label=label, events=events, is_shipped=True, position=position))


def heading_of(event: str) -> str:
    """The key of the shipped heading under which an event stands; empty for none."""
    return next((key for key, _label, begins in TYPES if event.startswith(begins)), "")


def _events(told: frozenset[str]) -> list[str]:
    about_records = {key for key, _label, _begins in TYPES[:7]}
    return [name for name in CATALOGUE if name in told or heading_of(name) in about_records]
