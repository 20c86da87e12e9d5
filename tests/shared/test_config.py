"""A wrong variable stops the start with one sentence; a missing one means the engine that Guichet brings itself."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import request

from shared.config import LONGEST_SOCKET, S3, ConfigError, load, socket_folder
from tests.engines import Engines, a_machine


def test_nothing_set_means_everything_embedded(tmp_path: Path) -> None:
    config = load({"GUICHET_VAR": str(tmp_path)})
    assert config.embedded == {"postgresql", "redis", "storage", "smtp"}
    assert config.public_url == "http://localhost:8000"
    assert config.bind == "127.0.0.1"
    assert not config.plain_http
    assert config.inbox_url == "http://localhost:8026/"


def test_the_key_is_made_once_and_nobody_else_reads_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load({"GUICHET_VAR": str(tmp_path)}).key, range(8)))
    assert len(keys) == 1
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_each_purpose_has_its_own_secret(tmp_path: Path) -> None:
    config = load({"GUICHET_VAR": str(tmp_path)})
    secrets = {config.derive(purpose) for purpose in (b"session", b"token", b"session2")}
    assert len(secrets) == 3
    assert all(len(secret) == 32 for secret in secrets)
    assert config.derive(b"session") == load({"GUICHET_VAR": str(tmp_path)}).derive(b"session")


def test_what_is_printed_holds_no_secret(tmp_path: Path) -> None:
    given = {
        "GUICHET_VAR": str(tmp_path),
        "GUICHET_KEY": "k3y" * 20,
        "DATABASE_URL": "postgresql://me:dbpass@db/x",
        "REDIS_URL": "redis://:redispass@r/0",
        "SMTP_HOST": "relay",
        "SMTP_PASSWORD": "smtppass",
        "S3_BUCKET": "b",
        "S3_ACCESS_KEY": "accesskey",
        "S3_SECRET_KEY": "s3secret",
        "GUICHET_ADMIN_PASSWORD": "adminpass",
    }
    printed = repr(load(given))
    for secret in ("k3yk3y", "dbpass", "redispass", "smtppass", "accesskey", "s3secret", "adminpass"):
        assert secret not in printed


def test_configured_engines_are_not_embedded(tmp_path: Path) -> None:
    config = load(
        {
            "GUICHET_VAR": str(tmp_path),
            "DATABASE_URL": "postgres://u:p@db/guichet",
            "REDIS_URL": "valkey://redis:6379/0",
            "S3_BUCKET": "documents",
            "S3_ENDPOINT": "https://s3.exemple.fr",
            "S3_PREFIX": "/guichet/",
            "SMTP_HOST": "relay.exemple.fr",
            "SMTP_TLS": "tls",
            "PUBLIC_URL": "https://portail.exemple.fr/",
        }
    )
    assert config.embedded == frozenset()
    assert config.database_url == "postgresql+psycopg://u:p@db/guichet"
    assert config.redis_url == "redis://redis:6379/0"
    assert config.storage == S3("https://s3.exemple.fr", "documents", "eu-west-3", None, None, "guichet")
    assert (config.smtp.port, config.smtp.tls) == (465, "tls")
    assert config.public_url == "https://portail.exemple.fr"
    assert config.trusted_hosts == ("portail.exemple.fr",)
    assert config.envelope_domain == "portail.exemple.fr"
    assert config.inbox_url is None


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"PORT": "http"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"GUICHET_KEY": "court"}, "GUICHET_KEY"),
        ({"DATABASE_URL": "mysql://db/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "guichet"}, "DATABASE_URL"),
        ({"REDIS_URL": "amqp://r"}, "REDIS_URL"),
        ({"S3_REGION": "eu"}, "S3_BUCKET"),
        ({"S3_BUCKET": "b", "S3_ACCESS_KEY": "a"}, "S3_SECRET_KEY"),
        ({"S3_BUCKET": "b", "S3_ENDPOINT": "s3.exemple.fr"}, "S3_ENDPOINT"),
        ({"SMTP_PORT": "25"}, "SMTP_HOST"),
        ({"SMTP_HOST": "r", "SMTP_TLS": "ssl"}, "SMTP_TLS"),
        ({"SMTP_HOST": "r", "SMTP_PORT": "0"}, "SMTP_PORT"),
        ({"IMAP_PORT": "993"}, "IMAP_HOST"),
        ({"IMAP_HOST": "i", "IMAP_USERNAME": "a"}, "IMAP_PASSWORD"),
        ({"IMAP_HOST": "i", "IMAP_USERNAME": "a", "IMAP_PASSWORD": "b", "IMAP_TLS": "ssl"}, "IMAP_TLS"),
        ({"IMAP_HOST": "i.fr", "IMAP_USERNAME": "a", "IMAP_PASSWORD": "b", "IMAP_TLS": "none"}, "en clair"),
        ({"PUBLIC_URL": "portail.exemple.fr"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://portail.exemple.fr/guichet"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://portail.exemple.fr:https"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://portail.exemple.fr"}, "ALLOW_PLAIN_HTTP=1"),
        ({"GUICHET_ACCEL": "objets"}, "GUICHET_ACCEL"),
    ],
)
def test_a_wrong_variable_is_named_in_one_sentence(tmp_path: Path, environ: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load({"GUICHET_VAR": str(tmp_path), **environ})
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_plain_http_is_refused_unless_asked_for(tmp_path: Path) -> None:
    given = {"GUICHET_VAR": str(tmp_path), "PUBLIC_URL": "http://portail.exemple.fr"}
    assert load({**given, "ALLOW_PLAIN_HTTP": "1"}).plain_http
    assert not load({**given, "PUBLIC_URL": "http://127.0.0.1:8000"}).plain_http


def test_a_damaged_key_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("short")
    with pytest.raises(ConfigError, match="sauvegarde"):
        load({"GUICHET_VAR": str(tmp_path)})
    assert (tmp_path / "key").read_text() == "short"


def test_a_long_path_puts_the_socket_elsewhere() -> None:
    deep = Path("/") / "/".join(["très-long-chemin"] * 12)
    for var in (Path("/srv/guichet/var"), deep):
        assert len(str(socket_folder(var, "postgres") / ".s.PGSQL.5432").encode()) <= LONGEST_SOCKET


def test_a_visitor_s_word_about_his_address_counts_only_behind_a_declared_proxy(engines: Engines) -> None:
    for proxies, expected in (("0", "127.0.0.1"), ("1", "192.0.2.7")):
        with a_machine(engines, GUICHET_PROXIES=proxies) as machine:
            app = machine.app
            app.add_url_rule("/healthz/who", view_func=lambda: request.remote_addr or "")
            answer = app.test_client().get("/healthz/who", headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.7"})
            assert answer.text == expected
