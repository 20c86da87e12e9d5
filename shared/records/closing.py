"""A closed invoice: its paper is filed, and its entries are written, once, on the accounts of the plan comptable."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import today
from shared.documents.models import Document
from shared.errors import Refused
from shared.extensions import db
from shared.records.lines import CENT, totals
from shared.records.models import Record
from shared.records.money_models import AccountingEntry
from shared.records.noting import plain
from shared.records.printing import paper_of

JOURNAL = "VE"  # ventes
# Plan comptable général, règlement ANC 2014-03: clients, prestations de services, TVA collectée.
CUSTOMERS, SALES, TAX = "411000", "706000", "445710"
NOTHING = Decimal(0)


def deposited(record: Record, *, by: str) -> Document | None:
    """The paper of the record, made and filed when nobody gave one; None when its family files no such class."""
    return paper_of(record=record, by=by)


def entries(record: Record) -> list[dict[str, Any]]:
    """Write the entries of an invoice, balanced, and return them as JSON; those that stand when they were written.

    Raises Refused (`net_amount`) when nothing says what of the amount is tax.
    """
    standing = entries_of(record)
    if not standing:
        standing = _written(record)
    return [_told(entry) for entry in standing]


def entries_of(record: Record) -> Sequence[AccountingEntry]:
    """The entries of one record, in their order."""
    query = select(AccountingEntry).where(AccountingEntry.record_id == record.id)
    return db.session.scalars(query.order_by(AccountingEntry.line)).all()


def _written(record: Record) -> list[AccountingEntry]:
    amount = record.amount or NOTHING
    sides = [
        (CUSTOMERS, record.party.code, amount),
        *((account, "", -value) for account, value in _parts(record, amount)),
    ]
    label = "Avoir" if record.is_credit_note else "Facture"  # in French, whoever closes it: code de commerce, L123-22
    made = [
        AccountingEntry(
            record_id=record.id,
            line=line,
            day=record.issued_on or today(),
            journal=JOURNAL,
            account=account,
            party_account=party,
            label=f"{label} {record.number} {record.party.name}"[:200],
            debit=max(value, NOTHING),
            credit=max(-value, NOTHING),
        )
        for line, (account, party, value) in enumerate((side for side in sides if side[2]), start=1)
    ]
    db.session.add_all(made)
    db.session.flush()
    return made


def _parts(record: Record, amount: Decimal) -> list[tuple[str, Decimal]]:
    """Sales, then the tax of each rate; together they are the amount to the cent."""
    taxes = _taxes(record, amount)
    net = amount - sum(taxes, NOTHING)
    return [(SALES, net), *((TAX, tax) for tax in taxes)]


def _taxes(record: Record, amount: Decimal) -> list[Decimal]:
    lines = [{"quantity": line.quantity, "price": line.price, "rate": line.rate} for line in record.lines]
    if lines and totals(lines)[1] == abs(amount):
        nets: dict[Decimal, Decimal] = {}
        for line in lines:
            net = (line["quantity"] * line["price"]).quantize(CENT, ROUND_HALF_UP)
            nets[line["rate"]] = nets.get(line["rate"], NOTHING) + net
        sign = -1 if amount < 0 else 1
        return [sign * (net * rate / 100).quantize(CENT, ROUND_HALF_UP) for rate, net in sorted(nets.items()) if rate]
    if record.net_amount is None:
        raise Refused(_("Donnez le montant hors taxes : les écritures en ont besoin."), "net_amount")
    return [amount - record.net_amount]


def _told(entry: AccountingEntry) -> dict[str, Any]:
    names = ("line", "day", "journal", "account", "party_account", "label", "debit", "credit")
    return {name: plain(getattr(entry, name)) for name in names}
