"""The events that a kind of record makes by being declared."""

from shared.records.declaring import Kind
from shared.records.kinds import KINDS
from shared.words import N_


def events() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Event → its label and the facts it must carry, for the catalogue: what every kind records by being declared."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for kind in KINDS.values():
        for key, told, facts in _of(kind):
            found[f"{kind.key}.{key}"] = (f"{kind.label} : {told}", ("record", *facts))
    return found


def _of(kind: Kind) -> list[tuple[str, str, tuple[str, ...]]]:
    found: list[tuple[str, str, tuple[str, ...]]] = [
        ("created", N_("enregistrement"), ()),
        ("changed", N_("modification"), ("fields",)),
        ("reminded", N_("échéance de rappel"), ("date", "day")),
        ("asked", N_("question posée"), ("text",)),
        *((move.event, move.told, ()) for move in kind.moves),
    ]
    if kind.has_memo_event:
        found.append(("memo_changed", N_("mémo modifié"), ("before", "after")))
    if "appointment_at" in kind.dates:
        found.append(("appointment_made", N_("rendez-vous pris"), ()))
        found.append(("appointment_moved", N_("rendez-vous déplacé"), ("before",)))
        found.append(("appointment_cancelled", N_("rendez-vous annulé"), ("before",)))
        found.append(("appointment_answered", N_("réponse au rendez-vous"), ("answer",)))
    if "state_code" in kind.fields:
        found.append(("state_entered", N_("code d’état saisi"), ("code",)))
    if kind.is_internal:
        found.append(("answered", N_("réponse d’une partie"), ("answer",)))
    if kind.key == "order":
        found.append(("goods_allocated", N_("articles reçus et affectés"), ("lines",)))
    return found
