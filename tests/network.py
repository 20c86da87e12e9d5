"""The network is shut during the tests: only this machine answers, and trying elsewhere says so."""

import socket
from typing import Any

import pytest

from shared.config import is_loopback


class NetworkShut(RuntimeError):
    """Raised in the place of a connection that would leave this machine."""


def shut(patch: pytest.MonkeyPatch) -> None:
    """Refuse every connection and name that is not this machine's, until the patch is undone."""
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        _allow(host)
        return resolve(host, *rest, **named)

    patch.setattr(socket, "getaddrinfo", getaddrinfo)


def _guarded(original: Any) -> Any:
    def call(self: socket.socket, *arguments: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _allow(arguments[-1][0])
        return original(self, *arguments)

    return call


def _allow(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "0.0.0.0", "::") or is_loopback(name):
        return
    raise NetworkShut(f"A test tried to reach {name}: the network is shut, use the sink, the S3 server or a local one.")
