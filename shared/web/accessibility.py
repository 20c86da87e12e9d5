"""What the accessibility declaration says: read from what axe found on every page, written by « make accessibility ».

The statement that the law asks for: article 47 of the law of 11 February 2005, decree 2019-768 of 24 July 2019.
"""

import functools
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from flask_babel import gettext as _
from sqlalchemy import select

from shared.extensions import db
from shared.people.models import Family
from shared.web.navigation import Item

FOUND = Path(__file__).with_suffix(".json")
Face = Literal["portal", "backoffice"]
State = Literal["partial", "none"]
ALL_CRITERIA = 106  # of RGAA 4.1


@dataclass(frozen=True)
class Fault:
    """A rule that a page breaks, on how many of its elements, and the criteria of the RGAA that it belongs to."""

    path: str
    rule: str
    criteria: tuple[str, ...]
    impact: str
    elements: int


@dataclass(frozen=True)
class Declaration:
    """What a run of the tests found on the pages of one face."""

    tested_on: date
    engine: str
    pages: int
    passed: int  # rules kept, page by page
    rules: int  # different ones, kept or not
    criteria: tuple[str, ...]  # those that these rules look at
    faults: tuple[Fault, ...]

    @property
    def broken(self) -> frozenset[str]:
        """The criteria that some page does not keep."""
        return frozenset(name for fault in self.faults for name in fault.criteria)

    @property
    def state(self) -> State:
        """Never « totalement conforme »: no program sees all the criteria. Under half of them is « non conforme »."""
        return "partial" if 2 * len(self.broken) <= len(self.criteria) else "none"


@functools.cache
def declaration(face: Face) -> Declaration:
    """What stands in the checked-in result of the last run, for the pages of one face."""
    return read(FOUND, face)


def read(file: Path, face: Face) -> Declaration:
    """The pages of one face in the result of a run."""
    found = json.loads(file.read_text())
    rules: dict[str, list[str]] = found["rules"][face]
    pages = [page for page in found["pages"] if page["page"].startswith(f"{face}.")]
    return Declaration(
        tested_on=date.fromisoformat(found["tested_on"]),
        engine=found["engine"],
        pages=len(pages),
        passed=sum(page["passed"] for page in pages),
        rules=len(rules),
        criteria=tuple(sorted({name for names in rules.values() for name in names}, key=_order)),
        faults=tuple(
            Fault(page["path"], rule, tuple(rules[rule]), broken["impact"], broken["elements"])
            for page in pages
            for rule, broken in page["faults"].items()
        ),
    )


def foot(face: Face, url: str) -> list[Item]:
    """The line that the law wants on every page: the state of conformity, leading to the declaration."""
    words = state_words(declaration(face).state)
    return [Item(_("Accessibilité : %(state)s", state=words), url, "")]


def state_words(state: State) -> str:
    """As the decree names it."""
    return str({"partial": _("partiellement conforme"), "none": _("non conforme")}[state])


def contact() -> str:
    """Where to write: the first family's address for answers, else one that messages leave from; empty when none is."""
    rows = db.session.execute(
        select(Family.reply_to, Family.sender_address).order_by(Family.position, Family.key)
    ).all()
    return next((each for column in zip(*rows, strict=True) for each in column if each), "")


def _order(criterion: str) -> tuple[int, ...]:
    return tuple(int(part) for part in criterion.split("."))
