"""The way to the provider of SMS, one stage after the other, as somebody who sets it up wants to see it.

Name, port, encryption with the certificate verified, key known, message accepted. The channel itself (`sms.py`) makes
the same way in one go.
"""

import socket
import ssl
from urllib.parse import urlsplit

from flask_babel import gettext as _

from shared.config import Sms
from shared.notifications.channels.outcome import Outcome, readable
from shared.notifications.channels.sms import SmsProvider
from shared.notifications.channels.sms_numbers import Number, shown
from shared.settings.stages import Failed, Stage


class StagedSms:
    """One try, with a message to a number."""

    def __init__(self, settings: Sms, *, to: str, text: str) -> None:
        self.settings, self.to, self.text = settings, to, text
        parts = urlsplit(settings.url)
        self.host, self.is_encrypted = parts.hostname or "", parts.scheme == "https"
        self.where = parts.port or (443 if self.is_encrypted else 80)

    def stages(self) -> tuple[Stage, ...]:
        """In the order of the way."""
        return (
            ("name", self.name),
            ("port", self.port),
            ("encryption", self.encryption),
            ("key", self.key),
            ("text", self.message),
        )

    def name(self) -> str:
        """Whether the name leads to an address."""
        try:
            found = socket.getaddrinfo(self.host, self.where, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Failed(
                _("Aucun serveur ne répond au nom « %(host)s » : corrigez l’adresse.", host=self.host)
            ) from error
        return str(_("%(host)s est à l’adresse %(address)s.", host=self.host, address=found[0][4][0]))

    def port(self) -> str:
        """Whether somebody listens."""
        with self._connected():
            return str(_("%(where)s est ouvert.", where=f"{self.host}:{self.where}"))

    def encryption(self) -> str:
        """Whether the line is encrypted, by a certificate that is this server's."""
        if not self.is_encrypted:
            return str(_("Sans objet : le fournisseur est sur cette machine."))
        try:
            with (
                self._connected() as plain,
                ssl.create_default_context().wrap_socket(plain, server_hostname=self.host) as line,
            ):
                return str(_("%(version)s, certificat reconnu.", version=line.version() or "TLS"))
        except ssl.SSLCertVerificationError as error:
            raise Failed(
                _(
                    "Le certificat du serveur n’est pas reconnu (%(why)s) : rien n’a été envoyé.",
                    why=error.verify_message,
                )
            ) from error
        except OSError as error:
            raise Failed(_("Le chiffrement a échoué : %(why)s", why=readable(str(error)))) from error

    def key(self) -> str:
        """Whether the provider knows our key."""
        outcome = SmsProvider(self.settings).probe()
        if outcome.kind != "accepted":
            raise Failed(_("Le fournisseur ne reconnaît pas la clé ou le compte : %(said)s", said=_said(outcome)))
        return str(_("La clé est reconnue."))

    def message(self) -> str:
        """Whether a message to the number is taken."""
        outcome = SmsProvider(self.settings).deliver(Number(self.to), self.text, "essai")
        if outcome.kind == "unknown":
            raise Failed(_("La réponse s’est perdue : le SMS est peut-être parti, regardez votre téléphone."))
        if outcome.kind != "accepted":
            raise Failed(_("Le SMS n’est pas parti : %(said)s", said=_said(outcome)))
        return str(_("Envoyé au %(number)s : %(said)s", number=shown(self.to), said=_said(outcome)))

    def _connected(self) -> socket.socket:
        try:
            return socket.create_connection((self.host, self.where), self.settings.timeout)
        except TimeoutError as error:
            raise Failed(
                _("Le port %(port)s ne répond pas : un pare-feu le ferme peut-être.", port=self.where)
            ) from error
        except OSError as error:
            where = f"{self.host}:{self.where}"
            raise Failed(_("Personne n’écoute sur %(where)s : vérifiez l’adresse.", where=where)) from error


def _said(outcome: Outcome) -> str:
    return f"{outcome.code or ''} {outcome.text}".strip()
