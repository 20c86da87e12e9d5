"""`make demo`: everything the product needs, started in order on this machine, kept running, stopped together.

With DATABASE_URL, REDIS_URL, S3_* or SMTP_* set, that engine is not started: the real one is asked first.
"""

import fcntl
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from urllib.parse import urlsplit

from shared.config import CHECKOUT, Config, ConfigError, config, socket_folder
from shared.engines.embedded import Engine, EngineError
from shared.engines.keeping import Keeper
from shared.engines.postgres import create_database, postgres
from shared.engines.probing import Probe, probe_postgresql, probe_redis, probe_smtp, probe_storage
from shared.engines.valkey import valkey
from shared.queues import QUEUES

GRACE = 27.0  # seconds given to the product's processes; the engines stop in what is left of thirty


class Ended(Exception):
    """The person, or the machine, asked us to stop."""


def main() -> int:
    """Entry point of `make demo`; 0 when asked to stop, 1 after one sentence saying what is in the way."""
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, _end)
    keeper = Keeper()
    try:
        with _alone(config()):
            try:
                _start(config(), keeper)
                while True:
                    keeper.watch()
                    time.sleep(0.2)
            except Ended:
                print("\nArrêt en cours : chaque processus finit ce qu’il tient.", flush=True)
                return 0
            finally:
                _stop(keeper)
    except Ended:
        return 0
    except (ConfigError, EngineError) as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1


def _start(chosen: Config, keeper: Keeper) -> None:
    _check_ports(chosen)
    _check_configured(chosen)
    _start_engines(chosen, keeper)
    if keeper.run(_python("migrations", "-m", "flask", "--app", "wsgi", "db", "upgrade")):
        raise EngineError("La base de données n’a pas pu être mise à niveau : les lignes ci-dessus disent pourquoi.")
    if keeper.run(_python("démo", "-m", "flask", "--app", "wsgi", "demo", "load")):
        raise EngineError("La société de démonstration n’a pas pu être chargée : les lignes ci-dessus disent pourquoi.")
    for engine in _processes(chosen):
        keeper.keep(engine)
    if keeper.run(_python("parcours", "-m", "flask", "--app", "wsgi", "demo", "story"), prefix=False):
        keeper.say("", "Le parcours de démonstration s’est interrompu ; le produit reste ouvert.")
    keeper.say("", _welcome(chosen))


def _start_engines(chosen: Config, keeper: Keeper) -> None:
    if "postgresql" in chosen.embedded:
        keeper.keep(postgres(chosen.var))
        create_database(socket_folder(chosen.var, "postgres"), "guichet")
    if "redis" in chosen.embedded:
        keeper.keep(valkey(chosen.var, chosen.redis_url))
    if "smtp" in chosen.embedded:
        smtp = chosen.smtp
        where = ("--smtp-port", str(smtp.port), "--http-port", str(chosen.catcher_http_port))
        argv = ("-m", "shared.engines.catcher", *where, "--dir", str(chosen.var / "mail"))
        keeper.keep(_python("courrier", *argv, ready=lambda: _listens(smtp.host, smtp.port)))


def _processes(chosen: Config) -> Iterator[Engine]:
    """What the product itself is made of, the web last so that nobody arrives before the rest."""
    for queue in QUEUES:
        yield _python(f"worker-{queue}", "-m", "shared.engines.working", queue)
    yield _python("tick", "-m", "shared.ticking")
    yield _python("web", "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", ready=lambda: _answers(chosen))


def _python(name: str, *argv: str, ready: Probe | None = None) -> Engine:
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
    engine = Engine(name, [sys.executable, *argv], folder=CHECKOUT, environ=environ)
    return engine if ready is None else Engine(name, engine.argv, ready, folder=CHECKOUT, environ=environ)


def _stop(keeper: Keeper) -> None:
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, signal.SIG_IGN)
    first = sum(1 for kept in keeper.kept if kept.engine.name in ("PostgreSQL", "Valkey", "courrier"))
    keeper.stop(of=first, seconds=GRACE)
    for number in reversed(range(first)):
        keeper.stop(of=number, seconds=10.0)


@contextmanager
def _alone(chosen: Config) -> Iterator[None]:
    """One supervisor for each folder of data."""
    chosen.var.mkdir(parents=True, exist_ok=True)
    with (chosen.var / "supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EngineError(
                f"Guichet tourne déjà avec le dossier {chosen.var} : arrêtez-le d’abord (Ctrl-C dans sa fenêtre)."
            ) from None
        yield


def _check_ports(chosen: Config) -> None:
    ports = [chosen.port]
    if "smtp" in chosen.embedded:
        ports += [chosen.smtp.port, chosen.catcher_http_port]
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((chosen.bind if port == chosen.port else "127.0.0.1", port))
            except OSError as error:
                raise EngineError(
                    f"Le port {port} n’est pas libre : arrêtez le programme qui l’occupe, "
                    f"ou choisissez un autre départ, par exemple « PORT={chosen.port + 100} make demo »."
                ) from error


def _check_configured(chosen: Config) -> None:
    """Ask the engines that the environment names before anything is started."""
    smtp = chosen.smtp
    probes: dict[str, tuple[str, Probe]] = {
        "postgresql": ("DATABASE_URL", probe_postgresql),
        "redis": ("REDIS_URL", probe_redis),
        "storage": ("les variables S3_*", probe_storage),
        "smtp": ("les variables SMTP_*", lambda: probe_smtp(smtp)),
    }
    for name, (variable, probe) in probes.items():
        if name not in chosen.embedded and (reason := probe()):
            raise EngineError(f"{reason} Corrigez {variable}, ou retirez-la pour utiliser ce que Guichet embarque.")


def _listens(host: str, port: int) -> None:
    socket.create_connection((host, port), timeout=2).close()


def _answers(chosen: Config) -> None:
    named = {"Host": urlsplit(chosen.public_url).netloc}
    request = urllib.request.Request(f"http://{chosen.bind}:{chosen.port}/healthz/web", headers=named)
    urllib.request.urlopen(request, timeout=5).close()


def _welcome(chosen: Config) -> str:
    lines = ["", f"  Portail       {chosen.public_url}/", f"  Back-office   {chosen.public_url}/backoffice"]
    if chosen.inbox_url:
        lines.append(f"  Messagerie    {chosen.inbox_url}")
    return "\n".join([*lines, "", "  Ctrl-C arrête tout ; les données restent dans " + str(chosen.var), ""])


def _end(_: int, __: FrameType | None) -> None:
    raise Ended


if __name__ == "__main__":
    sys.exit(main())
