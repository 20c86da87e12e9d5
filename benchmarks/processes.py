"""What the processes of an installation have used of the machine, from /proc."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def processor_time() -> float:
    """Seconds of processor, all cores added, of everything that this process has started and of what that started."""
    return sum(_ticks(pid) for pid in descendants(os.getpid())) / TICKS


def descendants(pid: int) -> Iterator[int]:
    """The children of a process that live, and theirs."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (thread / "children").read_text().split()):
                yield child
                yield from descendants(child)


@contextlib.contextmanager
def still(pid: int) -> Iterator[None]:
    """A process and all that it started stand still meanwhile."""
    family = [pid, *descendants(pid)]
    for each in family:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in reversed(family):
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGCONT)


def _ticks(pid: int) -> int:
    """Its own and those of its children that ended, in user and system mode."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15]))
    return 0
