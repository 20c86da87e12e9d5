"""What stands in the way of `make demo` is said in one French sentence, with code 1 and no traceback."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from shared.config import CHECKOUT
from tests.engines import Engines
from tests.sink import free_port


def demo(var: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        [sys.executable, "-m", "shared.engines.supervising"],
        cwd=CHECKOUT,
        env={**kept, "GUICHET_VAR": str(var), "PORT": str(free_port() % 50_000 + 10_000), **environ},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    said = done.stderr.strip()
    assert "\n" not in said
    for word in words:
        assert word in said


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused(demo(tmp_path, PORT=str(min(port, 65_000))), str(port), "n’est pas libre", "make demo")


def test_a_wrong_variable(tmp_path: Path) -> None:
    refused(demo(tmp_path, SMTP_PORT="25"), "SMTP_HOST")


def test_a_folder_already_in_use(tmp_path: Path) -> None:
    with (tmp_path / "supervisor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused(demo(tmp_path), str(tmp_path), "tourne déjà")


@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("DATABASE_URL", "postgresql://guichet:s3cret@127.0.0.1:{port}/guichet"),
        ("REDIS_URL", "redis://:s3cret@127.0.0.1:{port}/0"),
        ("SMTP_HOST", "127.0.0.1"),
        ("S3_BUCKET", "documents"),
    ],
)
def test_a_configured_server_that_does_not_answer(tmp_path: Path, variable: str, address: str) -> None:
    port = str(free_port())
    more = {
        "SMTP_HOST": {"SMTP_PORT": port, "SMTP_TLS": "none"},
        "S3_BUCKET": {
            "S3_ENDPOINT": f"http://127.0.0.1:{port}",
            "S3_ACCESS_KEY": "someone",
            "S3_SECRET_KEY": "s3cret",
        },
    }
    done = demo(tmp_path, **{variable: address.format(port=port)}, **more.get(variable, {}))
    refused(done, "Corrigez", variable.split("_")[0] + "_")
    assert "s3cret" not in done.stdout + done.stderr
    assert not (tmp_path / "postgres").exists(), "nothing is started before the configured servers are asked"


def test_a_database_of_another_version(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    refused(demo(tmp_path), "PostgreSQL 16", "sauvegarde")


def test_engines_keep_their_data_and_are_not_shared(engines: Engines) -> None:
    assert (engines.socket / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0
    assert (engines.var / "valkey" / "valkey.sock").stat().st_mode & 0o077 == 0
    assert (engines.var / "valkey" / "valkey.conf").stat().st_mode & 0o077 == 0
