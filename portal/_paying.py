"""How an invoice is paid by transfer: the verified account, and the square code that a banking application reads."""

from dataclasses import dataclass
from decimal import Decimal

from shared.access.models import Act, Seat
from shared.records import banking
from shared.records.models import Record
from shared.records.sharing import OWING
from shared.sheets import epc


@dataclass(frozen=True)
class Payment:
    """What the page shows; `qr` is an address that holds its image."""

    holder: str
    iban: str
    bic: str
    amount: Decimal
    reference: str
    qr: str


def payment_of(record: Record | None, seat: Seat) -> Payment | None:
    """None where nothing is to be paid by transfer, or not by this person, and while no account has been verified."""
    if Act.PAY not in seat.acts or record is None:
        return None
    if record.kind != "invoice" or record.status not in OWING or record.is_credit_note:
        return None
    due, reference = record.balance, record.number or record.title
    if not epc.LEAST <= due <= epc.MOST or record.currency != "EUR" or record.disputed_at is not None:
        return None
    account = banking.current()
    if account is None:
        return None
    text = epc.payload(holder=account.holder, iban=account.iban, bic=account.bic, amount=due, reference=reference)
    return Payment(account.holder, banking.spaced(account.iban), account.bic, due, reference, epc.image_address(text))
