"""How an engine that this machine runs itself is started and stopped, by the supervisor and by the tests alike."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

STARTING = 60.0  # seconds given to an engine before we say that it does not start
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class EngineError(Exception):
    """One French sentence: which engine is not available, why, and what to do."""


@dataclass(frozen=True)
class Engine:
    """A process kept in the foreground. `ready` raises until it answers; `stop` is the signal it obeys properly."""

    name: str
    argv: list[str]
    ready: Callable[[], object] = bool
    stop: signal.Signals = signal.SIGTERM
    user: str | None = None
    folder: Path = Path("/")
    environ: Mapping[str, str] | None = None


def launch(engine: Engine, output: int | IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Start the engine in a session of its own; it dies with the process that started it."""
    return subprocess.Popen(
        engine.argv,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        user=engine.user,
        group=engine.user,
        extra_groups=[] if engine.user else None,
        start_new_session=True,
        cwd=engine.folder,
        env=engine.environ,
        preexec_fn=lambda: die_with_parent(engine.stop),
    )


def die_with_parent(stop: signal.Signals) -> None:
    """Ask the kernel to send us this signal should our parent be killed outright."""
    _libc.prctl(PR_SET_PDEATHSIG, int(stop))


def await_ready(engine: Engine, process: subprocess.Popen[bytes]) -> None:
    """Return once the engine answers; raises EngineError when it ends or stays silent for a minute."""
    patience = time.monotonic() + STARTING
    while True:
        try:
            engine.ready()
            return
        except Exception as error:  # whatever the client raises, the engine is not there yet
            if process.poll() is not None or time.monotonic() > patience:
                raise EngineError(
                    f"{engine.name} ne démarre pas sur cette machine : ses lignes ci-dessus disent pourquoi."
                ) from error
        time.sleep(0.05)


def stop(engine: Engine, process: subprocess.Popen[bytes], seconds: float = 10.0) -> None:
    """Stop the engine properly, by force after `seconds`."""
    if process.poll() is None:
        process.send_signal(engine.stop)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_leftover(pidfile: Path, belongs: str, how: signal.Signals) -> None:
    """Stop the server that an earlier run left behind; `belongs` must stand in its command line."""
    try:
        pid = int(pidfile.read_text().split()[0])
        if belongs not in Path(f"/proc/{pid}/cmdline").read_text():
            return
        os.kill(pid, how)
        patience = time.monotonic() + 15
        while Path(f"/proc/{pid}").exists() and time.monotonic() < patience:
            time.sleep(0.05)
    except (OSError, ValueError, IndexError):
        return
