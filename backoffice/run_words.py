"""How the last press of « Synchroniser » reads: who, when, how much, and how far it is."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import ngettext

from shared.access import running
from shared.events.actors import names_of


@dataclass(frozen=True)
class RunTold:
    """`done` of `expected` while it runs."""

    running: bool
    asked_at: datetime
    ended_at: datetime | None
    by: str
    done: int
    expected: int
    sentence: str


def told_run() -> RunTold | None:
    """The last run, None when nobody has ever pressed; two queries."""
    run = running.last()
    if run is None:
        return None
    done = run.accesses + run.documents
    sentence = ", ".join(
        (
            ngettext("%(num)s accès", "%(num)s accès", run.accesses),
            ngettext("%(num)s document", "%(num)s documents", run.documents),
            ngettext("%(num)s message libéré", "%(num)s messages libérés", run.lines),
        )
    )
    names = names_of([run.asked_by])
    return RunTold(
        running=run.ended_at is None,
        asked_at=run.asked_at,
        ended_at=run.ended_at,
        by=names.get(run.asked_by, ""),
        done=done,
        expected=max(run.expected, done),
        sentence=sentence,
    )
