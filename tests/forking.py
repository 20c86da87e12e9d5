"""The product's processes without their imports: a nursery that has imported everything forks a child for each.

A child is a process like any other, with a pid, an environment, files and signals of its own. It reads the
environment and opens every connection itself: the nursery has no configuration, no connection and no thread.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache

CHECKOUT = Path(__file__).resolve().parent.parent
LONGEST = 1 << 20  # bytes of a question
IMPORTED = (
    "wsgi",
    "shared.jobs",
    "shared.recurring",
    "shared.ticking",
    "shared.engines.working",
    "shared.engines.catcher.__main__",
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
)


class Forked:
    """A child of the nursery, held as one would hold a `subprocess.Popen`."""

    def __init__(self, nursery: "Nursery", argv: tuple[str, ...], pid: int) -> None:
        self.nursery, self.args, self.pid = nursery, argv, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self.nursery.ask({"ended": self.pid})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:  # until it is asked for, one that has ended keeps its pid
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The other end of the line; the process starts with the first child."""

    def __init__(self, templates: Path) -> None:
        self.templates = templates
        self.lock = threading.Lock()
        self.line: socket.socket | None = None

    def fork(self, argv: tuple[str, ...], environ: Mapping[str, str], output: int | None = None) -> Forked:
        """`python argv` with that environment; what it prints goes to the file `output`."""
        files = (output, output) if output is not None else (1, 2)
        return Forked(self, argv, self.ask({"argv": argv, "environ": dict(environ)}, files))

    def ask(self, question: dict[str, Any], files: tuple[int, ...] = ()) -> Any:
        with self.lock:
            line = self.line or self._begun()
            socket.send_fds(line, [json.dumps(question).encode()], files)
            answer = line.recv(LONGEST)
        if not answer:
            raise RuntimeError("the nursery has ended: what it printed says why")
        return json.loads(answer)

    def end(self) -> None:
        if self.line:
            self.line.close()
            self.process.wait()

    def _begun(self) -> socket.socket:
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.forking", str(theirs.fileno()), str(self.templates)]
        with theirs:
            self.process = subprocess.Popen(command, cwd=CHECKOUT, pass_fds=[theirs.fileno()])
        return self.line


def share_templates(folder: Path) -> None:
    """Every application, in whatever process of this run, finds here the templates that another has compiled."""
    folder.mkdir(exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(folder))}


def spare_the_disk() -> None:
    """Nobody pulls the plug on a test: what PostgreSQL spares itself here (`fsync=off`), Python does too."""
    os.fsync = lambda _file: None


def _main() -> None:
    with socket.socket(fileno=int(sys.argv[1])) as line:
        _import()
        share_templates(Path(sys.argv[2]))
        spare_the_disk()
        asked = _tend(line)
    if asked:
        _become(*asked)


def _import() -> None:
    """All that the processes import at their start, and what SQLAlchemy would work out at their first query."""
    from sqlalchemy.orm import configure_mappers

    import backoffice
    import portal
    from shared import config
    from shared.engines.working import PRELOADED

    for module in (*IMPORTED, *(name for names in PRELOADED.values() for name in names)):
        importlib.import_module(module)
    for face in (portal, backoffice):
        face.load_views()
    configure_mappers()
    threads = os.listdir("/proc/self/task")
    assert len(threads) == 1, "a thread would not follow into the children"
    assert config._current is None, "each child reads its own environment"
    gc.collect()
    gc.freeze()


def _tend(line: socket.socket) -> tuple[list[str], dict[str, str], list[int]] | None:
    """Fork what is asked for, until the line is cut; in the child, what it shall become."""
    living: set[int] = set()
    while True:
        data, files, _, _ = socket.recv_fds(line, LONGEST, 2)
        if not data:
            break
        asked = json.loads(data)
        if "ended" in asked:
            pid, status = os.waitpid(asked["ended"], os.WNOHANG)
            living.discard(pid)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        else:
            answer = os.fork()
            if not answer:
                return asked["argv"], asked["environ"], files
            living.add(answer)
        for file in files:
            os.close(file)
        line.send(json.dumps(answer).encode())
    for pid in living:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return None


def _become(argv: list[str], environ: dict[str, str], files: list[int]) -> None:
    for number, file in enumerate(files, start=1):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    kind, what, *rest = argv
    sys.argv = [kind, *rest]
    if kind == "-c":
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
    else:
        assert kind == "-m", f"« {kind} » is only for a process that starts afresh"
        sys.modules.pop(what, None)  # as in a process just started: it runs as __main__
        runpy.run_module(what, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
