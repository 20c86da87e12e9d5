"""By which server messages leave: the environment's (SMTP_*), else the one set on screen, else the mail catcher."""

import re
from typing import Any, Literal

from flask_babel import gettext as _

from shared.config import Smtp, config, is_loopback
from shared.errors import Refused
from shared.notifications.headers import clean
from shared.settings.changing import change, change_secret
from shared.settings.reading import has_secret, secret, setting

KEY, SECRET = "mail_server", "mail_secret"
HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})*\.?\Z")
MODES = ("starttls", "tls", "none")
LEAST_WAIT, LONGEST_WAIT = 1, 600  # seconds

Source = Literal["environment", "setting", "catcher"]


def mail_server() -> Smtp:
    """The server as it stands now; asked again by each job, so that a change needs no restart."""
    chosen = config().smtp
    kept = setting(KEY)
    if "smtp" not in config().embedded or not kept.get("host"):
        return chosen
    return Smtp(
        host=kept["host"],
        port=int(kept["port"]),
        username=kept["username"] or None,
        password=secret(SECRET) or None,
        tls=kept["tls"],
        timeout=float(kept["timeout"]),
    )


def mail_source() -> Source:
    """Who says so."""
    if "smtp" not in config().embedded:
        return "environment"
    return "setting" if setting(KEY).get("host") else "catcher"


def change_mail_server(
    *, host: str, port: int, tls: str, username: str, password: str, keeps_password: bool, timeout: int, by: str
) -> None:
    """Write the server; an empty host goes back to the catcher. Raises Refused.

    An empty `password` keeps the one that is known, but only for the same server, port, login and encryption:
    a secret that nobody can read must not be sent elsewhere by whoever can change an address.
    """
    if mail_source() == "environment":
        raise Refused(_("Ce serveur est fixé par la machine (SMTP_HOST). Rien n’a été changé."), "host")
    if not clean(host, "host").strip():
        _forget(by)
        return
    wanted = {
        "host": _host(host),
        "port": _between(port, 1, 65_535, "port"),
        "tls": tls,
        "username": clean(username, "username").strip(),
        "timeout": _between(timeout, LEAST_WAIT, LONGEST_WAIT, "timeout"),
    }
    _check(wanted)
    _keep_password(wanted, password, keeps_password, by)
    change(key=KEY, value=wanted, by=by)


def _forget(by: str) -> None:
    change(key=KEY, value={}, by=by)
    change_secret(key=SECRET, text="", by=by)


def _keep_password(wanted: dict[str, Any], password: str, keeps: bool, by: str) -> None:
    if password or not keeps or not wanted["username"]:
        change_secret(key=SECRET, text=password if wanted["username"] else "", by=by)
        return
    kept = setting(KEY)
    if has_secret(SECRET) and any(kept.get(name) != wanted[name] for name in ("host", "port", "tls", "username")):
        raise Refused(
            _(
                "Retapez le mot de passe : il n’est jamais envoyé à un autre serveur, ni autrement, que ce pour quoi "
                "il a été saisi."
            ),
            "password",
        )


def _check(wanted: dict[str, Any]) -> None:
    if wanted["tls"] not in MODES:
        raise Refused(_("Choisissez un chiffrement dans la liste."), "tls")
    if wanted["tls"] == "none" and wanted["username"] and not is_loopback(wanted["host"]):
        raise Refused(
            _(
                "Sans chiffrement, le mot de passe passerait en clair : choisissez STARTTLS ou TLS, "
                "ou aucun identifiant."
            ),
            "tls",
        )


def _host(text: str) -> str:
    host = text.strip().lower()
    if not HOST.match(host):
        raise Refused(
            _(
                "« %(host)s » n’est pas un nom de serveur : écrivez-le comme smtp.exemple.fr, sans « :// » ni port.",
                host=host,
            ),
            "host",
        )
    return host.rstrip(".")


def _between(number: int, least: int, most: int, field: str) -> int:
    if not least <= number <= most:
        raise Refused(_("Écrivez un nombre entre %(least)s et %(most)s.", least=least, most=most), field)
    return number
