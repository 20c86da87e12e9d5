"""What a payment takes off invoices: by hand, off the invoice it names, else off those that are due first."""

import uuid
from collections.abc import Mapping
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import exists, func, select

from shared.clock import day_of
from shared.errors import Refused
from shared.extensions import db
from shared.records.models import Record
from shared.records.money_models import PaymentShare

OWING = ("validated", "confirmed", "closed")  # statuses of an invoice that may wait for money, closed or not
NOTHING = Decimal(0)


def put_shares(*, payment: Record, shares: Mapping[uuid.UUID, Decimal]) -> None:
    """Say what a payment that is not confirmed yet will take off which invoices. Raises Refused (`invoices`)."""
    invoices = _held(list(shares))
    if len(invoices) != len(shares) or any(invoice.party_id != payment.party_id for invoice in invoices.values()):
        raise Refused(_("Une de ces factures n’est pas à ce tiers."), "invoices")
    if any(invoice.currency != payment.currency for invoice in invoices.values()):
        raise Refused(_("Une de ces factures n’est pas dans la monnaie du paiement."), "invoices")
    if sum(shares.values(), NOTHING) > (payment.amount or NOTHING):
        raise Refused(_("Les factures choisies dépassent le montant du paiement."), "invoices")
    for ident, amount in shares.items():
        _refuse_excess(invoices[ident], amount)
        db.session.add(PaymentShare(payment_id=payment.id, invoice_id=ident, amount=amount))
    db.session.flush()


def share_out(payment: Record) -> tuple[list[dict[str, str]], list[Record]]:
    """Take a payment off its invoices, held meanwhile: what each received, and those that owe nothing any more.

    What is left over stays on the payment (`amount` less `paid`), and counts on the statement. The payment of an
    invoice that was declared paid before takes nothing more off it. Raises Refused.
    """
    if payment.amount is None or payment.amount == 0:
        raise Refused(_("Donnez le montant du paiement."), "amount")
    shares = _shares(payment.id)
    invoices = _held(list(shares)) if shares else _waiting(payment)
    if not shares:
        shares = _spread(payment, invoices)
    told, settled = [], []
    for ident, amount in shares.items():
        invoice = invoices[ident]
        _refuse_excess(invoice, amount)
        invoice.paid += amount
        payment.paid += amount
        told.append({"record": str(ident), "number": invoice.number, "amount": str(amount)})
        if invoice.balance == 0:
            settled.append(invoice)
    if not shares and payment.parent_id is not None:
        told = _explained(payment, payment.parent_id)
    db.session.flush()
    return told, settled


def stand(record: Record) -> None:
    """What history says that was brought in: an invoice was paid, or a payment paid some, and nobody is told."""
    if (record.kind, record.status) == ("invoice", "paid"):
        declare_paid(record)
    elif (record.kind, record.status) == ("payment", "confirmed"):
        _share_quietly(record)


def _share_quietly(payment: Record) -> None:
    _told, settled = share_out(payment)
    for invoice in settled:
        if invoice.status != "closed":
            invoice.status, invoice.is_open = "paid", False
    db.session.flush()


def give_back(payment: Record) -> list[tuple[Record, str]]:
    """Undo what a confirmed payment took off; the invoices that owe again, with the move that says so.

    Its shares stay, for the statement of a time before: whoever counts them asks whether the payment stands.
    """
    if payment.status != "confirmed":
        return []
    shares = _shares(payment.id)
    invoices = _held(list(shares))
    follow = []
    for ident, amount in shares.items():
        if invoices[ident].status == "closed":
            raise Refused(_("Une des factures payées est clôturée : ce paiement ne s’annule plus."), "move")
        invoices[ident].paid -= amount
        follow.append((invoices[ident], "unsettle"))
    payment.paid = NOTHING
    db.session.flush()
    return follow


def declare_paid(invoice: Record) -> None:
    """Whatever payments are known, nothing is owed any more."""
    invoice.paid = invoice.amount or NOTHING


def count_again(invoice: Record) -> None:
    """What payments really took off this invoice."""
    invoice.paid = _counted(invoice)


