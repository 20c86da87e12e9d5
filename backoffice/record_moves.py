"""What a move asks before it is made: nothing, a reason, a day, an amount, or only whether one is sure."""

from typing import Any

from flask import request

from shared.records import typed as reading
from shared.records.declaring import Kind, Move

NEEDS = {
    "accept": ("day",),
    "deposit": ("amount",),
    "refuse": ("reason",),
    "cancel": ("reason",),
    "dispute": ("reason",),
}


def fields_of(kind: Kind, move: Move) -> tuple[str, ...]:
    """What the page of a move asks for; any move that ends badly may say why."""
    if move.key in NEEDS:
        return NEEDS[move.key]
    return ("reason",) if _ends_badly(kind, move) else ()


def asks(kind: Kind, move: Move) -> bool:
    """Whether a page stands between the button and the move."""
    return bool(fields_of(kind, move)) or is_grave(kind, move)


def is_grave(kind: Kind, move: Move) -> bool:
    """Whether nothing leads back from where it leads, or it ends badly."""
    if move.to is None:
        return False
    return _ends_badly(kind, move) or not any(move.to in each.leaves and each.to for each in kind.moves)


def given(kind: Kind, move: Move) -> dict[str, Any]:
    """What was typed on that page, for the verb. Raises Refused with the field."""
    found: dict[str, Any] = {}
    names = fields_of(kind, move)
    if "reason" in names:
        found["reason"] = request.form.get("reason", "")
    if "day" in names:
        found["day"] = reading.day(request.form.get("day", ""), "accepted_on")
    if "amount" in names:
        found["amount"] = reading.amount(request.form.get("amount", ""), "amount")
    if request.form.get("key"):
        found["reference"] = request.form["key"][:36] if move.to is None else ""
    return found


def _ends_badly(kind: Kind, move: Move) -> bool:
    return move.to is not None and kind.status(move.to).tone == "danger"
