"""The lines of a record, and the totals they make."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from shared.errors import Refused
from shared.extensions import db
from shared.records.models import Record, RecordLine
from shared.records.typed import money

MOST = 500
CENT = Decimal("0.01")
NUMBERS = {"quantity": (Decimal(1), 3), "price": (Decimal(0), 4), "rate": (Decimal(20), 2)}
COMPARED = ("reference", "label", "quantity", "price", "rate")


def checked_lines(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Reference, label, quantity, price before tax of one, rate of VAT in percent. Raises Refused (`lines`)."""
    if len(lines) > MOST:
        raise Refused(_("Pas plus de %(count)s lignes par pièce.", count=MOST), "lines")
    return [_checked(number, line) for number, line in enumerate(lines, start=1)]


def write_lines(record: Record, wanted: list[dict[str, Any]], *, frozen: bool = False) -> bool:
    """Put these lines in the place of those that stand; False when they are the same.

    Goods that were allocated stay with the line of the same reference. Raises Refused for a line that would lose some,
    and for lines that stand already on a record whose figures are `frozen`.
    """
    standing = list(record.lines)
    if [{name: getattr(line, name) for name in COMPARED} for line in standing] == wanted:
        return False
    if frozen and standing:
        raise Refused(_("Cette pièce est terminée : ses chiffres et son numéro ne changent plus."), "lines")
    allocated = _allocated(standing)
    made = [RecordLine(position=position, **line) for position, line in enumerate(wanted, start=1)]
    for line in made:
        line.allocated = min(allocated.get(line.reference, Decimal(0)), line.quantity)
        if line.reference in allocated:
            allocated[line.reference] -= line.allocated
    if any(allocated.values()):
        raise Refused(_("Des articles déjà affectés ne trouvent plus leur ligne."), "lines")
    record.lines.clear()
    db.session.flush()
    record.lines.extend(made)
    return True


def totals(lines: Sequence[Mapping[str, Any]]) -> tuple[Decimal, Decimal]:
    """Before tax, and with it; VAT is rounded once for each rate (CGI, annexe II, 242 nonies A)."""
    nets: dict[Decimal, Decimal] = {}
    for line in lines:
        net = (line["quantity"] * line["price"]).quantize(CENT, ROUND_HALF_UP)
        nets[line["rate"]] = nets.get(line["rate"], Decimal(0)) + net
    net = sum(nets.values(), Decimal(0))
    tax = sum(((each * rate / 100).quantize(CENT, ROUND_HALF_UP) for rate, each in nets.items()), Decimal(0))
    return net, net + tax


def _allocated(lines: Sequence[RecordLine]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in lines:
        if line.allocated:
            found[line.reference] = found.get(line.reference, Decimal(0)) + line.allocated
    return found


def _checked(number: int, line: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(line) - set(COMPARED)
    if unknown:
        raise Refused(_("Ligne %(number)s : champ inconnu « %(name)s ».", number=number, name=min(unknown)), "lines")
    label, reference = str(line.get("label") or "").strip(), str(line.get("reference") or "").strip()
    if not label or len(label) > 300 or len(reference) > 80:
        raise Refused(_("Ligne %(number)s : donnez un libellé, de 300 caractères au plus.", number=number), "lines")
    kept: dict[str, Any] = {"reference": reference, "label": label}
    for name, (usual, places) in NUMBERS.items():
        kept[name] = _number(number, line.get(name), usual, places)
    if kept["quantity"] <= 0 or not 0 <= kept["rate"] <= 100:
        raise Refused(_("Ligne %(number)s : la quantité est positive, le taux entre 0 et 100.", number=number), "lines")
    return kept


def _number(number: int, value: Any, usual: Decimal, places: int) -> Decimal:
    if value in (None, ""):
        return usual
    try:
        found = Decimal(value) if not isinstance(value, bool | float) else Decimal("NaN")
    except (InvalidOperation, TypeError, ValueError):
        found = Decimal("NaN")
    if not found.is_finite():
        sentence = _("Ligne %(number)s : « %(text)s » n’est pas un nombre.", number=number, text=str(value))
        raise Refused(sentence, "lines")
    return money(found, "lines", places=places)
