"""One short question to each engine: nothing when it answers, a French sentence saying what is wrong otherwise."""

import smtplib
import socket
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis

from shared.config import S3, Sms, Smtp, config
from shared.engines.beating import plain_url
from shared.queues import bell

PATIENCE = 3  # seconds
OLDEST_POSTGRESQL = 150_000

Probe = Callable[[], str | None]


def probe_postgresql() -> str | None:
    """Whether the database answers and is recent enough."""
    try:
        with psycopg.connect(plain_url(), connect_timeout=PATIENCE) as connection:
            if connection.info.server_version < OLDEST_POSTGRESQL:
                return "PostgreSQL est trop ancien : Guichet demande la version 15 ou plus récente."
    except psycopg.Error as error:
        return f"PostgreSQL ne répond pas ({_short(error)})."
    return None


def probe_redis() -> str | None:
    """Whether Redis takes and gives within half a second."""
    try:
        bell(config().redis_url).ping()
    except (redis.RedisError, OSError) as error:
        return f"Redis ne répond pas ({_short(error)})."
    return None


def probe_storage() -> str | None:
    """Whether the place of files answers, and may be written to when it is a folder."""
    chosen = config().storage
    return _probe_bucket(chosen) if isinstance(chosen, S3) else _probe_folder(config().storage_folder)


def probe_smtp(smtp: Smtp) -> str | None:
    """Whether the mail server greets us, encrypts and signs us in."""
    try:
        with _greeted(smtp) as server:
            if smtp.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if smtp.username and smtp.password:
                server.login(smtp.username, smtp.password)
            server.noop()
    except (smtplib.SMTPException, OSError) as error:
        return f"Le serveur de messagerie {smtp.host}:{smtp.port} ne répond pas comme il faut ({_short(error)})."
    return None


def probe_sms(settings: Sms) -> str | None:
    """Whether somebody listens at the provider's address; its key is tried with each message, not every ten seconds."""
    parts = urlsplit(settings.url)
    where = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", where), min(settings.timeout, PATIENCE)).close()
    except (OSError, UnicodeError) as error:
        return f"Le fournisseur de SMS ({parts.hostname}) ne répond pas ({_short(error)})."
    return None


def _greeted(smtp: Smtp) -> smtplib.SMTP:
    patience = min(smtp.timeout, PATIENCE)
    if smtp.tls == "tls":
        return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=patience, context=ssl.create_default_context())
    return smtplib.SMTP(smtp.host, smtp.port, timeout=patience)


def _probe_folder(folder: Path) -> str | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"guichet")
    except OSError as error:
        return f"Le dossier des fichiers {folder} n’accepte plus d’écriture ({error.strerror})."
    return None


def _probe_bucket(chosen: S3) -> str | None:
    import boto3  # half a second that an installation with a folder need not spend at each start
    from botocore.config import Config as BotoConfig
    from botocore.exceptions import BotoCoreError, ClientError

    settings = BotoConfig(connect_timeout=PATIENCE, read_timeout=PATIENCE, retries={"total_max_attempts": 1})
    client = boto3.client(
        "s3",
        endpoint_url=chosen.endpoint,
        region_name=chosen.region,
        aws_access_key_id=chosen.access_key,
        aws_secret_access_key=chosen.secret_key,
        config=settings,
    )
    try:
        client.head_bucket(Bucket=chosen.bucket)
    except (BotoCoreError, ClientError) as error:
        return f"Le stockage S3 ne donne pas accès au seau « {chosen.bucket} » ({_short(error)})."
    return None


def _short(error: Exception) -> str:
    """The first line of what the other side said, without the password that an address may hold."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "son certificat n’est pas reconnu"
    if isinstance(error, TimeoutError):
        return "aucune réponse à temps"
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        return f"{error.smtp_code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"[:160]
    words = str(error).strip() or type(error).__name__
    return words.splitlines()[0][:160]
