"""What one page of a batch says of itself. Nothing of its text is kept but what a rule reads, never a NIR."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from shared.documents.masking import MASK, without_nir
from shared.folding import fold
from shared.intake.payslip_directory import Directory
from shared.intake.payslip_fields import EMPLOYER, MATRICULE, NAME, PERIOD, bears_label, read_field
from shared.intake.payslip_models import PayslipLayout
from shared.intake.payslip_periods import period_in

NAMED_MAX = 3

_WORD = re.compile(r"[^\W_]+")
_PAGE_OF = re.compile(r"\b(?:page|feuillet|p\.?)\s*:?\s*(\d{1,2})\s*(?:/|sur|de)\s*(\d{1,2})\b")
_SIRET = re.compile(r"siret\D{0,15}((?:\d[\s.\u00a0\u202f]?){13}\d)(?!\d)", re.IGNORECASE)
_RECTIFIED = re.compile(r"\brectifi(?:e|ee|catif)\b|annule et remplace")


@dataclass(frozen=True)
class Rule:
    """A layout as pages are read by it."""

    id: str
    mark: str  # folded
    fields: dict[str, dict[str, Any]]

    @property
    def boxes(self) -> dict[str, list[float]]:
        """The boxes of its fields, for the sandbox."""
        return {name: spec["box"] for name, spec in self.fields.items() if "box" in spec}


@dataclass(frozen=True)
class Company:
    """Us, as payslips name their employer."""

    sirets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Seen:
    """What was read on a page: all that the database keeps of it."""

    layout: str = ""
    matricule: str = ""
    name: str = ""
    period: str = ""  # ISO, first day
    page: int = 0  # « page 2/3 »; 0 when it does not say
    of: int = 0
    header: bool = False  # bears what stands on a first page, whether or not it could be read
    foreign: str = ""  # the SIRET or name of another company
    words: str = ""  # hash of the folded words
    named: list[str] = field(default_factory=list)  # employees named on a page without identifier
    rectified: bool = False
    damaged: bool = False
    blank: bool = False
    empty: bool = False  # pictures only, and no recognition
    recognised: bool = False

    @property
    def is_identified(self) -> bool:
        """Whether the page says who it is for."""
        return bool(self.matricule or self.name)

    def told(self) -> dict[str, Any]:
        """As it is kept: what is not there is left out."""
        return {key: value for key, value in asdict(self).items() if value}


def rule_of(layout: PayslipLayout) -> Rule:
    """The rule of a layout."""
    return Rule(str(layout.id), fold(layout.mark), dict(layout.fields))


def seen_on(page: Mapping[str, Any], rules: Sequence[Rule], directory: Directory, company: Company) -> Seen:
    """Read one page of the sandbox's answer: text, the boxes of each rule, damaged, blank."""
    if page["damaged"]:
        return Seen(damaged=True)
    text = without_nir(page["text"])
    folded = fold(text)
    words = words_of(folded)
    if not words:
        return Seen(blank=page["blank"], empty=not page["blank"])
    found = _PAGE_OF.search(folded)
    number, of = (int(found[1]), int(found[2])) if found else (0, 0)
    common: dict[str, Any] = {
        "page": number if number <= of else 0,
        "of": of if number <= of else 0,
        "words": hash_of(words),
        "rectified": bool(_RECTIFIED.search(folded)),
        "recognised": bool(page.get("recognised")),
    }
    place = _rule_on(folded, rules)
    foreign, has_siret = _foreign(text, company)
    if place is None:
        return Seen(**common, foreign=foreign, named=_named(directory, words))
    rule = rules[place]
    boxes = {name: without_nir(each) for name, each in page["boxes"].get(str(place), {}).items()}
    values = {name: read_field(name, spec, text, boxes) for name, spec in rule.fields.items()}
    values = {name: value for name, value in values.items() if MASK not in value}
    identified = bool(values.get(MATRICULE) or values.get(NAME))
    month = period_in(values.get(PERIOD, ""))
    labelled = any(bears_label(rule.fields[name], text) for name in (MATRICULE, NAME) if name in rule.fields)
    return Seen(
        **common,
        layout=rule.id,
        matricule=values.get(MATRICULE, ""),
        name=values.get(NAME, ""),
        period=month.isoformat() if month else "",
        header=identified or labelled or has_siret or MASK in text,
        foreign=foreign or _other_employer(rule, values),
        named=[] if identified else _named(directory, words),
    )


def words_of(folded: str) -> list[str]:
    """The words of a folded text, without punctuation."""
    return _WORD.findall(folded)


def hash_of(words: Sequence[str]) -> str:
    """What tells whether two pages say the same."""
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:32]


def fingerprint(pages: Sequence[str]) -> str:
    """The same for a payslip, from the hashes of its pages."""
    return hashlib.sha256("".join(pages).encode()).hexdigest()[:32] if all(pages) else ""


def fingerprint_of_text(text: str) -> str:
    """The same for the text of a filed document, a form feed between pages."""
    return fingerprint([hash_of(words_of(fold(page))) for page in text.split("\f")])


def _rule_on(folded: str, rules: Sequence[Rule]) -> int | None:
    """The place of the rule whose mark stands on the page; of several, the longest mark."""
    bearing = [place for place, rule in enumerate(rules) if rule.mark and rule.mark in folded]
    return max(bearing, key=lambda place: len(rules[place].mark), default=None)


def _foreign(text: str, company: Company) -> tuple[str, bool]:
    """A SIRET that is not ours where none of ours stands; and whether there is any."""
    found = ["".join(mark for mark in each if mark.isdigit()) for each in _SIRET.findall(text)]
    if not found or not company.sirets or company.sirets & set(found):
        return "", bool(found)
    return found[0], True


def _other_employer(rule: Rule, values: Mapping[str, str]) -> str:
    """The name in the employer's place, when it is not the one of the sample page."""
    wanted, read = fold(str(rule.fields.get(EMPLOYER, {}).get("value", ""))), values.get(EMPLOYER, "")
    return read[:80] if wanted and read and wanted not in fold(read) else ""


def _named(directory: Directory, words: list[str]) -> list[str]:
    return [str(each.id) for each in directory.named_in(words)[:NAMED_MAX]]
