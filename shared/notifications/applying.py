"""Whether what a line says of a record still holds at the moment of sending: reminders stop by themselves."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, RowMapping

from shared.clock import now, today
from shared.notifications.pieces import Pieces, met_of
from shared.notifications.reasons import LATER
from shared.records.kinds import KINDS
from shared.words import N_

CHANGED = N_("La pièce a changé depuis : {}.")
MOVED = N_("Le rendez-vous a été déplacé ou annulé : un autre message le dit.")
OFF = N_("La notification a été désactivée depuis.")
LATER_STEP = N_("Un rappel plus récent de la même pièce le remplace.")
PAST = N_("La date est passée : le rappel n’a plus d’objet.")
RESENT = "notification.resent"


def still_told(row: RowMapping, pieces: Pieces) -> list[Row[Any]]:
    """The records of a line that it may still speak of."""
    return [each for each in pieces.records.get(row["id"], ()) if not _why_not(row, each, pieces)]


def no_longer(row: RowMapping, pieces: Pieces) -> str:
    """Why a line that is about records has nothing left to say, as a sentence; empty where it has."""
    records = pieces.records.get(row["id"], [])
    reasons = [_why_not(row, each, pieces) for each in records]
    return reasons[0] if records and all(reasons) else ""


def _why_not(row: RowMapping, record: Row[Any], pieces: Pieces) -> str:
    """A message sent again, or a blind copy of one that left, is asked nothing.

    What somebody edited may say more than the rule did, but a reminder or an appointment that is over stays over.
    """
    if row["event"] == RESENT or row["copy_of_id"] is not None:
        return ""
    event = row["facts"].get("event", "").partition(".")[2]
    rule = pieces.rule_of(row)
    if row["reason"] in LATER and _is_off(rule):
        return OFF
    if event == "reminded":
        was_met = "reminder" in (row["facts"].get("told") or {})
        return _reminds_no_more(record, rule, pieces if was_met else None)
    if event.startswith("appointment_") and event != "appointment_answered":
        return MOVED if row["facts"].get("revision") != record.appointment_revision else ""
    if row["edited_body"] is not None:
        return ""
    if record.status == "cancelled" != row["facts"].get("status"):
        return _stands(record)
    if _is_deferred(rule) or (event == "validated" and "valid_until" in KINDS[record.kind].dates):
        return _stands(record) if record.status != row["facts"].get("status") else _conditions(record, rule)
    return ""


def _reminds_no_more(record: Row[Any], rule: Row[Any] | None, pieces: Pieces | None) -> str:
    """`pieces` None: a simulation, for which no date was met yet."""
    kind = KINDS[record.kind]
    if not record.is_open:
        return _stands(record)
    if record.disputed_at is not None:
        return N_("La pièce est en litige : aucun rappel ne part.")
    if kind.has_balance and record.amount is not None and record.amount - record.paid <= 0:
        return N_("Il ne reste rien à payer : aucun rappel ne part.")
    if rule is None:
        return ""
    if _is_off(rule):
        return OFF
    date = getattr(record, rule.date_field, None)
    if pieces is not None and (why := _overtaken(record, rule, met_of(date), pieces)):
        return why
    return PAST if _is_past(date, rule.days) else _conditions(record, rule)


def _overtaken(record: Row[Any], rule: Row[Any], met: Any, pieces: Pieces) -> str:
    if (rule.id, record.id, met) not in pieces.met:
        return N_("La date a changé depuis : le rappel suit la nouvelle.")
    last = pieces.steps.get((record.id, met, rule.date_field, rule.audience), rule.days)
    return LATER_STEP if last > rule.days else ""


def _is_past(met: Any, days: int) -> bool:
    """Whether what was to be said before that date, or at the hour of an appointment, comes after it."""
    if isinstance(met, datetime):
        return days <= 0 and met < now()
    return met is not None and days < 0 and met < today()


def _conditions(record: Row[Any], rule: Row[Any] | None) -> str:
    """What the rule asks of the record, asked again."""
    asked = (rule.conditions if rule else None) or {}
    wanted: Sequence[tuple[str, Any]] = (("statuses", record.status), ("state_codes", record.state_code))
    if any(asked.get(name) and value not in asked[name] for name, value in wanted):
        return _stands(record)
    amount, least, most = record.amount, asked.get("amount_from"), asked.get("amount_to")
    if (least or most) and (amount is None or (least and amount < Decimal(least)) or (most and amount > Decimal(most))):
        return CHANGED.format(N_("son montant est hors des bornes demandées"))
    return ""


def _is_off(rule: Row[Any] | None) -> bool:
    return rule is not None and (not rule.enabled or rule.deleted_at is not None)


def _is_deferred(rule: Row[Any] | None) -> bool:
    return rule is not None and (rule.moment in ("after", "date") or not rule.automatic)


def _stands(record: Row[Any]) -> str:
    kind = KINDS[record.kind]
    if record.status in {each.key for each in kind.statuses}:
        return CHANGED.format(f"« {kind.status(record.status).label} »")
    return CHANGED.format(N_("son état n’existe plus"))
