"""What is kept is restarted with patience, stopped in time, and dies with the one that keeps it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.config import CHECKOUT
from shared.engines import keeping
from shared.engines.embedded import Engine, EngineError
from shared.engines.keeping import Keeper


def python(code: str, **more: object) -> Engine:
    return Engine("essai", [sys.executable, "-u", "-c", code], **more)  # type: ignore[arg-type]


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    patience = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < patience, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Keeper:
    monkeypatch.setattr(keeping, "FIRST_PAUSE", 0.1)
    return Keeper()


def test_a_killed_process_comes_back_and_each_pause_is_longer(keeper: Keeper) -> None:
    keeper.keep(python("import time; time.sleep(60)"))
    [kept] = keeper.kept
    kept.pause = 0.1
    pauses = []
    for _ in range(3):
        former = kept.process
        former.kill()
        former.wait()
        keeper.watch()
        pauses.append(kept.pause)
        until(lambda: keeper.watch() or kept.process is not former)  # noqa: B023
    assert pauses == [0.2, 0.4, 0.8]
    keeper.stop(seconds=5)


def test_each_line_says_where_it_comes_from(keeper: Keeper, capfd: pytest.CaptureFixture[str]) -> None:
    assert keeper.run(python("print('bonjour'); raise SystemExit(3)")) == 3
    assert "essai        │ bonjour\n" in capfd.readouterr().out


def test_one_that_never_answers_is_said_in_a_sentence(keeper: Keeper) -> None:
    def silent() -> None:
        raise OSError("nobody")

    with pytest.raises(EngineError, match="essai ne démarre pas"):
        keeper.keep(python("raise SystemExit(1)", ready=silent))


def test_the_stubborn_is_killed_and_the_obedient_finishes(
    keeper: Keeper, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    finished = tmp_path / "finished"
    ready = "import signal, time, pathlib; "
    obedient = ready + (
        f"stop = lambda *_: (time.sleep(0.3), pathlib.Path({str(finished)!r}).touch(), exit()); "
        "signal.signal(signal.SIGTERM, stop); print('ready'); time.sleep(60)"
    )
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready'); time.sleep(60)"
    for code in (obedient, stubborn):
        keeper.keep(python(code))
        until(lambda: "ready" in capfd.readouterr().out)
    began = time.monotonic()
    processes = [kept.process for kept in keeper.kept]
    keeper.stop(seconds=3)
    assert time.monotonic() - began < 30, "the stubborn would have slept for a minute"
    assert finished.exists()
    assert processes[1].returncode == -signal.SIGKILL


def test_nothing_outlives_a_supervisor_that_was_killed() -> None:
    code = (
        "import sys; from shared.engines.keeping import Keeper; from shared.engines.embedded import Engine\n"
        "import time; keeper = Keeper()\n"
        "keeper.keep(Engine('enfant', [sys.executable, '-c', 'import time; time.sleep(60)']))\n"
        "print(keeper.kept[0].process.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = next(int(line) for line in parent.stdout if line.strip().isdigit())
        parent.kill()
        parent.wait()
        until(lambda: not alive(child))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
