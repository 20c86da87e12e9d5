"""Five thousand accesses: from the button to the last green line, each with an initial password hashed slowly.

The worst case: an access that is told by a mailed link has no password to hash. Two cores: the worker `slow` writes
what is wanted, the worker `now` hashes with two threads and applies.
"""

import time

from sqlalchemy import func, select

from benchmarks import bulk, people
from benchmarks.figures import ceiling, report
from benchmarks.installation import Installation, installation
from shared.access.bulk_models import BulkKind
from shared.access.models import Access, Account, Seat
from shared.extensions import db
from shared.transactions import transaction

ACCESSES, MOST = 5_000, 120  # s
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
        start = time.monotonic()
        drawn = bulk.press(made, BulkKind.DRAW, ids)
        bulk.wait_for(lambda: bulk.is_done(made, drawn))
        bulk.press(made, BulkKind.ALLOW, ids)
        bulk.wait_for(lambda: _green(made) == ACCESSES)
        seconds = time.monotonic() - start
        _check(made)
    report("access", [ceiling("5,000 accesses created and synchronised", seconds, MOST, "s")])


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
