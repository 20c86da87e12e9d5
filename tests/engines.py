"""The real engines, once per run: PostgreSQL with a template built by the migrations, Valkey, a folder."""

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import flask_migrate
import psycopg
import redis
from flask import Flask

from shared.config import CHECKOUT, Config, load, socket_folder
from shared.engines.embedded import Engine, await_ready, launch, stop
from shared.engines.postgres import create_database, postgres
from shared.engines.valkey import valkey
from shared.extensions import db
from tests.factories import shelf
from tests.forking import Forked, Nursery, share_templates, spare_the_disk
from wsgi import create_app

TEMPLATE = "template_guichet"
PLENTY = 4_000_000_000  # bytes
_numbers = itertools.count(1)


@dataclass
class Engines:
    """Running engines; `environ(database)` is what a process needs to find them."""

    var: Path
    smtp_port: int
    nursery: Nursery
    redis_databases: Iterator[int] = field(default_factory=lambda: itertools.cycle(range(1, 16)))

    @property
    def socket(self) -> Path:
        return socket_folder(self.var, "postgres")

    def environ(self, database: str, redis_database: int = 0) -> dict[str, str]:
        redis_url = load({"GUICHET_VAR": str(self.var)}).redis_url
        return {
            "GUICHET_VAR": str(self.var),
            "DATABASE_URL": f"postgresql://postgres@/{database}?host={self.socket}",
            "REDIS_URL": redis_url.replace("db=0", f"db={redis_database}"),
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.smtp_port),
            "SMTP_TLS": "none",
            "SMTP_TIMEOUT": "5",
            "PUBLIC_URL": "http://localhost",
        }

    def database(self) -> str:
        """A database of its own, copied from the template."""
        name = f"test_{next(_numbers)}"
        create_database(self.socket, name, TEMPLATE)
        return name

    def drop(self, database: str) -> None:
        with psycopg.connect(host=str(self.socket), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


@dataclass
class Machine:
    """An installation of its own: real commits, and processes that a test may start, stop and kill."""

    app: Flask
    config: Config
    environ: dict[str, str]
    nursery: Nursery
    processes: list[Forked | subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *argv: str, output: int | None = None, **environ: str) -> Forked:
        """`python argv` (for example "-m", "shared.ticking") on this installation, its imports already made."""
        child = self.nursery.fork(argv, self._surroundings(environ), output)
        self.processes.append(child)
        return child

    def start_afresh(self, *argv: str, **environ: str) -> subprocess.Popen[bytes]:
        """The same from nothing, as at the start of a machine: three seconds of processor."""
        process = subprocess.Popen([sys.executable, *argv], cwd=CHECKOUT, env=self._surroundings(environ))
        self.processes.append(process)
        return process

    def _surroundings(self, more: dict[str, str]) -> dict[str, str]:
        return {**os.environ, **self.environ, **more}

    def stop_all(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@contextlib.contextmanager
def running_engines(smtp_port: int) -> Iterator[Engines]:
    """PostgreSQL and Valkey of this run only, gone with everything they held at its end."""
    var = Path(tempfile.mkdtemp(prefix="guichet-test-", dir=_in_memory()))
    config = load({"GUICHET_VAR": str(var)})
    engines = Engines(var, smtp_port, Nursery(var / "templates"))
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(_running(postgres(var, throwaway=True)))
            stack.enter_context(_running(valkey(var, config.redis_url)))
            stack.callback(engines.nursery.end)
            share_templates(engines.nursery.templates)
            spare_the_disk()
            _build_template(engines)
            yield engines
    finally:
        shutil.rmtree(var, ignore_errors=True)


@contextlib.contextmanager
def a_machine(engines: Engines, **environ: str) -> Iterator[Machine]:
    """An installation with a database, a Redis database and an application of its own."""
    database, redis_database = engines.database(), next(engines.redis_databases)
    settings = engines.environ(database, redis_database)
    with redis.Redis.from_url(load(settings).redis_url) as bell:
        bell.flushdb()
    settings |= environ
    config = load(settings)
    machine = Machine(create_app(config), config, settings, engines.nursery)
    try:
        yield machine
    finally:
        machine.stop_all()
        with machine.app.app_context():
            db.session.remove()
            db.engine.dispose()
        engines.drop(database)


@contextlib.contextmanager
def _running(engine: Engine) -> Iterator[None]:
    process = launch(engine, subprocess.DEVNULL)
    try:
        await_ready(engine, process)
        yield
    finally:
        stop(engine, process)


def _in_memory() -> str | None:
    """A file system in memory where there is plenty of it: each database is a thousand files, made and removed."""
    shared = "/dev/shm"
    if not os.access(shared, os.W_OK) or shutil.disk_usage(shared).free < PLENTY:
        return None
    return shared if os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") > PLENTY else None


def _build_template(engines: Engines) -> None:
    create_database(engines.socket, TEMPLATE)
    app = create_app(load(engines.environ(TEMPLATE)))
    with app.app_context():
        flask_migrate.upgrade(directory=str(CHECKOUT / "migrations"))
        shelf.stock()
        db.session.remove()
        db.engine.dispose()
