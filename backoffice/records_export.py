"""A list of records as CSV: the filter of the screen, in its order and its words."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from flask import Response
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.csv_answers import csv_answer
from backoffice.reach import scope
from backoffice.record_reach import kind_for
from backoffice.record_words import badge, date_label
from backoffice.records_filter import asked_of
from shared.records.declaring import Kind
from shared.records.listing import whole
from shared.web.filters import day, moment
from shared.web.permissions import Permission, requires


@backoffice.get("/records/<kind>/export.csv")
@requires(Permission.RECORDS_SEE)
def records_export(kind: str) -> Response:
    """Everything that the filter holds."""
    chosen = kind_for(kind).kind
    found = whole(scope(Permission.RECORDS_SEE), asked_of(chosen).filter)
    return csv_answer(chosen.key, _heads(chosen), (_cells(chosen, rows) for rows in found))


def _heads(kind: Kind) -> list[str]:
    heads = [_("Numéro"), _("Objet"), _("Code"), _("Tiers"), _("État")]
    heads += [date_label(kind, name) for name in kind.dates]
    if "state_code" in kind.fields:
        heads.append(_("Code d’état"))
    if kind.has_amount:
        heads.append(_("Montant"))
    if kind.has_balance:
        heads += [_("Payé"), _("Solde")]
    return [*heads, _("Monnaie")] if kind.has_amount else heads


def _cells(kind: Kind, rows: Sequence[Any]) -> Iterator[list[str]]:
    for row in rows:
        cells = [row.number, row.title, row.party_code, row.party_name, badge(kind, row).label]
        cells += [_date(getattr(row, name), name) for name in kind.dates]
        if "state_code" in kind.fields:
            cells.append(row.state_code or "")
        if kind.has_amount:
            cells.append(_decimal(row.amount))
        if kind.has_balance:
            cells += [_decimal(row.paid), _decimal((row.amount or Decimal(0)) - row.paid)]
        yield [*cells, row.currency] if kind.has_amount else cells


def _date(value: Any, name: str) -> str:
    return moment(value, "short") if name == "appointment_at" else day(value, "short")


def _decimal(value: Decimal | None) -> str:
    """A comma, no spaces, no currency: what a French spreadsheet takes for a number."""
    return "" if value is None else f"{value:f}".replace(".", ",")
