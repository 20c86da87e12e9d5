"""When what was not accepted is tried again: 1, 5, 15, 60, 240 minutes, then every 4 hours, for 48 hours."""

from datetime import timedelta

LADDER = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240)]
STEP = timedelta(hours=4)
GIVE_UP = timedelta(hours=48)
MOST = len(LADDER) + (GIVE_UP - sum(LADDER, timedelta())) // STEP  # tries after the first


def delay_after(failures: int) -> timedelta | None:
    """How long to wait after so many failures; None when it was tried for 48 hours."""
    if failures > MOST:
        return None
    return LADDER[failures - 1] if failures <= len(LADDER) else STEP
