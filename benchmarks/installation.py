"""An installation that lives as long as a benchmark: engines set as in production, migrated, shipped.

Its files are in memory where the machine has /dev/shm: each commit is asked for and waited for, but the figures
are those of the program and not of the disk, which other work may keep busy.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import flask_migrate
from flask import Flask

from shared.config import CHECKOUT, load, socket_folder
from shared.engines.embedded import Engine, await_ready, launch, stop
from shared.engines.postgres import create_database, postgres
from shared.engines.valkey import valkey
from shared.extensions import db
from shared.shipping import ship
from shared.transactions import transaction
from tests.sink import free_port
from wsgi import create_app

DATABASE = "bench"
MEMORY = "/dev/shm"


@dataclass
class Installation:
    """`environ` is what every process of it is started with; those started here end with it."""

    app: Flask
    environ: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def var(self) -> Path:
        return Path(self.environ["GUICHET_VAR"])

    def python(self, *argv: str, **environ: str) -> subprocess.Popen[bytes]:
        """Start `python argv` on this installation."""
        return self.start([sys.executable, *argv], self.environ | environ)

    def start(
        self, argv: Sequence[str], environ: dict[str, str], *, quiet: bool = False, piped: bool = False
    ) -> subprocess.Popen[bytes]:
        """Start any process, to be ended with the installation."""
        pipe, out = (subprocess.PIPE if piped else None), (subprocess.DEVNULL if quiet else None)
        process = subprocess.Popen(
            argv, cwd=CHECKOUT, env={**os.environ, **environ}, stdin=pipe, stdout=pipe or out, stderr=out
        )
        self.processes.append(process)
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """End one of them."""
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self.processes.remove(process)


@contextlib.contextmanager
def installation(**environ: str) -> Iterator[Installation]:
    """Engines, database, shipped data; everything gone at the end."""
    var = Path(tempfile.mkdtemp(prefix="guichet-bench-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
    settings = _settings(var) | environ
    config = load(settings)
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(_running(postgres(var)))
            stack.enter_context(_running(valkey(var, config.redis_url)))
            create_database(socket_folder(var, "postgres"), DATABASE)
            app = create_app(config)
            with app.app_context():
                flask_migrate.upgrade(directory=str(CHECKOUT / "migrations"))
                with transaction():
                    ship()
            made = Installation(app, settings)
            try:
                yield made
            finally:
                for process in list(made.processes):
                    made.stop(process)
                with app.app_context():
                    db.session.remove()
                    db.engine.dispose()
    finally:
        shutil.rmtree(var, ignore_errors=True)


def _settings(var: Path) -> dict[str, str]:
    redis_url = load({"GUICHET_VAR": str(var)}).redis_url
    return {
        "GUICHET_VAR": str(var),
        "DATABASE_URL": f"postgresql://postgres@/{DATABASE}?host={socket_folder(var, 'postgres')}",
        "REDIS_URL": redis_url,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(free_port()),
        "SMTP_TLS": "none",
        "PUBLIC_URL": "http://localhost",
        "PORT": str(free_port()),
    }


@contextlib.contextmanager
def _running(engine: Engine) -> Iterator[None]:
    process = launch(engine, subprocess.DEVNULL)
    try:
        await_ready(engine, process)
        yield
    finally:
        stop(engine, process)
