"""What a record says in a message: its fields as they stand when it leaves, and the words of what happened to it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Row

from shared.clock import today
from shared.notifications.values import Item, Money, Value, spelled
from shared.records.kinds import KINDS
from shared.words import N_

ANSWERS = {
    "accepted": N_("accepté"),
    "refused": N_("refusé"),
    "confirmed": N_("confirmé"),
    "move_asked": N_("à déplacer"),
}
BETWEEN = " — "


def record_values(
    records: Sequence[Row[Any]], facts: Mapping[str, Any], locale: str, zone: str, owed: Decimal | None = None
) -> dict[str, Value]:
    """The values by folded field name; of several records the sums, the first due date and the list.

    `facts` are those of the line; `owed` is what the party owes in all, for a message about a payment.
    """
    if not records:
        return {}
    told = facts.get("told") or {}
    with force_locale(locale):
        first = records[0]
        values = _of_one(first, told, facts.get("event", "").partition(".")[2])
        values |= _sums(records, owed, told, locale)
        values["liste"] = [_item(each, locale, zone) for each in records]
        values["numero"] = ", ".join(each.number for each in records if each.number) or _(KINDS[first.kind].label)
    return values


def _of_one(record: Row[Any], told: Mapping[str, Any], event: str) -> dict[str, Value]:
    kind = KINDS[record.kind]
    names = (record.civility, record.given_name, record.family_name)
    values: dict[str, Value] = {
        "type": _(kind.label),
        "titre": record.title,
        "date": record.issued_on or record.created_at,
        "echeance": record.due_on,
        "validite": record.valid_until,
        "date_d_acceptation": record.accepted_on,
        "rendez_vous": record.appointment_at,
        "lieu": record.appointment_place,
        "statut": _status(record),
        "code_d_etat": f"{record.state_code} · {record.state_label}".strip(" ·") if record.state_code else "",
        "memo": record.memo,
        "motif": str(told.get("reason") or record.refusal_reason),
        "commentaire": str(told.get("text") or told.get("note") or record.appointment_note),
        "reponse": _answer(told.get("answer") or record.appointment_answer),
        "interlocuteur": " ".join(each for each in names if each),
        "jours": _days(record),
    }
    if event == "memo_changed":
        values |= {"avant": str(told.get("before") or ""), "apres": str(told.get("after") or "")}
    if event in ("appointment_moved", "appointment_cancelled"):
        before = moment_in(told.get("before"))
        values["rendez_vous_avant"] = before
        values["rendez_vous"] = record.appointment_at or before
    return values


def _sums(records: Sequence[Row[Any]], owed: Decimal | None, told: Mapping[str, Any], locale: str) -> dict[str, Value]:
    first = records[0]
    priced = [each for each in records if each.amount is not None]
    rests = [(each.currency, each.amount - each.paid) for each in priced]
    received = _decimal(told.get("amount")) if told.get("deposit") else None
    days = [each.due_on for each in records if each.due_on is not None]
    values: dict[str, Value] = {
        "montant": _added([(each.currency, each.amount) for each in priced], locale),
        "solde": _added(rests if owed is None else [(first.currency, owed)] if priced else [], locale),
        "acompte": Money(received if received is not None else first.deposit, first.currency),
    }
    return values | ({"echeance": min(days)} if days else {})


def _added(amounts: Sequence[tuple[str, Decimal]], locale: str) -> Value:
    """The sum; one for each currency, since what is owed in two of them adds up to no amount."""
    sums: dict[str, Decimal] = {}
    for currency, amount in amounts:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    found = [Money(amount, currency) for currency, amount in sums.items()]
    return found[0] if len(found) == 1 else " + ".join(spelled(each, locale) for each in found) or None


def moment_in(written: object) -> datetime | None:
    """An instant as the facts of an event keep it."""
    return datetime.fromisoformat(written) if isinstance(written, str) and written else None


def _item(record: Row[Any], locale: str, zone: str) -> Item:
    """« Facture FA-2026-0612 — 671,15 € — échéance le 12 juillet 2026 »."""
    parts = [f"{_(KINDS[record.kind].label)} {record.number}".strip()]
    if record.amount is not None:
        rest = record.amount - record.paid if KINDS[record.kind].has_balance else record.amount
        parts.append(spelled(Money(rest, record.currency), locale))
    for label, day in ((_("échéance le %(day)s"), record.due_on), (_("valable jusqu’au %(day)s"), record.valid_until)):
        if day is not None:
            parts.append(label % {"day": spelled(day, locale, zone)})
    return Item(BETWEEN.join(parts))


def _status(record: Row[Any]) -> str:
    known = {each.key: each.label for each in KINDS[record.kind].statuses}
    return str(_(known[record.status])) if record.status in known else record.status


def _answer(written: object) -> str:
    return str(_(ANSWERS[written])) if isinstance(written, str) and written in ANSWERS else ""


def _days(record: Row[Any]) -> int | None:
    """Until its last day, or since its due date."""
    if record.valid_until is not None:
        until: date = record.valid_until
        return max((until - today()).days, 0)
    due: date | None = record.due_on
    return abs((today() - due).days) if due is not None else None


def _decimal(written: object) -> Decimal | None:
    try:
        return Decimal(str(written)) if written is not None else None
    except InvalidOperation:
        return None