def refuse_shared(invoice: Record) -> None:
    """Raises Refused for an invoice that a payment took something off."""
    shared = exists().where(PaymentShare.invoice_id == invoice.id, PaymentShare.amount != 0)
    if db.session.scalar(select(shared.where(Record.id == PaymentShare.payment_id, Record.status != "cancelled"))):
        raise Refused(_("Un paiement porte sur cette facture : annulez-le d’abord."), "move")


def owed(party_id: uuid.UUID, currency: str = "EUR") -> Decimal:
    """What a party owes now in one currency: invoices and credit notes, less what its payments have left over."""
    rest = func.coalesce(func.sum(Record.amount - Record.paid), 0)
    of_party = select(rest).where(Record.party_id == party_id, Record.currency == currency)
    invoices = of_party.where(Record.kind == "invoice", Record.status.in_(OWING))
    payments = of_party.where(Record.kind == "payment", Record.status == "confirmed")
    row = db.session.execute(select(invoices.scalar_subquery(), payments.scalar_subquery())).one()
    return (row[0] or NOTHING) - (row[1] or NOTHING)


def _refuse_excess(invoice: Record, amount: Decimal) -> None:
    within = 0 < amount <= invoice.balance if invoice.balance > 0 else invoice.balance <= amount < 0
    if invoice.kind != "invoice" or invoice.status not in OWING or not within:
        sentence = _("La facture « %(number)s » n’attend plus ce montant.", number=invoice.number)
        raise Refused(sentence, "invoices")


def _shares(payment_id: uuid.UUID) -> dict[uuid.UUID, Decimal]:
    query = select(PaymentShare.invoice_id, PaymentShare.amount).where(PaymentShare.payment_id == payment_id)
    return dict(db.session.execute(query).all())


def _held(ids: list[uuid.UUID]) -> dict[uuid.UUID, Record]:
    """In the order of their ids, so that two payments at once wait for each other and never for ever."""
    query = select(Record).where(Record.id.in_(ids)).order_by(Record.id).with_for_update(of=Record)
    return {row.id: row for row in db.session.scalars(query.execution_options(populate_existing=True))}


def _waiting(payment: Record) -> dict[uuid.UUID, Record]:
    if payment.amount is None or payment.amount < 0:
        return {}
    query = select(Record.id).where(Record.party_id == payment.party_id, Record.kind == "invoice")
    query = query.where(Record.status.in_(OWING), Record.amount > Record.paid, Record.currency == payment.currency)
    if payment.parent_id is not None:
        query = query.where(Record.id == payment.parent_id)
    held = _held(list(db.session.scalars(query)))
    due = sorted(held.values(), key=lambda row: (row.due_on is None, row.due_on or day_of(row.created_at), row.id))
    return {row.id: row for row in due if row.balance > 0 and row.status in OWING}


def _spread(payment: Record, invoices: dict[uuid.UUID, Record]) -> dict[uuid.UUID, Decimal]:
    rest, shares = payment.amount or NOTHING, {}
    for ident, invoice in invoices.items():
        part = min(rest, invoice.balance)
        if part > 0:
            shares[ident] = part
            rest -= part
            db.session.add(PaymentShare(payment_id=payment.id, invoice_id=ident, amount=part))
    return shares


def _explained(payment: Record, invoice_id: uuid.UUID) -> list[dict[str, str]]:
    """What of an invoice that was declared paid this payment turns out to have paid."""
    invoice = _held([invoice_id])[invoice_id]
    if invoice.kind != "invoice" or invoice.currency != payment.currency:
        return []
    part = min(payment.amount or NOTHING, invoice.paid - _counted(invoice))
    if part <= 0:
        return []
    db.session.add(PaymentShare(payment_id=payment.id, invoice_id=invoice.id, amount=part))
    payment.paid += part
    return [{"record": str(invoice.id), "number": invoice.number, "amount": str(part)}]


def _counted(invoice: Record) -> Decimal:
    query = select(func.coalesce(func.sum(PaymentShare.amount), 0)).join(Record, Record.id == PaymentShare.payment_id)
    confirmed = (PaymentShare.invoice_id == invoice.id, Record.status == "confirmed")
    return db.session.scalar(query.where(*confirmed)) or NOTHING
