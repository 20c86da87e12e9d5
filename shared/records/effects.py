"""What a move does besides the status: one function for each move that does something, by kind or for all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from shared.clock import now, today
from shared.errors import Refused
from shared.records import closing, sharing
from shared.records.answerable import is_undoable
from shared.records.declaring import DRAFT, Kind, Move
from shared.records.models import Record


@dataclass(frozen=True)
class Effect:
    """Facts for the event, and the moves of other records that follow it."""

    facts: dict[str, Any] = field(default_factory=dict)
    follow: Sequence[tuple[Record, str]] = ()


Act = Callable[..., Effect]


def effect_of(kind: Kind, move: Move) -> Act:
    """What to do before the status changes: `(record, by=, reason=, day=, amount=)`; it raises Refused."""
    return EFFECTS.get((kind.key, move.key)) or EFFECTS.get(("", move.key)) or _leave_draft


def _leave_draft(record: Record, **_given: object) -> Effect:
    """An invoice that leaves its draft bears a number and an amount (CGI, annexe II, 242 nonies A)."""
    if record.kind == "invoice" and record.status == DRAFT:
        if not record.number:
            raise Refused(_("Donnez son numéro à cette facture avant de la valider."), "number")
        if record.amount is None:
            raise Refused(_("Donnez son montant à cette facture avant de la valider."), "amount")
    return Effect({"amount": record.amount} if record.amount is not None else {})


def _accept(record: Record, *, day: date | None, **_given: object) -> Effect:
    accepted = day or today()
    if accepted > today():
        raise Refused(_("Cette date n’est pas encore venue."), "accepted_on")
    if record.issued_on and accepted < record.issued_on:
        raise Refused(_("Ce jour est avant celui du devis."), "accepted_on")
    record.accepted_on, record.refusal_reason = accepted, ""
    return Effect({"accepted_on": accepted, "amount": record.amount})


def _refuse(record: Record, *, reason: str, **_given: object) -> Effect:
    if len(reason) > 2000:
        raise Refused(_("Pas plus de %(count)s caractères ici.", count=2000), "reason")
    record.refusal_reason = reason
    return Effect()


def _reopen(record: Record, **_given: object) -> Effect:
    if not is_undoable(record):
        raise Refused(_("La réponse du tiers date de plus d’une heure : elle ne s’annule plus."), "move")
    facts = {"accepted_on": record.accepted_on, "refusal": record.refusal_reason}
    record.accepted_on, record.refusal_reason = None, ""
    return Effect(facts)


def _deposit(record: Record, *, amount: Decimal | None, **_given: object) -> Effect:
    if amount is None or amount <= 0:
        raise Refused(_("Donnez le montant de l’acompte, au-dessus de zéro."), "amount")
    if record.amount is not None and record.deposit + amount > record.amount:
        raise Refused(_("L’acompte dépasserait le montant de la commande."), "amount")
    record.deposit += amount
    return Effect({"amount": amount, "deposit": record.deposit})


def _dispute(record: Record, **_given: object) -> Effect:
    record.disputed_at = now()
    return Effect({"balance": record.balance})


def _end_dispute(record: Record, **_given: object) -> Effect:
    record.disputed_at = None
    return Effect({"balance": record.balance})


def _settle(record: Record, **_given: object) -> Effect:
    sharing.declare_paid(record)
    record.disputed_at = None
    return Effect({"amount": record.amount, "balance": record.balance})


def _unsettle(record: Record, **_given: object) -> Effect:
    if record.balance == 0:  # else its amount or a payment has changed, and the rest of what was paid stands
        sharing.count_again(record)
    return Effect({"balance": record.balance})


def _close(record: Record, *, by: str, **_given: object) -> Effect:
    document = closing.deposited(record, by=by)
    entries = closing.entries(record)
    facts = {"entries": entries, "document": str(document.id) if document else None, "amount": record.amount}
    return Effect(facts)


def _cancel(record: Record, **_given: object) -> Effect:
    if record.kind == "invoice":
        sharing.refuse_shared(record)
    follow = sharing.give_back(record) if record.kind == "payment" else []
    return Effect({"amount": record.amount}, follow)


def _confirm_payment(record: Record, **_given: object) -> Effect:
    shares, settled = sharing.share_out(record)
    facts = {"amount": record.amount, "balance": sharing.owed(record.party_id, record.currency), "invoices": shares}
    return Effect(facts, [(invoice, "settle") for invoice in settled])


EFFECTS: dict[tuple[str, str], Act] = {
    ("", "accept"): _accept,
    ("", "refuse"): _refuse,
    ("quote", "reopen"): _reopen,
    ("", "deposit"): _deposit,
    ("", "dispute"): _dispute,
    ("", "end_dispute"): _end_dispute,
    ("invoice", "settle"): _settle,
    ("invoice", "unsettle"): _unsettle,
    ("invoice", "close"): _close,
    ("", "cancel"): _cancel,
    ("payment", "confirm"): _confirm_payment,
}
