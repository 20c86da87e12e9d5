"""What is written on a record changes: each change that people wait for is an event of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from shared.clock import now
from shared.errors import Refused
from shared.extensions import db
from shared.folding import fold
from shared.people.editing import put
from shared.records import knowing, moving, stating
from shared.records.checking import checked, together
from shared.records.declaring import DRAFT, Kind
from shared.records.holding import hold
from shared.records.kinds import KINDS
from shared.records.lines import checked_lines, totals, write_lines
from shared.records.models import Record
from shared.records.noting import note

ENDED = ("closed", "cancelled", "delivered", "accepted")  # its figures have been counted on
FROZEN = ("number", "amount", "net_amount", "currency", "is_credit_note", "issued_on")
PAYMENTS = ("payment", "internal_payment")
APPOINTMENT = ("appointment_at", "appointment_ends_at", "appointment_place")


def change(
    *,
    record: Record,
    by: str,
    values: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]] | None = None,
    revision: int | None = None,
) -> list[str]:
    """Write `values` (columns of the model) on a record; the names of those that changed, none without an event.

    A memo, an appointment and a state code that change are events of their own; a day of acceptance on a quote is its
    move « accept ». Raises Refused with the field, Stale when the record was saved since `revision`.
    """
    kind = KINDS[record.kind]
    clean = checked(kind, dict(values))
    wanted = None if lines is None else checked_lines(lines)
    if wanted and "amount" not in clean and kind.has_amount:
        clean["net_amount"], clean["amount"] = totals(wanted)
    hold(record, revision)
    accepted = _acceptance(record, clean)
    _follow_beginning(record, clean)
    changed = {name: value for name, value in clean.items() if getattr(record, name) != value}
    _refuse(kind, record, changed)
    before = put(record, changed)
    if wanted is not None and write_lines(record, wanted, frozen=record.status in ENDED):
        before["lines"] = [None, len(wanted)]
    if before:
        _write(kind, record, before, by)
    if accepted is not None and moving.move(record=record, move="accept", by=by, day=accepted):
        before["accepted_on"] = [None, accepted]
    return list(before)


def refuse_past(moment: datetime | None, *, quiet: bool = False) -> None:
    """Raises Refused for an appointment that would already be over; history may tell of such."""
    if moment is not None and not quiet and moment < now():
        raise Refused(_("Ce rendez-vous est déjà passé."), "appointment_at")


def note_beginnings(record: Record, *, by: str, quiet: bool) -> None:
    """What a record that is new says at once: its appointment, its state code, its acceptance."""
    if quiet:
        return
    if record.appointment_at is not None:
        note(record=record, event="appointment_made", by=by, facts={"at": record.appointment_at})
    if record.state_code:
        note(record=record, event="state_entered", by=by, facts={"code": record.state_code, "before": None})
    if record.accepted_on is not None:
        day, record.accepted_on = record.accepted_on, None
        moving.move_to(record=record, status="accepted", by=by, day=day)


def _acceptance(record: Record, clean: dict[str, Any]) -> Any:
    """The day by which the record becomes accepted; taken out of what is simply written."""
    if "accepted_on" not in clean or record.status == "accepted":
        return None
    return clean.pop("accepted_on")


def _follow_beginning(record: Record, clean: dict[str, Any]) -> None:
    """An appointment that is moved or cancelled takes its end along, unless another one was given."""
    begins = clean.get("appointment_at", record.appointment_at)
    if "appointment_ends_at" in clean or begins == record.appointment_at or record.appointment_ends_at is None:
        return
    length = record.appointment_ends_at - record.appointment_at if record.appointment_at else None
    clean["appointment_ends_at"] = begins + length if begins and length else None


def _refuse(kind: Kind, record: Record, changed: dict[str, Any]) -> None:
    frozen = [name for name in FROZEN if name in changed and getattr(record, name) not in (None, "")]
    if frozen and (record.status in ENDED or (record.kind in PAYMENTS and record.status != DRAFT)):
        raise Refused(_("Cette pièce est terminée : ses chiffres et son numéro ne changent plus."), frozen[0])
    if "currency" in changed and record.paid:
        raise Refused(_("Un paiement porte sur cette pièce : sa monnaie ne change plus."), "currency")
    if "accepted_on" in changed and changed["accepted_on"] is None:
        raise Refused(_("Annulez la réponse pour retirer la date d’acceptation."), "accepted_on")
    knowing.refuse_taken(record, changed)
    knowing.refuse_strangers(record.party, changed)
    refuse_past(changed.get("appointment_at"))
    stating.refuse_unknown(kind, changed.get("state_code"))
    names = ("issued_on", "due_on", "valid_until", "accepted_on", "amount", "is_credit_note", *APPOINTMENT[:2])
    if changed.keys() & set(names):
        together(kind, {name: getattr(record, name) for name in names} | changed)


def _write(kind: Kind, record: Record, before: dict[str, list[Any]], by: str) -> None:
    record.revision += 1
    if "number" in before:
        record.number_folded = fold(record.number)
    said = dict(before)
    if kind.has_memo_event and "memo" in said:
        was, becomes = said.pop("memo")
        note(record=record, event="memo_changed", by=by, facts={"before": was, "after": becomes})
    if said.keys() & set(APPOINTMENT):
        _note_appointment(record, {name: said.pop(name) for name in APPOINTMENT if name in said}, by)
    if "state_code" in said:
        was, becomes = said.pop("state_code")
        if becomes:
            note(record=record, event="state_entered", by=by, facts={"code": becomes, "before": was})
        else:
            said["state_code"] = [was, becomes]
    if said:
        note(record=record, event="changed", by=by, facts={"fields": said})
    db.session.flush()
    if "amount" in before and kind.has_balance:
        _restate(record, by)


def _restate(record: Record, by: str) -> None:
    """An amount that is corrected may leave nothing to pay, or something again."""
    if record.status == "paid" and record.balance != 0:
        moving.move(record=record, move="unsettle", by=by)
    elif record.status in KINDS[record.kind].move("settle").leaves and record.balance == 0 and record.paid != 0:
        moving.move(record=record, move="settle", by=by)


def _note_appointment(record: Record, said: dict[str, list[Any]], by: str) -> None:
    """Another appointment asks for another answer; its calendar entry replaces the one before (RFC 5545, SEQUENCE)."""
    was = said.get("appointment_at", [record.appointment_at])[0]
    record.appointment_revision += 1
    record.appointment_answer, record.appointment_note = None, ""
    if record.appointment_at is None:
        record.appointment_ends_at = None
        if was is not None:
            note(record=record, event="appointment_cancelled", by=by, facts={"before": was})
    elif was is None:
        note(record=record, event="appointment_made", by=by, facts={"at": record.appointment_at})
    else:
        note(record=record, event="appointment_moved", by=by, facts={"before": was, "at": record.appointment_at})
