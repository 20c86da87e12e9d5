"""What a worker may be asked for: a name, ids, one verb, one commit. Each may run twice.

Only public functions of this module are accepted from Redis. The caller opens the application context.
"""

from shared.access.synchronising import synchronise as synchronise_accesses
from shared.documents.sweeping import sweep as sweep_storage
from shared.engines.checking import check_engines
from shared.notifications.sending import drain as drain_channel
from shared.queues import stopping
from shared.transactions import transaction


def drain(channel: str) -> None:
    """Send what is due on this channel; it commits row by row, as a message cannot be unsent."""
    drain_channel(channel)


def synchronise() -> None:
    """Bring the portal to what the back office wants, a batch per transaction."""
    applied = 1
    while applied and not stopping():
        with transaction():
            applied = synchronise_accesses()


def sweep() -> None:
    """Remove objects that nothing points to any more, and hash a sample of the others."""
    with transaction():
        sweep_storage()


def check() -> None:
    """Ask every engine how it is."""
    with transaction():
        check_engines()
