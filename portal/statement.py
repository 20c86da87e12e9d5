"""« Relevé de compte »: what was invoiced, what was paid, what is left; the same on screen, as PDF and as CSV."""

import uuid
from datetime import UTC, datetime

from flask import Response, make_response, request
from flask_babel import gettext as _

from portal import portal
from shared.clock import COMPANY_ZONE, now
from shared.people.receipts import sender
from shared.records import banking
from shared.records.ledger import Entry, ledger
from shared.records.statement import EMPTY, Balance, Statement, statement
from shared.records.visible import lists_of
from shared.sheets.amounts import NO_BREAK, number
from shared.sheets.stating import Account, Row, make_account
from shared.spreadsheets import MARK, csv_lines
from shared.web import visitors
from shared.web.delivery import attachment
from shared.web.page import page
from shared.web.permissions import Permission, requires

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the first day that a record may bear
FRENCH = {"invoice": "Facture", "credit_note": "Avoir", "payment": "Règlement"}  # as all that is on paper


@portal.get("/statement")
@requires(Permission.PORTAL_READ)
def statement_page() -> Response:
    """What is owed first; then every invoice and credit note, and every payment."""
    seat = visitors.seat()
    after = request.args.get("after", "")
    told = statement(seat=seat, at=_at(), after=after)
    return page(
        "portal/records/statement.html",
        blocks=("results",),
        told=told,
        first=not after,
        stated=told.at.isoformat(),
        lists=lists_of(seat),
        announced=request.args.get("new", type=uuid.UUID),
    )


@portal.get("/statement.pdf")
@requires(Permission.PORTAL_READ)
def statement_pdf() -> Response:
    """The same on paper, at the time that the screen stated."""
    seat = visitors.seat()
    told = statement(seat=seat, at=_at(), limit=None)
    account = banking.current()
    rows = [Row(each.day, _named(each), each.number, each.due_on, *each[5:]) for each in ledger(told)]
    party = seat.party
    place = (*party.street.splitlines(), f"{party.postcode} {party.city}".strip())
    paid_on = f"IBAN{NO_BREAK}: {banking.spaced(account.iban)} – {account.holder}" if account else ""
    lines = (paid_on,) if paid_on else ()
    sheet = Account(party.name, place, party.code, told.at, rows, _totals(told.balances), lines)
    return _taken(make_account(sender(), sheet), "application/pdf", f"releve-de-compte-{told.day}.pdf")


@portal.get("/statement.csv")
@requires(Permission.PORTAL_READ)
def statement_csv() -> Response:
    """The same for a spreadsheet; its last line is the balance."""
    told = statement(seat=visitors.seat(), at=_at(), limit=None)
    words = {"invoice": _("Facture"), "credit_note": _("Avoir"), "payment": _("Règlement")}
    heads = [_("Date"), _("Pièce"), _("Numéro"), _("Désignation"), _("Échéance"), _("Débit"), _("Crédit"), _("Devise")]
    last = [_last(each, told) for each in told.balances or [EMPTY]]
    rows = [heads, *(_cells(each, words) for each in ledger(told)), *last]
    name = f"releve-de-compte-{told.day}.csv"
    return _taken((MARK + csv_lines(rows)).encode(), "text/csv; charset=utf-8", name)


def _at() -> datetime:
    """The time that the screen stated; now without one, or with one that means nothing or is still to come."""
    try:
        asked = datetime.fromisoformat(request.args.get("at", ""))
        moment = (asked if asked.tzinfo else asked.replace(tzinfo=COMPANY_ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        return now()
    return min(moment, now()) if moment >= EARLIEST else now()


def _named(entry: Entry) -> str:
    """« Facture – Pose des luminaires »."""
    return f"{FRENCH[entry.what]} – {entry.title}" if entry.title else FRENCH[entry.what]


def _cells(entry: Entry, words: dict[str, str]) -> list[str]:
    due = f"{entry.due_on:%d/%m/%Y}" if entry.due_on else ""
    sides = (_figure(entry.debit) if entry.debit else "", _figure(entry.credit) if entry.credit else "")
    return [f"{entry.day:%d/%m/%Y}", words[entry.what], entry.number, entry.title, due, *sides, entry.currency]


def _last(balance: Balance, told: Statement) -> list[str]:
    owed = balance.balance
    sides = (_figure(owed), "") if owed >= 0 else ("", _figure(-owed))
    return [f"{told.day:%d/%m/%Y}", _("Solde"), "", "", "", *sides, balance.currency]


def _figure(amount: object) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _totals(balances: list[Balance]) -> list[tuple[str, str]]:
    found = []
    for each in balances or [EMPTY]:
        unit = NO_BREAK + ("€" if each.currency == "EUR" else each.currency)
        found += [
            ("Factures", number(each.invoices) + unit),
            ("Avoirs", number(-each.credit_notes) + unit),
            ("Règlements", number(-each.payments) + unit),
            ("Reste dû" if each.balance >= 0 else "En votre faveur", number(abs(each.balance)) + unit),
        ]
    return found


def _taken(data: bytes, mime: str, name: str) -> Response:
    answer = make_response(data)
    answer.content_type = mime
    answer.headers["Content-Disposition"] = attachment(name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
