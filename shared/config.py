"""What the machine says: read from the environment once, frozen, refused with one sentence when wrong.

Without DATABASE_URL, REDIS_URL, S3_* or SMTP_* the embedded engine of that name is meant, under `var`.
"""

import contextlib
import functools
import hashlib
import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHECKOUT = Path(__file__).resolve().parent.parent
LONGEST_SOCKET = 100  # bytes; the kernel takes 107 with the final zero

Tls = Literal["none", "starttls", "tls"]
Engine = Literal["postgresql", "redis", "storage", "smtp"]


class ConfigError(Exception):
    """One French sentence saying which variable is wrong and what to write instead."""


@dataclass(frozen=True)
class S3:
    """Where objects are kept when it is not the folder `var/storage`."""

    endpoint: str | None
    bucket: str
    region: str
    access_key: str | None = field(repr=False)
    secret_key: str | None = field(repr=False)
    prefix: str


@dataclass(frozen=True)
class Smtp:
    """The mail server; `timeout` in seconds bounds every wait but the one after the final dot."""

    host: str
    port: int
    username: str | None
    password: str | None = field(repr=False)
    tls: Tls
    timeout: float


SmsShape = Literal["brevo", "twilio"]


@dataclass(frozen=True)
class Sms:
    """The provider through which SMS leave: whose interface it speaks, where, and as whom. `timeout` in seconds."""

    shape: SmsShape
    url: str
    account: str
    key: str = field(repr=False)
    sender: str
    timeout: float


@dataclass(frozen=True)
class Imap:
    """The mailbox to which delivery reports come back, and the folder of it that is read."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    tls: Tls
    folder: str = "INBOX"
    ca_file: str | None = None


@dataclass(frozen=True)
class Config:
    """Everything the environment decides. `embedded` names the engines this machine runs itself."""

    var: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    storage: Literal["folder"] | S3
    smtp: Smtp
    public_url: str
    key: bytes = field(repr=False)
    allow_plain_http: bool
    trusted_hosts: tuple[str, ...]
    admin_email: str | None
    admin_password: str | None = field(repr=False)
    admin_name: str | None
    accel_prefix: str
    proxies: int
    envelope_domain: str
    bind: str
    port: int
    embedded: frozenset[Engine]
    transfer: Mapping[str, str] = field(default_factory=dict, repr=False)  # what TRANSFER_* say, by setting
    imap: Imap | None = None
    sms: Sms | None = None

    def derive(self, purpose: bytes) -> bytes:
        """32 bytes of their own for each purpose, from the one key (HKDF-SHA256)."""
        return _derived(self.key, purpose)

    @property
    def storage_folder(self) -> Path:
        """Where the folder storage keeps its objects."""
        return self.var / "storage"

    @property
    def public_host(self) -> str:
        """The host of the public address, without port."""
        return urlsplit(self.public_url).hostname or "localhost"

    @property
    def plain_http(self) -> bool:
        """True when people reach us without encryption: no passkeys, no push, and a banner."""
        return self.public_url.startswith("http://") and not is_loopback(self.public_host)

    @property
    def catcher_http_port(self) -> int:
        """The port of the demo's mailbox page."""
        return self.port + 26

    @property
    def inbox_url(self) -> str | None:
        """The page of the mail catcher, or None when a real mail server is used."""
        return f"http://localhost:{self.catcher_http_port}/" if "smtp" in self.embedded else None


_current: Config | None = None


def config() -> Config:
    """The configuration of this process, read from its environment at the first call."""
    return _current or configure(load(os.environ))


def configure(chosen: Config) -> Config:
    """Make this the configuration of the process; tests bring their own."""
    global _current
    _current = chosen
    return chosen


