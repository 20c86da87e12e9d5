"""Two clerks on one record: what stands of it beside what the second one typed."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from flask import request
from flask_babel import gettext as _

from backoffice.record_form import RecordForm, form_of, lines_of, read_lines, written
from backoffice.two_clerks import Clash, both_texts, clash
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.records.declaring import Kind
from shared.records.lines import totals
from shared.records.models import Record

HIDDEN = ("revision", "key", "csrf_token")


def standing(record: Record, kind: Kind) -> tuple[RecordForm, str]:
    """The form filled with what stands, and the total of the lines where the amount is no more than that."""
    form, told = form_of(record, kind), ""
    numbers = [{"quantity": each.quantity, "price": each.price, "rate": each.rate} for each in record.lines]
    if record.lines and totals(numbers) == (record.net_amount, record.amount):
        told = written(record.amount)
        form.amount.data = form.net_amount.data = ""
    return form, told


def clash_of(record: Record, kind: Kind, form: RecordForm, lines: list[dict[str, str]], stale: Stale) -> Clash:
    """Only of the fields that this kind shows: the others were not sent."""
    stands, _told = standing(record, kind)
    names = [field.name for field in form if field.name in request.form and field.name not in HIDDEN]
    if kind.has_balance:
        names.append("is_credit_note")
    rows = both_texts(form, {name: stands[name].data for name in names})
    if kind.has_lines and _numbers(lines) != _numbers(lines_of(record)):
        rows.append((_("Les lignes"), _said(lines_of(record)), _said(lines)))
    return clash(stale, rows, Event.record_id == record.id, Event.name.startswith(f"{kind.key}."))


def _numbers(lines: list[dict[str, str]]) -> Any:
    """To be compared, however the amounts were typed."""
    with suppress(Refused):
        return read_lines(lines)
    return lines


def _said(lines: list[dict[str, str]]) -> str:
    return " ; ".join(" ".join(_words(line)) for line in lines)


def _words(line: Mapping[str, str]) -> Iterator[str]:
    yield from (line[name] for name in ("reference", "label") if line[name])
    yield f"{line['quantity'] or '1'} × {line['price'] or '0'} €"
    yield f"({line['rate']} %)"
