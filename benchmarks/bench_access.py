"""Five thousand accesses: from the button to the last green line, each with an initial password hashed slowly.

The worst case: an access that is told by a mailed link has no password to hash. Two cores: the worker `slow` writes
what is wanted, the worker `now` hashes with two threads and applies. The processor time says what a machine shared
with other work hides: with less than two cores' worth of it, two free cores would have been enough.
"""

import time
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from benchmarks import bulk, people
from benchmarks.figures import ceiling, report
from benchmarks.installation import Installation, installation
from benchmarks.processes import processor_time
from shared.access.bulk_models import BulkKind
from shared.access.hashing import HASHERS
from shared.access.models import Access, Account, Seat
from shared.access.passwords import draw, hash_password
from shared.extensions import db
from shared.transactions import transaction

ACCESSES, MOST, MOST_TIMES, SAMPLE = 5_000, 120, 2.0, 200  # s, times the hashing alone
WEAKEST = "$argon2id$v=19$m=19456,t=2,p=1$"


def main() -> None:
    """Measure, print, keep."""
    with installation() as made:
        with made.app.app_context(), transaction():
            people.a_company()
            ids = bulk.parties(ACCESSES, addressed=True)
        for queue in ("slow", "now"):
            made.python("-m", "shared.engines.working", queue)
        time.sleep(3)
        before = _hashing_alone()
        start, spent = time.monotonic(), processor_time()
        drawn = bulk.press(made, BulkKind.DRAW, ids)
        bulk.wait_for(lambda: bulk.is_done(made, drawn))
        bulk.press(made, BulkKind.ALLOW, ids)
        bulk.wait_for(lambda: _green(made) == ACCESSES)
        seconds, spent = time.monotonic() - start, processor_time() - spent
        alone = (before + _hashing_alone()) / 2
        _check(made)
    report(
        "access",
        [
            ceiling("5,000 accesses created and synchronised", seconds, MOST, "s"),
            ceiling("the same, processor time over two cores", spent / 2, MOST, "s"),
            ceiling("the same, against the hashing alone", seconds, alone * MOST_TIMES, "s"),
        ],
    )


def _hashing_alone() -> float:
    """Seconds that 5,000 hashes would take by two threads with nothing else to do, at the speed of this moment."""
    start = time.monotonic()
    with ThreadPoolExecutor(HASHERS) as threads:
        list(threads.map(hash_password, [draw() for _each in range(SAMPLE)]))
    return (time.monotonic() - start) * ACCESSES / SAMPLE


def _green(made: Installation) -> int:
    with made.app.app_context():
        query = select(func.count()).select_from(Seat).join(Access, Access.id == Seat.access_id)
        return db.session.scalar(query.where(Seat.allowed, Seat.revision == Access.revision)) or 0


def _check(made: Installation) -> None:
    """Each has a hash, and none is weaker than it should be."""
    with made.app.app_context():
        strong = select(func.count()).select_from(Account).where(Account.initial_hash.startswith(WEAKEST))
        if db.session.scalar(strong) != ACCESSES:
            raise RuntimeError("an initial password is missing, or hashed otherwise")


if __name__ == "__main__":
    main()
