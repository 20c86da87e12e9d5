"""How a kind of record is declared: its statuses, what leads from one to the other, what it has."""

from dataclasses import dataclass, field

from shared.words import N_

DRAFT = "draft"


DATES = {
    "issued_on": N_("Date"),
    "due_on": N_("Échéance"),
    "valid_until": N_("Valable jusqu’au"),
    "appointment_at": N_("Rendez-vous"),
    "accepted_on": N_("Date d’acceptation"),
}


@dataclass(frozen=True)
class Status:
    """Where a record stands. `open`: reminders still make sense. `shown`: its party may see it on the portal."""

    key: str
    label: str
    tone: str = "secondary"  # of the badge: secondary, info, success, warning, danger
    open: bool = False
    shown: bool = True


@dataclass(frozen=True)
class Move:
    """What takes a record from one status to another, and the event that it is: `<kind>.<event>`.

    `to` None stays where it is (a deposit received). `by_party`: its party may do it on the portal.
    """

    key: str
    label: str  # of the button
    event: str
    told: str  # of the event
    leaves: tuple[str, ...]
    to: str | None
    by_party: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of record. `dates`: which of the model's dates it has; `classes`: the document classes of its papers.

    `told_with`: of a kind that has no papers of its own, the classes whose readers may see it.
    """

    key: str
    label: str
    plural: str
    statuses: tuple[Status, ...]
    moves: tuple[Move, ...]
    dates: tuple[str, ...] = ("issued_on",)
    families: tuple[str, ...] = ("customers",)
    classes: tuple[str, ...] = ()
    told_with: tuple[str, ...] = ()
    has_amount: bool = True
    has_balance: bool = False  # an amount that payments lower
    has_lines: bool = False
    has_memo_event: bool = False  # a memo that changes is an event
    is_internal: bool = False  # several parties submit it to each other and answer
    on_portal: bool = False
    fields: tuple[str, ...] = field(default=())  # of the model, that only some kinds show: platform, deposit…

    def status(self, key: str) -> Status:
        """Raises KeyError for a status that it does not have."""
        return {each.key: each for each in self.statuses}[key]

    def move(self, key: str) -> Move:
        """Raises KeyError for a move that it does not have."""
        return {each.key: each for each in self.moves}[key]

    @property
    def open_statuses(self) -> tuple[str, ...]:
        return tuple(each.key for each in self.statuses if each.open)