def load(environ: Mapping[str, str]) -> Config:
    """Read the environment; raises ConfigError. Creates `var` and the key on the first run."""
    var = Path(environ.get("GUICHET_VAR") or CHECKOUT / "var").expanduser().resolve()
    port = _number(environ, "PORT", 8000, 1, 65_000)
    key = _key(environ, var)
    public_url = _public_url(environ, port)
    host = urlsplit(public_url).hostname or ""
    redis_password = _derived(key, b"valkey").hex()
    return Config(
        var=var,
        database_url=_database_url(environ, var),
        redis_url=_redis_url(environ, var, redis_password),
        storage=_storage(environ),
        smtp=_smtp(environ, port),
        public_url=public_url,
        key=key,
        allow_plain_http=environ.get("ALLOW_PLAIN_HTTP") == "1",
        trusted_hosts=(host, "127.0.0.1") if host == "localhost" else (host,),
        admin_email=environ.get("GUICHET_ADMIN_EMAIL") or None,
        admin_password=environ.get("GUICHET_ADMIN_PASSWORD") or None,
        admin_name=environ.get("GUICHET_ADMIN_NAME") or None,
        accel_prefix=_accel_prefix(environ),
        proxies=_number(environ, "GUICHET_PROXIES", 0, 0, 9),
        envelope_domain=environ.get("GUICHET_ENVELOPE_DOMAIN") or host,
        bind=environ.get("GUICHET_BIND") or "127.0.0.1",
        port=port,
        embedded=_embedded(environ),
        transfer=_transfer(environ),
        imap=_imap(environ),
        sms=_sms(environ),
    )


