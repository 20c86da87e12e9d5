"""A file of records, line by line: what each would enter, and what is wrong with it, before anything is written."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from shared.errors import Refused
from shared.extensions import db
from shared.folding import fold
from shared.intake.imported_files import Table
from shared.intake.record_cells import value_of
from shared.intake.record_columns import PAYMENTS
from shared.people.models import Family, Party
from shared.people.scopes import Scope
from shared.records.checking import checked, together
from shared.records.declaring import Kind
from shared.records.models import Record
from shared.records.stating import state_codes

AT_ONCE = 500
NAMES = ("number", "external_id")


@dataclass
class Line:
    """One line: `verdict` is new, changed, same or wrong; `problems` says for each field what would be right."""

    number: int  # as the spreadsheet counts
    party_id: uuid.UUID | None = None
    status: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    verdict: str = "new"
    name: str = ""


def lines_of(kind: Kind, table: Table, columns: list[str], scope: Scope) -> list[Line]:
    """Every line of the file, judged against what stands; parties out of `scope` do not exist."""
    at = {name: place for place, name in enumerate(columns) if name}
    parties = _parties(kind, {cells[at["party"]] for _number, cells in table.lines}, scope) if "party" in at else {}
    judge = _Judge(kind, at, parties, {each.code for each in state_codes(kind.key)})
    lines = [judge.line(number, cells) for number, cells in table.lines]
    for start in range(0, len(lines), AT_ONCE):
        _compare(kind, lines[start : start + AT_ONCE])
    return lines


class _Judge:
    """Reads lines one after the other; remembers the numbers it has met."""

    def __init__(self, kind: Kind, at: dict[str, int], parties: dict[str, list[Party]], codes: set[str]) -> None:
        self.kind, self.at, self.parties, self.codes = kind, at, parties, codes
        self.met: dict[tuple[str, str], int] = {}

    def line(self, number: int, cells: list[str]) -> Line:
        line = Line(number)
        for name, place in self.at.items():
            if cells[place]:
                self._cell(line, name, cells[place])
        if not line.problems:
            self._whole(line)
        line.verdict = "wrong" if line.problems else "new"
        return line

    def _cell(self, line: Line, name: str, text: str) -> None:
        try:
            if name == "party":
                line.party_id = self._party(text)
            elif name == "status":
                line.status = value_of(self.kind, name, text)
            else:
                line.values[name] = value_of(self.kind, name, text)
        except Refused as refusal:
            line.problems[name] = refusal.sentence

    def _party(self, text: str) -> uuid.UUID:
        found = self.parties.get(fold(text), [])
        if not found:
            raise Refused(_("Le code « %(code)s » n’est celui d’aucun tiers.", code=text))
        if len(found) > 1:
            raise Refused(_("Le code « %(code)s » est celui de plusieurs tiers.", code=text))
        return found[0].id

    def _whole(self, line: Line) -> None:
        if line.party_id is None:
            line.problems["party"] = _("Donnez le code du tiers.")
        line.name = str(line.values.get("number") or line.values.get("external_id") or "")
        if not line.name:
            line.problems["number"] = _("Donnez un numéro : c’est par lui qu’une pièce est reconnue.")
        for name in NAMES:
            key = (name, line.values.get(name, ""))
            if key[1] and key in self.met:
                line.problems[name] = _("Déjà à la ligne %(line)s : gardez-en une seule.", line=self.met[key])
            self.met.setdefault(key, line.number)
        if line.values.get("state_code") and line.values["state_code"] not in self.codes:
            line.problems["state_code"] = _(
                "« %(code)s » n’est pas un code d’état défini.", code=line.values["state_code"]
            )
        try:
            told = {name: value for name, value in line.values.items() if name != "invoice"}
            if self.kind.has_balance and told.get("amount") is not None:
                told["is_credit_note"] = line.values["is_credit_note"] = told["amount"] < 0
            together(self.kind, checked(self.kind, told))
        except Refused as refusal:
            line.problems[refusal.field or "number"] = refusal.sentence


def landing(kind: Kind) -> str:
    """Where a record stands that comes from a program without saying: an ERP sends what it has issued."""
    issued = ("confirmed",) if kind.key in PAYMENTS else ("validated",)
    found = next((each.key for each in kind.statuses if each.key in issued), "")
    return found if found and (not kind.is_internal or kind.key in PAYMENTS) else kind.statuses[0].key


def _parties(kind: Kind, codes: Iterable[str], scope: Scope) -> dict[str, list[Party]]:
    """Folded code → the parties in reach that bear it, in the families of the kind, else in any."""
    wanted = sorted({fold(code) for code in codes if code})
    found: dict[str, list[Party]] = {}
    for start in range(0, len(wanted), AT_ONCE):
        query = select(Party).join(Family, Family.id == Party.family_id).where(scope.parties())
        query = query.where(Party.code_folded.in_(wanted[start : start + AT_ONCE]))
        for party in db.session.scalars(query):
            found.setdefault(party.code_folded, []).append(party)
    for code, named in found.items():
        found[code] = [party for party in named if party.family.key in kind.families] or named
    return found


def _compare(kind: Kind, lines: list[Line]) -> None:
    """What stands already, and what the payments of this file name."""
    standing = {name: _standing(kind, name, lines) for name in NAMES}
    invoices = dict(_invoices(lines)) if any("invoice" in line.values for line in lines) else {}
    for line in lines:
        if "invoice" in line.values:
            _name_invoice(line, invoices)
        line.verdict = "new"
        found = next((standing[name][key] for name in NAMES if (key := line.values.get(name)) in standing[name]), None)
        if line.problems:
            line.verdict = "wrong"
        elif found is not None:
            _judge_standing(line, found)
        else:
            line.status = line.status or landing(kind)


def _judge_standing(line: Line, found: Record) -> None:
    if found.party_id != line.party_id:
        line.problems["number"] = _("Cette pièce est à un autre tiers.")
        line.verdict = "wrong"
        return
    differs = any(getattr(found, name) != value for name, value in line.values.items())
    line.verdict = "changed" if differs or (line.status and line.status != found.status) else "same"


def _standing(kind: Kind, name: str, lines: list[Line]) -> dict[str, Record]:
    wanted = [line.values[name] for line in lines if line.values.get(name)]
    column = getattr(Record, name)
    rows = db.session.scalars(select(Record).where(Record.kind == kind.key, column.in_(wanted))) if wanted else ()
    return {getattr(row, name): row for row in rows}


def _invoices(lines: list[Line]) -> Iterator[tuple[str, Record]]:
    numbers = [line.values["invoice"] for line in lines if "invoice" in line.values]
    query = select(Record).where(Record.kind == "invoice", Record.number.in_(numbers))
    return ((row.number, row) for row in db.session.scalars(query))


def _name_invoice(line: Line, invoices: dict[str, Record]) -> None:
    number = line.values.pop("invoice")
    found = invoices.get(number)
    if found is None or found.party_id != line.party_id:
        line.problems["invoice"] = _("La facture « %(number)s » n’est pas connue pour ce tiers.", number=number)
    else:
        line.values["parent_id"] = found.id
