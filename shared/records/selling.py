"""An invoice, a credit note or a quote as the facts of its sheet."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from flask_babel import gettext as _

from shared.clock import today
from shared.errors import Refused
from shared.people.models import Party
from shared.records import banking
from shared.records.models import Record
from shared.settings.reading import company
from shared.sheets.amounts import cents
from shared.sheets.facts import Addressee, Company, Line, Sale

RATES = (Decimal("20"), Decimal("10"), Decimal("5.5"), Decimal("2.1"), Decimal("0"))  # CGI, 278 to 281 quater
TERM = timedelta(days=30)  # Code de commerce, L441-10


def is_sale(record: Record) -> bool:
    """Whether its sheet is that of a sale, with lines, tax and totals."""
    return record.kind in ("invoice", "quote")


def sale_of(record: Record) -> Sale:
    """Raises Refused with the field that is missing: number, amount, or what of it is tax."""
    if not record.number:
        raise Refused(_("Donnez d’abord son numéro à cette pièce."), "number")
    if record.currency != "EUR":
        raise Refused(_("Guichet n’établit de pièces qu’en euros : déposez celle de votre logiciel."), "currency")
    issued = record.issued_on or today()
    sale = Sale(
        kind="credit_note" if record.is_credit_note else "invoice" if record.kind == "invoice" else "quote",
        number=record.number,
        issued_on=issued,
        due_on=record.due_on or record.valid_until or issued + TERM,
        company=_seller(),
        customer=_buyer(record.party),
        lines=tuple(_lines(record)),
        subject=record.title,
    )
    if record.amount is not None and sale.total != abs(record.amount):
        raise Refused(_("Le total des lignes n’est pas le montant de la pièce."), "lines")
    return sale


def _lines(record: Record) -> Iterator[Line]:
    if record.lines:
        for line in record.lines:
            yield Line(line.label, line.quantity, line.price, line.rate, detail=line.reference)
        return
    if record.amount is None:
        raise Refused(_("Donnez d’abord son montant à cette pièce."), "amount")
    if record.net_amount is None:
        raise Refused(_("Donnez d’abord le montant hors taxes, ou les lignes."), "net_amount")
    net, tax = abs(record.net_amount), abs(record.amount) - abs(record.net_amount)
    rate = next((each for each in RATES if cents(net * each / 100) == tax), None)
    if rate is None:
        raise Refused(_("Cette TVA n’est celle d’aucun taux : donnez les lignes."), "lines")
    yield Line(record.title or _("Selon notre accord"), Decimal(1), net, rate)


def _seller() -> Company:
    ours, account = company(), banking.current()
    return Company(
        name=ours.name,
        address=(),
        postcode="",
        city="",
        siret=ours.siret,
        vat=ours.vat_number,
        legal=ours.legal,
        website=ours.domain,
        iban=account.iban if account else "",
        bic=account.bic if account else "",
        colour=ours.colour,
    )


def _buyer(party: Party) -> Addressee:
    return Addressee(
        name=party.name,
        address=tuple(line for line in party.street.splitlines() if line.strip()),
        postcode=party.postcode,
        city=party.city,
        code=party.code,
        siret=party.siret or "",
        vat=party.vat_number or "",
    )
