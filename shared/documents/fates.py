"""What would become of the notice of a document: the words of « qui recevra quoi »."""

import enum
import uuid
from collections import Counter
from dataclasses import dataclass, field

from shared.notifications.models import Template
from shared.people.models import EmailSlot


class Outcome(enum.StrEnum):
    """What would become of the notice to one party."""

    TOLD = "told"
    GROUPED = "grouped"
    LATER = "later"  # the rule has a delay
    QUIET = "quiet"  # at the end of the family's quiet hours
    WAITS = "waits"  # until somebody of the party can open the portal
    DRAFT = "draft"  # the rule proposes: somebody confirms
    HELD = "held"  # the notifications of the family are off
    NO_ADDRESS = "no_address"
    SILENT = "silent"
    NOT_SHARED = "not_shared"
    CONSENT = "consent"
    NO_RULE = "no_rule"
    NO_SIGNER = "no_signer"  # the circuit names somebody whom this party has not: nothing can be filed


TELLING = (
    Outcome.TOLD,
    Outcome.GROUPED,
    Outcome.LATER,
    Outcome.QUIET,
    Outcome.WAITS,
    Outcome.DRAFT,
    Outcome.HELD,
)
ORDER = list(Outcome)


@dataclass(frozen=True)
class Line:
    """One message: where to, with which text, and when it leaves."""

    outcome: Outcome
    address: str = ""
    slot: EmailSlot | None = None  # the cell really used; none for a person's own address
    template: Template | None = None
    is_staff: bool = False  # somebody who signs for the company


@dataclass(frozen=True)
class Fate:
    """One party: who would be told at which address with which text, or not, and why."""

    party_id: uuid.UUID
    code: str
    name: str
    outcome: Outcome  # of the line that leaves first, where there are several
    is_own: bool  # by an exception of this party
    is_asked: bool = False  # to sign: it is the signature that is announced
    held_because: str = ""
    lines: tuple[Line, ...] = ()


@dataclass
class Forecast:
    """The first parties by code, how many there are of each outcome, and whether some are asked to sign."""

    fates: list[Fate] = field(default_factory=list)
    counts: Counter[Outcome] = field(default_factory=Counter)
    asks: bool = False

    @property
    def told(self) -> int:
        """How many parties a message would be made for, those that wait included."""
        return sum(self.counts[outcome] for outcome in TELLING)