def is_loopback(host: str) -> bool:
    """True for the names and addresses by which a machine calls itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def socket_folder(var: Path, engine: str) -> Path:
    """Where the embedded engine puts its socket: beside its data, or in /tmp when that path is too long."""
    beside = var / engine
    if len(os.fsencode(beside)) + len("/.s.PGSQL.5432") <= LONGEST_SOCKET:
        return beside
    name = hashlib.sha256(os.fsencode(beside)).hexdigest()[:12]
    return Path("/tmp") / f"guichet-{os.geteuid()}-{name}"


@functools.lru_cache(maxsize=128)
def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"guichet", info=purpose).derive(key)


def _embedded(environ: Mapping[str, str]) -> frozenset[Engine]:
    engines: dict[Engine, str] = {
        "postgresql": "DATABASE_URL",
        "redis": "REDIS_URL",
        "storage": "S3_BUCKET",
        "smtp": "SMTP_HOST",
    }
    return frozenset(engine for engine, name in engines.items() if not environ.get(name))


def _number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    written = environ.get(name, "").strip()
    if not written:
        return default
    if not written.isascii() or not written.isdigit() or not least <= int(written) <= most:
        raise ConfigError(f"{name} vaut « {written} » : écrivez un nombre entre {least} et {most}.")
    return int(written)


def _key(environ: Mapping[str, str], var: Path) -> bytes:
    given = environ.get("GUICHET_KEY", "")
    if given:
        if len(given) < 32:
            raise ConfigError("GUICHET_KEY est trop courte : donnez-lui au moins 32 caractères tirés au hasard.")
        return given.encode()
    return _kept_key(var)


def _kept_key(var: Path) -> bytes:
    """Written whole beside, then linked: two processes that start together read the same key."""
    path = var / "key"
    try:
        if not path.exists():
            var.mkdir(parents=True, exist_ok=True)
            draft = var / f".key-{secrets.token_hex(8)}"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48))
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        key = path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(
            f"La clé {path} ne peut être ni lue ni créée ({error.strerror}) : "
            "donnez les droits sur ce dossier, ou la variable GUICHET_KEY."
        ) from error
    if len(key) < 32:
        raise ConfigError(f"La clé {path} est abîmée : remettez celle de votre sauvegarde.")
    return key


def _database_url(environ: Mapping[str, str], var: Path) -> str:
    given = environ.get("DATABASE_URL", "")
    if not given:
        return f"postgresql+psycopg://postgres@/guichet?host={quote(str(socket_folder(var, 'postgres')))}"
    scheme, separator, rest = given.partition("://")
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ConfigError(
            "DATABASE_URL doit commencer par « postgresql:// » : Guichet ne connaît pas d’autre base que PostgreSQL."
        )
    return f"postgresql+psycopg://{rest}"


def _redis_url(environ: Mapping[str, str], var: Path, password: str) -> str:
    given = environ.get("REDIS_URL", "")
    if not given:
        return f"unix://:{password}@{quote(str(socket_folder(var, 'valkey')))}/valkey.sock?db=0"
    scheme, separator, rest = given.partition("://")
    schemes = {"redis": "redis", "rediss": "rediss", "unix": "unix", "valkey": "redis", "valkeys": "rediss"}
    if not separator or scheme not in schemes:
        raise ConfigError("REDIS_URL doit commencer par « redis:// », « rediss:// » ou « unix:// ».")
    return f"{schemes[scheme]}://{rest}"


def _storage(environ: Mapping[str, str]) -> Literal["folder"] | S3:
    given = sorted(name for name, value in environ.items() if name.startswith("S3_") and value)
    if not given:
        return "folder"
    access_key, secret_key = environ.get("S3_ACCESS_KEY") or None, environ.get("S3_SECRET_KEY") or None
    if not environ.get("S3_BUCKET"):
        raise ConfigError(f"{given[0]} est donnée sans S3_BUCKET : dites dans quel seau ranger les fichiers.")
    if (access_key is None) != (secret_key is None):
        raise ConfigError("S3_ACCESS_KEY et S3_SECRET_KEY vont ensemble : donnez les deux, ou aucune.")
    endpoint = environ.get("S3_ENDPOINT") or None
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise ConfigError("S3_ENDPOINT doit commencer par « https:// » (ou « http:// » sur un réseau sûr).")
    return S3(
        endpoint=endpoint,
        bucket=environ["S3_BUCKET"],
        region=environ.get("S3_REGION") or "eu-west-3",
        access_key=access_key,
        secret_key=secret_key,
        prefix=environ.get("S3_PREFIX", "").strip("/"),
    )


def _smtp(environ: Mapping[str, str], port: int) -> Smtp:
    given = sorted(name for name, value in environ.items() if name.startswith("SMTP_") and value)
    if not given:
        return Smtp("127.0.0.1", port + 25, None, None, "none", 10.0)
    if not environ.get("SMTP_HOST"):
        raise ConfigError(f"{given[0]} est donnée sans SMTP_HOST : dites par quel serveur partent les messages.")
    written = environ.get("SMTP_TLS") or "starttls"
    modes: dict[str, tuple[Tls, int]] = {"none": ("none", 25), "starttls": ("starttls", 587), "tls": ("tls", 465)}
    if written not in modes:
        raise ConfigError(f"SMTP_TLS vaut « {written} » : écrivez none, starttls ou tls.")
    tls, usual_port = modes[written]
    return Smtp(
        host=environ["SMTP_HOST"],
        port=_number(environ, "SMTP_PORT", usual_port, 1, 65_535),
        username=environ.get("SMTP_USERNAME") or None,
        password=environ.get("SMTP_PASSWORD") or None,
        tls=tls,
        timeout=float(_number(environ, "SMTP_TIMEOUT", 30, 1, 600)),
    )


def _imap(environ: Mapping[str, str]) -> Imap | None:
    given = sorted(name for name, value in environ.items() if name.startswith("IMAP_") and value)
    if not given:
        return None
    lacking = [name for name in ("IMAP_HOST", "IMAP_USERNAME", "IMAP_PASSWORD") if not environ.get(name)]
    if lacking:
        raise ConfigError(f"{given[0]} est donnée sans {lacking[0]} : dites quelle boîte reçoit les retours.")
    written = environ.get("IMAP_TLS") or "tls"
    modes: dict[str, tuple[Tls, int]] = {"none": ("none", 143), "starttls": ("starttls", 143), "tls": ("tls", 993)}
    if written not in modes:
        raise ConfigError(f"IMAP_TLS vaut « {written} » : écrivez tls, starttls ou none.")
    tls, usual_port = modes[written]
    if tls == "none" and not is_loopback(environ["IMAP_HOST"]):
        raise ConfigError("IMAP_TLS=none ferait circuler le mot de passe en clair : écrivez tls ou starttls.")
    return Imap(
        host=environ["IMAP_HOST"],
        port=_number(environ, "IMAP_PORT", usual_port, 1, 65_535),
        username=environ["IMAP_USERNAME"],
        password=environ["IMAP_PASSWORD"],
        tls=tls,
        folder=environ.get("IMAP_FOLDER") or "INBOX",
        ca_file=environ.get("IMAP_CA_FILE") or None,
    )


def _sms(environ: Mapping[str, str]) -> Sms | None:
    given = sorted(name for name, value in environ.items() if name.startswith("SMS_") and value)
    if not given:
        return None
    lacking = [name for name in ("SMS_PROVIDER", "SMS_KEY", "SMS_SENDER") if not environ.get(name)]
    if lacking:
        raise ConfigError(f"{given[0]} est donnée sans {lacking[0]} : dites par quel fournisseur partent les SMS.")
    shapes: dict[str, tuple[SmsShape, str]] = {
        "brevo": ("brevo", "https://api.brevo.com"),
        "twilio": ("twilio", "https://api.twilio.com"),
    }
    if environ["SMS_PROVIDER"] not in shapes:
        raise ConfigError(f"SMS_PROVIDER vaut « {environ['SMS_PROVIDER']} » : écrivez brevo ou twilio.")
    shape, usual = shapes[environ["SMS_PROVIDER"]]
    url = (environ.get("SMS_URL") or usual).rstrip("/")
    if not url.startswith("https://") and not is_loopback(urlsplit(url).hostname or ""):
        raise ConfigError(f"SMS_URL ({url}) ferait circuler la clé et les codes en clair : écrivez https://.")
    if shape == "twilio" and not environ.get("SMS_ACCOUNT"):
        raise ConfigError("SMS_PROVIDER=twilio demande SMS_ACCOUNT : l’identifiant du compte, qui commence par AC.")
    return Sms(
        shape=shape,
        url=url,
        account=environ.get("SMS_ACCOUNT") or "",
        key=environ["SMS_KEY"],
        sender=environ["SMS_SENDER"],
        timeout=float(_number(environ, "SMS_TIMEOUT", 10, 1, 60)),
    )


def _transfer(environ: Mapping[str, str]) -> dict[str, str]:
    """The ERP's server: each variable that is set locks its field on screen."""
    names = ("PROTOCOL", "SERVER", "PORT", "LOGIN", "PASSWORD", "PATH", "TEMPORARY", "HOST_KEY")
    given = {name.lower(): environ[f"TRANSFER_{name}"] for name in names if environ.get(f"TRANSFER_{name}")}
    protocol = given.get("protocol", "sftp")
    if protocol not in ("sftp", "ftps", "ftp"):
        raise ConfigError(f"TRANSFER_PROTOCOL vaut « {protocol} » : écrivez sftp, ftps ou ftp.")
    if protocol == "ftp" and environ.get("TRANSFER_ALLOW_PLAIN") != "1":
        raise ConfigError(
            "TRANSFER_PROTOCOL=ftp fait circuler mot de passe et documents en clair : préférez sftp ou ftps, "
            "ou écrivez TRANSFER_ALLOW_PLAIN=1 si vous l’acceptez."
        )
    _number(environ, "TRANSFER_PORT", 22, 1, 65_535)
    return given


def _public_url(environ: Mapping[str, str], port: int) -> str:
    url = (environ.get("PUBLIC_URL") or f"http://localhost:{port}").rstrip("/")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.username:
        raise ConfigError(
            f"PUBLIC_URL vaut « {url} » : écrivez l’adresse du portail sans chemin, comme https://portail.exemple.fr."
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname) and environ.get("ALLOW_PLAIN_HTTP") != "1":
        raise ConfigError(
            f"PUBLIC_URL ({url}) n’est pas chiffrée : écrivez une adresse https://, "
            "ou ALLOW_PLAIN_HTTP=1 si vous acceptez que mots de passe et documents circulent en clair."
        )
    return url


def _accel_prefix(environ: Mapping[str, str]) -> str:
    prefix = environ.get("GUICHET_ACCEL", "").rstrip("/")
    if prefix and not prefix.startswith("/"):
        raise ConfigError("GUICHET_ACCEL est un chemin interne de nginx : il commence par « / », comme /_objets.")
    return prefix
