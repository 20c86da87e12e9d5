"""By which provider SMS leave: the environment's (SMS_*), else the one set on screen, else the catcher of a trial.

The catcher of this machine takes them only while it takes the mails too: once real messages leave, a code that
went into a page of this machine would be lost to whoever waits for it.
"""

import re
from typing import Any, Literal
from urllib.parse import urlsplit

from flask_babel import gettext as _

from shared.config import Sms, config, is_loopback
from shared.errors import Refused
from shared.notifications.headers import clean
from shared.settings.changing import change, change_secret
from shared.settings.mail_server import mail_source
from shared.settings.reading import company, has_secret, secret, setting

KEY, SECRET = "sms_provider", "sms_secret"
USUAL = {"brevo": "https://api.brevo.com", "twilio": "https://api.twilio.com"}
LEAST_WAIT, LONGEST_WAIT = 1, 60  # seconds
# A name of 3 to 11 letters and figures, not figures alone; a phone number; one of Twilio's messaging services.
SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}\Z|\+?[0-9]{3,15}\Z|MG[0-9a-f]{32}\Z")
ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")

Source = Literal["environment", "setting", "catcher", "none"]


def sms_provider() -> Sms | None:
    """The provider as it stands now; None where SMS cannot leave. Asked again by each job."""
    source = sms_source()
    if source == "environment":
        return config().sms
    if source == "catcher":
        name = re.sub(r"[^A-Za-z0-9 ]", "", company().name)[:11].strip()
        port = config().catcher_http_port
        return Sms("brevo", f"http://127.0.0.1:{port}", "", "essai", name or "Guichet", 5.0)
    if source == "none":
        return None
    kept = setting(KEY)
    return Sms(
        shape=kept["shape"],
        url=kept["url"],
        account=kept["account"],
        key=secret(SECRET),
        sender=kept["sender"],
        timeout=float(kept["timeout"]),
    )


def sms_source() -> Source:
    """Who says so."""
    if config().sms is not None:
        return "environment"
    if setting(KEY).get("url") and has_secret(SECRET):
        return "setting"
    return "catcher" if mail_source() == "catcher" else "none"


def can_send_sms() -> bool:
    """Whether a code may be offered by SMS."""
    return sms_source() != "none"


def change_sms_provider(*, shape: str, url: str, account: str, key: str, sender: str, timeout: int, by: str) -> None:
    """Write the provider; an empty `shape` forgets it. Raises Refused.

    An empty `key` keeps the one that is known, but only for the same provider, address and account: a secret that
    nobody can read must not be sent elsewhere by whoever can change an address.
    """
    if sms_source() == "environment":
        raise Refused(_("Ce fournisseur est fixé par la machine (SMS_PROVIDER). Rien n’a été changé."), "shape")
    if not shape:
        change(key=KEY, value={}, by=by)
        change_secret(key=SECRET, text="", by=by)
        return
    if shape not in USUAL:
        raise Refused(_("Choisissez un fournisseur dans la liste."), "shape")
    wanted = {
        "shape": shape,
        "url": _url(url, shape),
        "account": _account(account, shape),
        "sender": _sender(sender),
        "timeout": _wait(timeout),
    }
    _keep_key(wanted, clean(key, "key").strip(), by)
    change(key=KEY, value=wanted, by=by)


def _keep_key(wanted: dict[str, Any], key: str, by: str) -> None:
    if key:
        if not key.isascii():
            raise Refused(_("La clé ne contient que des lettres sans accent, des chiffres et des signes."), "key")
        change_secret(key=SECRET, text=key, by=by)
        return
    kept = setting(KEY)
    if not has_secret(SECRET):
        raise Refused(_("Collez la clé que le fournisseur vous a donnée."), "key")
    if any(kept.get(name) != wanted[name] for name in ("shape", "url", "account")):
        raise Refused(
            _("Retapez la clé : elle n’est jamais envoyée ailleurs que là pour quoi elle a été saisie."), "key"
        )


def _url(text: str, shape: str) -> str:
    url = clean(text, "address").strip().rstrip("/") or USUAL[shape]
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        parts = urlsplit("")
    plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
    strange = parts.query or parts.fragment or parts.username or not url.isascii() or " " in url
    if not parts.hostname or strange or not (parts.scheme == "https" or plain):
        raise Refused(
            _("Écrivez une adresse qui commence par https://, comme %(usual)s.", usual=USUAL[shape]), "address"
        )
    return url


def _account(text: str, shape: str) -> str:
    account = clean(text, "account").strip()
    if shape != "twilio":
        return ""
    if not ACCOUNT.match(account):
        raise Refused(_("Twilio demande l’identifiant du compte : il commence par AC."), "account")
    return account


def _sender(text: str) -> str:
    sender = clean(text, "sender").strip()
    if not SENDER.match(sender):
        raise Refused(
            _("Le nom de l’expéditeur compte de 3 à 11 lettres sans accent ou chiffres, comme « LUMIERE »."), "sender"
        )
    return sender


def _wait(seconds: int) -> int:
    if not LEAST_WAIT <= seconds <= LONGEST_WAIT:
        raise Refused(
            _("Écrivez un nombre entre %(least)s et %(most)s.", least=LEAST_WAIT, most=LONGEST_WAIT), "timeout"
        )
    return seconds
