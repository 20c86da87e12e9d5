"""Processes kept running: their lines prefixed, restarted with patience when they end, stopped together."""

import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import IO

from shared.engines.embedded import Engine, await_ready, launch

FIRST_PAUSE = 1.0  # seconds before the first restart, doubled each time
LONGEST_PAUSE = 30.0
HEALTHY = 60.0  # seconds of life after which the pause starts small again


@dataclass
class Kept:
    """One process, the moment it started and how long its next restart waits."""

    engine: Engine
    process: subprocess.Popen[bytes]
    started: float
    pause: float = FIRST_PAUSE
    restart_at: float | None = None


@dataclass
class Keeper:
    """Keeps processes in the order in which they were given, and stops them in the reverse order."""

    width: int = 12
    kept: list[Kept] = field(default_factory=list)
    voice: threading.Lock = field(default_factory=threading.Lock)

    def say(self, who: str, line: str) -> None:
        """Print one line under the name of the process that it comes from."""
        with self.voice:
            print(f"{who:<{self.width}} │ {line}" if who else line, flush=True)

    def keep(self, engine: Engine) -> None:
        """Start the engine and return once it answers; raises EngineError when it does not."""
        kept = Kept(engine, self._start(engine), time.monotonic())
        self.kept.append(kept)
        await_ready(engine, kept.process)
        self.say(engine.name, "prêt")

    def run(self, engine: Engine, prefix: bool = True) -> int:
        """Run to its end a process that has one, and return its exit code; its lines are prefixed or plain."""
        process = launch(engine, subprocess.PIPE)
        reader = self._read(engine.name if prefix else "", process)
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(10)
            reader.join(2)

    def watch(self) -> None:
        """Restart what ended, each with its own patience; returns at once."""
        for kept in self.kept:
            if kept.process.poll() is None:
                continue
            if kept.restart_at is None:
                kept.pause = FIRST_PAUSE if time.monotonic() - kept.started > HEALTHY else kept.pause
                kept.restart_at = time.monotonic() + kept.pause
                self.say(
                    kept.engine.name, f"s’est arrêté (code {kept.process.returncode}), reprise dans {kept.pause:g} s"
                )
                kept.pause = min(kept.pause * 2, LONGEST_PAUSE)
            elif time.monotonic() >= kept.restart_at:
                kept.process, kept.started, kept.restart_at = self._start(kept.engine), time.monotonic(), None

    def stop(self, *, of: int = 0, seconds: float) -> None:
        """Stop everything from number `of` on, all at once, by force after `seconds`."""
        ending, self.kept = self.kept[of:], self.kept[:of]
        for kept in ending:
            if kept.process.poll() is None:
                kept.process.send_signal(kept.engine.stop)
        patience = time.monotonic() + seconds
        for kept in ending:
            try:
                kept.process.wait(max(0.1, patience - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(kept.engine.name, "ne s’arrête pas à temps : arrêt forcé")
                kept.process.send_signal(signal.SIGKILL)
                kept.process.wait()

    def _start(self, engine: Engine) -> subprocess.Popen[bytes]:
        process = launch(engine, subprocess.PIPE)
        self._read(engine.name, process)
        return process

    def _read(self, name: str, process: subprocess.Popen[bytes]) -> threading.Thread:
        output = process.stdout
        assert output is not None
        reader = threading.Thread(target=self._repeat, args=(name, output), daemon=True)
        reader.start()
        return reader

    def _repeat(self, name: str, output: IO[bytes]) -> None:
        with output:
            for line in output:
                self.say(name, line.decode(errors="replace").rstrip())
