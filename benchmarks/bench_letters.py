"""Five thousand letters in one PDF: time and memory of the worker that makes them, from the bell to the file."""

import io
import time
from pathlib import Path

import pikepdf

from benchmarks import bulk, people
from benchmarks.figures import ceiling, report
from benchmarks.installation import Installation, installation
from shared.access.bulk_models import BulkKind
from shared.access.letter_keeping import slices
from shared.transactions import transaction

LETTERS = 5_000
MOST_SECONDS, MOST_MEMORY = 120, 500  # s, MB


def main() -> None:
    """Measure, print, keep. Half of the letters hold a password, half a link, whose code is new on each page."""
    with installation() as made:
        with made.app.app_context(), transaction():
            people.a_company()
            ids = bulk.parties(LETTERS, addressed=False)
        bulk.carry_out(made, BulkKind.ALLOW, ids)
        bulk.carry_out(made, BulkKind.DRAW, ids[::2])
        seconds, memory = _printed(made, ids)
    report(
        "letters",
        [
            ceiling("5,000 letters in one PDF", seconds, MOST_SECONDS, "s"),
            ceiling("the job that prints them, RSS", memory, MOST_MEMORY, "MB"),
        ],
    )


def _printed(made: Installation, ids: list[people.uuid.UUID]) -> tuple[float, float]:
    """Seconds from the button to the bound PDF, and MB at the most of the worker's child."""
    worker = made.python("-m", "shared.engines.working", "slow")
    time.sleep(3)
    most, start = [0.0], time.monotonic()
    action_id = bulk.press(made, BulkKind.LETTERS, ids)
    bulk.wait_for(
        lambda: bulk.is_done(made, action_id),
        lambda: most.append(max(map(_memory, [worker.pid, *_children(worker.pid)]))),
    )
    seconds = time.monotonic() - start
    with made.app.app_context():
        pdf = b"".join(slices(action_id))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        if len(opened.pages) != LETTERS:
            raise RuntimeError(f"{len(opened.pages)} pages instead of {LETTERS}")
    return seconds, max(most)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _memory(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


if __name__ == "__main__":
    main()
