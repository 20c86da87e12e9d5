"""The door to the limited subprocess in which foreign files are parsed.

A child is kept for the next file because starting one takes half a second; it is killed when it passes a limit, after
two hundred files, and never shared with a forked process.
"""

import atexit
import json
import logging
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from shared.documents.refusals import FileRefused

MEMORY = 1_500_000_000  # bytes of address space
SECONDS = 55  # of processor, for one file
PATIENCE = 60.0  # seconds on the wall, for one file
FILES_PER_CHILD = 200
IDLE_CHILDREN = 2
CHILDREN = 4  # at once in one process; the others wait for their turn

LOG = logging.getLogger(__name__)
CHECKOUT = Path(__file__).resolve().parents[2]
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "VIRTUAL_ENV")


class SandboxBroken(Exception):
    """The subprocess does not start, or fails for a reason that is not the file's: an error of the installation."""


Answer = tuple[dict[str, Any], bytes]


def ask(operation: str, source: bytes | Path, *, seconds: float = PATIENCE, **params: Any) -> Answer:
    """Run one operation on a file and give its answer.

    Raises FileRefused with the reason, « trop complexe » when a limit was passed, and SandboxBroken.
    """
    with _turns:
        return _asked(operation, source, seconds, params)


def _asked(operation: str, source: bytes | Path, seconds: float, params: dict[str, Any]) -> Answer:
    child = _taken()
    answer = child.asked(operation, source, params, seconds)
    if answer is None and child.files > 1 and not child.overdue:
        # A child that had served before may have died of something else: the file gets a fresh one.
        child.kill()
        child = _Child()
        answer = child.asked(operation, source, params, seconds)
    if answer is None or answer[0].get("refused") == "complex":
        child.kill()
        raise FileRefused("complex")
    _put_back(child)
    if "fault" in answer[0]:
        LOG.warning("a parser stumbled (%s, %s)", operation, answer[0]["fault"])
    if "refused" in answer[0]:
        raise FileRefused(answer[0]["refused"])
    return answer


@dataclass
class _Child:
    files: int = 0
    overdue: bool = False
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "shared.documents.sandboxed.main", str(MEMORY), str(SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=CHECKOUT,
            env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            start_new_session=True,
        )
        if self._guarded(PATIENCE, self._received) is None:
            self.kill()
            raise SandboxBroken("the document sandbox does not start")

    def asked(self, operation: str, source: bytes | Path, params: dict[str, Any], seconds: float) -> Answer | None:
        """The answer, or None when the child died or was killed for being late."""
        self.files += 1
        path, data = (str(source.resolve()), b"") if isinstance(source, Path) else (None, source)
        question = json.dumps({"operation": operation, "path": path, "params": params}).encode()

        def talk() -> Answer | None:
            target = self._pipe(self.process.stdin)
            try:
                target.write(struct.pack(">II", len(question), len(data)) + question)
                target.write(data)
                target.flush()
            except OSError:
                return None
            return self._received()

        return self._guarded(seconds, talk)

    def kill(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                self._pipe(pipe).close()
            except OSError:  # what was not yet written has no reader any more
                continue
        self.process.wait()

    def _guarded(self, seconds: float, talk: Callable[[], Answer | None]) -> Answer | None:
        def late() -> None:
            self.overdue = True
            self.process.kill()

        guard = threading.Timer(seconds, late)
        guard.daemon = True
        guard.start()
        try:
            return talk()
        finally:
            guard.cancel()

    def _received(self) -> Answer | None:
        source = self._pipe(self.process.stdout)
        header = source.read(8)
        if len(header) < 8:
            return None
        text_size, blob_size = struct.unpack(">II", header)
        text, blob = source.read(text_size), source.read(blob_size)
        if len(text) < text_size or len(blob) < blob_size:
            return None
        return json.loads(text), blob

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        if pipe is None:
            raise SandboxBroken("the document sandbox has no pipe")
        return pipe


_idle: list[_Child] = []
_lock = threading.Lock()
_turns = threading.Semaphore(CHILDREN)


def _taken() -> _Child:
    while True:
        with _lock:
            if not _idle:
                break
            child = _idle.pop()
        if child.process.poll() is None:
            return child
        child.kill()
    return _Child()


def _put_back(child: _Child) -> None:
    with _lock:
        if child.files < FILES_PER_CHILD and not child.overdue and len(_idle) < IDLE_CHILDREN:
            _idle.append(child)
            return
    child.kill()


def _forget() -> None:
    """After a fork the children belong to the parent: using them here would mix two conversations."""
    global _lock, _turns
    _lock, _turns = threading.Lock(), threading.Semaphore(CHILDREN)
    _idle.clear()


def _stop() -> None:
    while _idle:
        _idle.pop().kill()


os.register_at_fork(after_in_child=_forget)
atexit.register(_stop)
