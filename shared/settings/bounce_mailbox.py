"""Where delivery reports come back: the environment's mailbox (IMAP_*), else the one set on screen, else none."""

from typing import Any, Literal

from flask_babel import gettext as _

from shared.config import Imap, config, is_loopback
from shared.errors import Refused
from shared.notifications.headers import clean
from shared.settings.changing import change, change_secret
from shared.settings.mail_server import HOST
from shared.settings.reading import has_secret, secret, setting

KEY, SECRET = "bounce_mailbox", "bounce_secret"
MODES = ("tls", "starttls", "none")
LONGEST = 200  # characters of a login, of a folder
WHO = ("host", "port", "tls", "username")  # to whom the password is said

Source = Literal["environment", "setting", "none"]


def bounce_mailbox() -> Imap | None:
    """The mailbox as it stands now; None while there is none. Asked again by each job."""
    if config().imap is not None:
        return config().imap
    kept = setting(KEY)
    if not kept.get("host"):
        return None
    return Imap(
        host=kept["host"],
        port=int(kept["port"]),
        username=kept["username"],
        password=secret(SECRET),
        tls=kept["tls"],
        folder=kept["folder"],
    )


def bounce_source() -> Source:
    """Who says so."""
    if config().imap is not None:
        return "environment"
    return "setting" if setting(KEY).get("host") else "none"


def change_bounce_mailbox(
    *, host: str, port: int, tls: str, username: str, password: str, folder: str, by: str
) -> None:
    """Write the mailbox; an empty host is none any more. Raises Refused with the field that is wrong.

    An empty `password` keeps the one that is known, but only for the same server, port, login and encryption.
    """
    if bounce_source() == "environment":
        raise Refused(_("Cette boîte est fixée par la machine (IMAP_HOST). Rien n’a été changé."), "host")
    if not clean(host, "host").strip():
        change(key=KEY, value={}, by=by)
        change_secret(key=SECRET, text="", by=by)
        return
    wanted = _checked(
        {"host": host.strip().lower(), "port": port, "tls": tls, "username": username, "folder": folder or "INBOX"}
    )
    if password:
        change_secret(key=SECRET, text=password, by=by)
    elif not has_secret(SECRET):
        raise Refused(_("Donnez le mot de passe de cette boîte."), "password")
    elif any(setting(KEY).get(name) != wanted[name] for name in WHO):
        raise Refused(
            _(
                "Retapez le mot de passe : il n’est jamais envoyé à un autre serveur, ni autrement, que ce pour quoi "
                "il a été saisi."
            ),
            "password",
        )
    change(key=KEY, value=wanted, by=by)


def _checked(wanted: dict[str, Any]) -> dict[str, Any]:
    if not HOST.match(wanted["host"]):
        raise Refused(
            _("« %(host)s » n’est pas un nom de serveur : écrivez-le comme imap.exemple.fr.", host=wanted["host"]),
            "host",
        )
    if not 1 <= wanted["port"] <= 65_535:
        raise Refused(_("Écrivez un nombre entre %(least)s et %(most)s.", least=1, most=65_535), "port")
    if wanted["tls"] not in MODES:
        raise Refused(_("Choisissez un chiffrement dans la liste."), "tls")
    if wanted["tls"] == "none" and not is_loopback(wanted["host"]):
        raise Refused(_("Sans chiffrement, le mot de passe passerait en clair : choisissez TLS ou STARTTLS."), "tls")
    for name in ("username", "folder"):
        wanted[name] = clean(wanted[name], name).strip()
        if not wanted[name] or len(wanted[name]) > LONGEST or not wanted[name].isprintable():
            raise Refused(_("Ce champ est vide, trop long, ou contient un caractère invisible."), name)
    return wanted
