"""What a record may hold: each value of its own kind, within what its kind has, and together without contradiction."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from shared.clock import today
from shared.errors import Refused
from shared.records.declaring import Kind
from shared.records.kinds import KINDS
from shared.records.typed import money, on_the_clock

LONGEST = {"number": 60, "external_id": 120, "title": 200, "memo": 5000, "platform": 120, "platform_status": 60}
LONGEST |= {"appointment_place": 300, "state_code": 20, "currency": 3}
DAYS = ("issued_on", "due_on", "valid_until", "accepted_on")
MOMENTS = ("appointment_at", "appointment_ends_at", "transmitted_at")
AMOUNTS = ("amount", "net_amount", "deposit")
LINKS = ("contact_id", "activity_id", "parent_id")
FIELDS = (*LONGEST, *DAYS, *MOMENTS, *AMOUNTS, *LINKS, "is_credit_note")
CURRENCY = re.compile(r"[A-Z]{3}\Z")
YEARS = (1990, 2100)


def kind_named(key: str) -> Kind:
    """Raises Refused for a kind that is not declared."""
    if key not in KINDS:
        raise Refused(_("« %(kind)s » n’est pas un type de pièce.", kind=key), "kind")
    return KINDS[key]


def refuse_unknown_status(kind: Kind, status: str) -> None:
    """Raises Refused for a status that records of this kind do not have."""
    if status not in {each.key for each in kind.statuses}:
        raise Refused(_("« %(status)s » n’est pas un état de ce type de pièce.", status=status), "status")


def checked(kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    """The same values as the database keeps them; texts are read as machines write them (1234.56, 2026-12-31).

    Raises Refused with the field that is unknown, not of this kind, or wrong.
    """
    clean: dict[str, Any] = {}
    for name, value in values.items():
        if name not in FIELDS:
            raise Refused(_("« %(name)s » n’est pas un champ d’une pièce.", name=name), name)
        clean[name] = _read(name, value)
        if clean[name] not in (None, "", Decimal(0)) and not has(kind, name):
            raise Refused(_("« %(kind)s » n’a pas ce champ.", kind=_(kind.label)), name)
    return clean


def has(kind: Kind, name: str) -> bool:
    """Whether records of this kind have the field at all."""
    if name in DAYS:
        return name in kind.dates
    if name.startswith("appointment_"):
        return "appointment_at" in kind.dates
    if name in ("amount", "net_amount"):
        return kind.has_amount
    if name in ("state_code", "deposit"):
        return name in kind.fields
    if name in ("platform", "platform_status", "transmitted_at"):
        return "platform" in kind.fields
    return True


def together(kind: Kind, values: dict[str, Any]) -> None:
    """Refuse dates and amounts that contradict each other; `values` are all those of the record as it will stand."""
    issued = values.get("issued_on")
    for name in ("due_on", "valid_until", "accepted_on"):
        if issued and values.get(name) and values[name] < issued:
            raise Refused(_("Cette date est avant celle de la pièce."), name)
    if values.get("accepted_on") and values["accepted_on"] > today():
        raise Refused(_("Cette date n’est pas encore venue."), "accepted_on")
    begins, ends = values.get("appointment_at"), values.get("appointment_ends_at")
    if ends and (begins is None or ends <= begins):
        raise Refused(_("Le rendez-vous finit après avoir commencé."), "appointment_ends_at")
    amount, credit = values.get("amount"), values.get("is_credit_note")
    if amount is not None and amount != 0 and kind.has_balance and (amount < 0) != bool(credit):
        sentence = _("Un avoir porte un montant négatif.") if credit else _("Seul un avoir porte un montant négatif.")
        raise Refused(sentence, "amount")


def _read(name: str, value: Any) -> Any:
    if name in LONGEST:
        return _text(name, value)
    if value in (None, ""):
        return Decimal(0) if name == "deposit" else (False if name == "is_credit_note" else None)
    readers: dict[tuple[str, ...], Callable[[str, Any], Any]] = {
        DAYS: _day,
        MOMENTS: _moment,
        AMOUNTS: _amount,
        LINKS: _link,
    }
    for names, read in readers.items():
        if name in names:
            return read(name, value)
    if not isinstance(value, bool):
        raise Refused(_("Répondez par vrai ou faux."), name)
    return value


def _text(name: str, value: Any) -> str | None:
    if value is None:
        return None if name in ("external_id", "state_code") else ""
    if not isinstance(value, str):
        raise Refused(_("Ceci n’est pas un texte."), name)
    kept = value.replace("\r\n", "\n").strip()
    if any(not mark.isprintable() and mark not in "\n\t" for mark in kept) or (name != "memo" and "\n" in kept):
        raise Refused(_("Ce texte contient des caractères qui ne s’affichent pas."), name)
    if len(kept) > LONGEST[name]:
        raise Refused(_("Pas plus de %(count)s caractères ici.", count=LONGEST[name]), name)
    if name == "currency" and not CURRENCY.match(kept):
        raise Refused(_("Une monnaie s’écrit en trois lettres, comme EUR."), name)
    return (kept or None) if name in ("external_id", "state_code") else kept


def _day(name: str, value: Any) -> date:
    try:
        found = value if isinstance(value, date) and not isinstance(value, datetime) else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused(_("« %(text)s » n’est pas une date de la forme 2026-12-31.", text=str(value)), name) from None
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise Refused(_("Cette année n’est pas vraisemblable."), name)
    return found


def _moment(name: str, value: Any) -> datetime:
    """Aware as it is given; without a zone, on the company's clock."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        sentence = _("« %(text)s » n’est pas un instant de la forme 2026-12-31T14:30.", text=str(value))
        raise Refused(sentence, name) from None
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise Refused(_("Cette année n’est pas vraisemblable."), name)
    return on_the_clock(found, name) if found.tzinfo is None else found.astimezone(UTC)


def _amount(name: str, value: Any) -> Decimal:
    if isinstance(value, bool | float):
        raise Refused(
            _("Écrivez ce montant en texte, comme « 1234.56 » : un nombre à virgule flottante l’arrondit."), name
        )
    try:
        found = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        raise Refused(_("« %(text)s » n’est pas un montant de la forme 1234.56.", text=str(value)), name) from None
    return money(found, name)


def _link(name: str, value: Any) -> uuid.UUID:
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    except (AttributeError, TypeError, ValueError):
        raise Refused(_("Ceci ne désigne rien."), name) from None
