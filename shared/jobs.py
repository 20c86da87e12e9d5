"""What a worker may be asked for: a name, ids, one verb, one commit. Each may run twice.

Only public functions of this module are accepted from Redis. The caller opens the application context.
"""

from shared.transactions import transaction


def check() -> None:
    """Look at every engine now, without waiting for the tick."""
    from shared.engines.checking import check_engines

    with transaction():
        check_engines()
