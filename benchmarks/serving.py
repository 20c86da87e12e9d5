"""Web servers of a benchmark: gunicorn with the configuration that is deployed, nginx with the one that is shown."""

import re
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.installation import Installation
from benchmarks.programs import environment, program
from shared.config import CHECKOUT
from tests.sink import free_port

ACCEL = "/_objects"
GUICHET, BARE = "wsgi:create_app()", "benchmarks.bare:create_bare()"


def gunicorn(made: Installation, application: str, **environ: str) -> str:
    """Serve an application as it is deployed; its address once it answers."""
    port = str(free_port())
    made.python(
        *("-m", "gunicorn", "-c", str(CHECKOUT / "deploy" / "gunicorn.conf.py"), application),
        **{"PORT": port, **environ},
    )
    return answering(f"http://127.0.0.1:{port}")


def nginx(made: Installation, upstreams: dict[str, str]) -> dict[str, str]:
    """Put the nginx of deploy/ before each upstream; their new addresses. Only what this machine lacks is changed."""
    ports = {name: free_port() for name in upstreams}
    shown = (CHECKOUT / "deploy" / "nginx.conf").read_text()
    servers = [_server(shown, made.var, name, url, ports[name]) for name, url in upstreams.items()]
    held = made.var / "nginx"
    held.mkdir()
    folders = " ".join(
        f"{kind}_temp_path {held}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = held / "nginx.conf"
    conf.write_text(
        f"user root; daemon off; worker_processes auto; pid {held}/pid; error_log {held}/error.log;\n"
        f"events {{ worker_connections 512; }}\nhttp {{ sendfile on; tcp_nopush on; {folders}\n"
        + _before_servers(shown)
        + "\n".join(servers)
        + "\n}\n"
    )
    path = program("nginx")
    made.start([path, "-p", str(held), "-c", str(conf), "-e", str(held / "error.log")], environment(path))
    return {name: answering(f"http://127.0.0.1:{port}") for name, port in ports.items()}


def answering(url: str, seconds: float = 90) -> str:
    """`url`, once something answers there."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return url
        except OSError:
            time.sleep(0.1)
        else:
            return url
    raise RuntimeError(f"nothing answers at {url}")


def _server(shown: str, var: Path, name: str, url: str, port: int) -> str:
    """The second server of the shown file, without TLS, on a port of ours."""
    block = shown[shown.rindex("\nserver {") :]
    block = re.sub(r"\n\s*(listen|ssl_\w+|server_name|http2)\b[^;]*;", "", block)
    block = block.replace("server {", f"server {{\n    listen 127.0.0.1:{port};", 1)
    block = block.replace("/srv/guichet/var/storage/", f"{var}/storage/").replace("http://guichet;", f"http://{name};")
    block = block.replace("X-Forwarded-Proto https", "X-Forwarded-Proto http")
    block = re.sub(r"access_log \S+ guichet;", f"access_log {var}/nginx/{name}.log guichet;", block)
    host = url.removeprefix("http://")
    return f"upstream {name} {{ server {host}; }}\n{block}"


def _before_servers(shown: str) -> str:
    """What the shown file says of its log."""
    return re.sub(r"upstream \w+ {[^}]*}", "", shown[: shown.index("\nserver {")])


def accepting(port: int, seconds: float = 90) -> None:
    """Wait until something listens on this port of the machine."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing listens on port {port}")
