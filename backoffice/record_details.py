"""The tab « Détails » of a record in words: its amounts, its dates, where it comes from, who answered what."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from backoffice.record_words import ANSWERS, APPOINTMENT_ANSWERS, SOURCES, date_label
from shared.clock import now
from shared.records.declaring import DATES, Kind
from shared.records.models import Record
from shared.web.filters import day, hour, moment, money

Pair = tuple[str, Any]


def amounts(kind: Kind, record: Record) -> list[Pair]:
    """What it is worth, what was paid, what is left."""
    if not kind.has_amount:
        return []
    pairs: list[Pair] = []
    if record.net_amount is not None:
        pairs.append((_("Montant HT"), money(record.net_amount, record.currency)))
    label = _("Avoir TTC") if record.is_credit_note else _("Montant TTC") if kind.has_lines else _("Montant")
    pairs.append((label, money(record.amount, record.currency)))
    if kind.has_balance:
        pairs += [
            (_("Payé"), money(record.paid, record.currency)),
            (_("Solde"), money(record.balance, record.currency)),
        ]
    if "deposit" in kind.fields:
        pairs.append((_("Acompte reçu"), money(record.deposit, record.currency)))
    return pairs


def facts(kind: Kind, record: Record, names: dict[str, str]) -> list[Pair]:
    """The dates that its kind has, then what is known of it."""
    pairs: list[Pair] = [
        (date_label(kind, name), day(getattr(record, name)))
        for name in DATES
        if name in kind.dates and name != "appointment_at"
    ]
    if record.contact is not None:
        pairs.append((_("Interlocuteur"), record.contact.person.full_name))
    if "state_code" in kind.fields:
        pairs.append((_("Code d’état"), record.state_code))
    if record.disputed_at is not None:
        pairs.append((_("En litige depuis"), day(record.disputed_at)))
    if record.refusal_reason:
        pairs.append((_("Motif du refus"), record.refusal_reason))
    if record.platform:
        pairs.append((_("Plateforme agréée"), _joined(record.platform, record.platform_status)))
    entered = _joined(day(record.created_at), names.get(record.created_by, ""), str(SOURCES.get(record.source, "")))
    pairs.append((_("Enregistrée"), entered))
    if record.moved_at is not None:
        pairs.append((_("Dans cet état depuis"), _joined(day(record.moved_at), names.get(record.moved_by or "", ""))))
    if record.external_id:
        pairs.append((_("Référence du logiciel de gestion"), record.external_id))
    return pairs


def appointment(kind: Kind, record: Record) -> dict[str, Any] | None:
    """When and where, and what the party answered; None for kinds without one."""
    if "appointment_at" not in kind.dates:
        return None
    starts, ends = record.appointment_at, record.appointment_ends_at
    return {
        "pairs": [(_("Quand"), _span(starts, ends)), (_("Lieu"), record.appointment_place)] if starts else [],
        "answer": APPOINTMENT_ANSWERS.get(record.appointment_answer or ""),
        "note": record.appointment_note,
        "awaited": starts is not None and record.is_open and starts >= now(),
    }


def parties(kind: Kind, record: Record) -> list[dict[str, Any]]:
    """Those of an exchange, its own first, with what each answered."""
    if not kind.is_internal or not kind.on_portal:
        return []
    rows = {row.party_id: row for row in record.parties}
    own = rows.pop(record.party_id, None)
    told = [_party(record.party, own)]
    return told + [_party(row.party, row) for row in rows.values()]


def _party(party: Any, row: Any) -> dict[str, Any]:
    answered = row is not None and row.answer is not None
    return {
        "party": party,
        "answer": ANSWERS[row.answer.value] if answered else None,
        "when": moment(row.answered_at, "short") if answered else "",
        "reason": row.reason if answered else "",
    }


def _span(starts: datetime, ends: datetime | None) -> str:
    return f"{moment(starts)} – {hour(ends)}" if ends else moment(starts)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
