"""A record as it is typed: the fields that its kind has, and its lines as a small table that needs no script."""

import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from flask import request
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from backoffice.party_forms import RowForm, fresh
from shared.errors import Refused
from shared.people.models import Contact
from shared.records import typed as reading
from shared.records.checking import AMOUNTS, DAYS, has
from shared.records.declaring import DATES, Kind
from shared.records.models import Record
from shared.settings.reading import company

TEXTS = ("number", "title", "memo", "appointment_place", "platform", "platform_status", "state_code")
LINE = ("reference", "label", "quantity", "price", "rate")
PLACES = {"quantity": 3, "price": 4, "rate": 2}
BLANK = 3  # empty lines under those that are filled


class RecordForm(RowForm):
    """Creation and change: texts as typed, read together by `values`."""

    number = StringField(lazy_gettext("Numéro"))
    title = StringField(lazy_gettext("Objet"))
    contact_id = SelectField(lazy_gettext("Interlocuteur"), validate_choice=False)
    issued_on = StringField(lazy_gettext("Date"))
    due_on = StringField(lazy_gettext("Échéance"))
    valid_until = StringField(lazy_gettext("Valable jusqu’au"))
    accepted_on = StringField(lazy_gettext("Date d’acceptation"))
    amount = StringField(lazy_gettext("Montant TTC"))
    net_amount = StringField(lazy_gettext("Montant HT"))
    deposit = StringField(lazy_gettext("Acompte reçu"))
    is_credit_note = BooleanField(lazy_gettext("C’est un avoir : son montant est négatif"))
    appointment_at = StringField(lazy_gettext("Jour du rendez-vous"))
    appointment_from = StringField(lazy_gettext("De"))
    appointment_ends_at = StringField(lazy_gettext("à"))
    appointment_place = StringField(lazy_gettext("Lieu"))
    state_code = SelectField(lazy_gettext("Code d’état"), validate_choice=False)
    platform = StringField(lazy_gettext("Plateforme agréée"))
    platform_status = StringField(lazy_gettext("État sur la plateforme"))
    memo = TextAreaField(lazy_gettext("Mémo"))

    def values(self, kind: Kind) -> dict[str, Any]:
        """What was typed, as the verbs take it. Raises Refused once every field has its own sentence beside it."""
        found: dict[str, Any] = {"contact_id": _uuid(self.contact_id.data)}
        found |= {name: (self[name].data or "").strip() for name in TEXTS if has(kind, name)}
        if "state_code" in found:
            found["state_code"] = found["state_code"] or None
        if kind.has_balance:
            found["is_credit_note"] = bool(self.is_credit_note.data)
        wrong = []
        for name, value in self._read(kind):
            if isinstance(value, Refused):
                self[name].errors = [*self[name].errors, value.sentence]
                wrong.append(value)
            else:
                found[name] = value
        if wrong:
            raise Refused("")
        return found

    def _read(self, kind: Kind) -> Iterator[tuple[str, Any]]:
        for name in (*DAYS, *AMOUNTS):
            if has(kind, name):
                read = reading.day if name in DAYS else reading.amount
                yield name, _or_refusal(read, self[name].data or "", name)
        if has(kind, "appointment_at"):
            day, start, end = (
                self[name].data or "" for name in ("appointment_at", "appointment_from", "appointment_ends_at")
            )
            yield "appointment_at", _or_refusal(reading.moment, day, start, "appointment_at")
            yield "appointment_ends_at", _or_refusal(reading.moment, day if end else "", end, "appointment_ends_at")


def form_of(record: Record, kind: Kind) -> RecordForm:
    """The form filled with what stands."""
    data: dict[str, Any] = {name: getattr(record, name) or "" for name in TEXTS}
    data |= {name: getattr(record, name).isoformat() if getattr(record, name) else "" for name in DAYS}
    data |= {name: written(getattr(record, name)) for name in AMOUNTS}
    zone = ZoneInfo(company().time_zone)
    begins, ends = _local(record.appointment_at, zone), _local(record.appointment_ends_at, zone)
    data |= {"appointment_at": begins[:10], "appointment_from": begins[11:], "appointment_ends_at": ends[11:]}
    data |= {"revision": record.revision, "is_credit_note": record.is_credit_note}
    form = RecordForm(formdata=None, data={**data, "contact_id": str(record.contact_id or "")})
    return form


def fresh_form(day: str) -> RecordForm:
    """An empty form, dated."""
    return RecordForm(formdata=None, data={**fresh(), "issued_on": day})


def offer(form: RecordForm, contacts: list[Contact], codes: list[tuple[str, str]]) -> None:
    """The choices of its two lists; a contact that was closed stays offered where it is tied."""
    tied = form.contact_id.data
    open_ones = [each for each in contacts if each.closed_at is None or str(each.id) == tied]
    nobody, none = SelectChoice("", _("Personne en particulier")), SelectChoice("", _("aucun"))
    form.contact_id.choices = [nobody, *(SelectChoice(str(each.id), each.person.full_name) for each in open_ones)]
    form.state_code.choices = [none, *(SelectChoice(code, label) for code, label in codes)]


def dates_of(kind: Kind) -> list[str]:
    """The days that the form asks for, in the order of the page; the hour of an appointment has fields of its own."""
    return [name for name in DATES if name in kind.dates and name != "appointment_at"]


def typed_lines() -> list[dict[str, str]]:
    """The table as it was typed, empty lines left out."""
    columns = [request.form.getlist(f"line_{name}") for name in LINE]
    rows = [dict(zip(LINE, cells, strict=True)) for cells in zip(*columns, strict=False)]
    return [row for row in rows if any(row[name].strip() for name in LINE if name != "rate")]  # which has a usual value


def read_lines(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The same for the verbs. Raises Refused (`lines`) that names the line."""
    found = []
    for position, row in enumerate(rows, start=1):
        line: dict[str, Any] = {"reference": row["reference"].strip(), "label": row["label"].strip()}
        for name, places in PLACES.items():
            try:
                line[name] = reading.amount(row[name], "lines", places=places)
            except Refused as refusal:
                sentence = _("Ligne %(number)s : %(why)s", number=position, why=refusal.sentence)
                raise Refused(sentence, "lines") from None
        found.append(line)
    return found


def lines_of(record: Record) -> list[dict[str, str]]:
    """The lines that stand, as they are typed."""
    return [
        {"reference": line.reference, "label": line.label, **{name: written(getattr(line, name)) for name in PLACES}}
        for line in record.lines
    ]


def padded(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same with some empty lines to fill."""
    return [*rows, *({**dict.fromkeys(LINE, ""), "rate": "20"} for _each in range(BLANK))]


def written(value: Decimal | None) -> str:
    """An amount as it is typed: « 1234,50 », without currency or spaces; empty for none."""
    if value is None:
        return ""
    whole = value == value.to_integral_value()
    return str(format_decimal(value, "0" if whole else "0.00##", locale=get_locale() or "fr"))


def _or_refusal(read: Any, *words: str) -> Any:
    try:
        return read(*words)
    except Refused as refusal:
        return refusal


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else ""


def _uuid(text: str | None) -> uuid.UUID | None:
    with suppress(ValueError):
        return uuid.UUID(text) if text else None
    return None
