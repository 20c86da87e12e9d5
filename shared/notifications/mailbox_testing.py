"""« Tester » the mailbox of the returns: name, port and encryption, login, folder; nothing is read nor moved."""

import socket
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from shared.config import Imap
from shared.notifications.mailbox import OTHERS, READ, Mailbox, MailboxError
from shared.settings.bounce_mailbox import bounce_mailbox
from shared.settings.stages import Failed, walk

PATIENCE = 10.0  # seconds for each answer: somebody looks at the page


def try_mailbox() -> list[dict[str, Any]]:
    """Walk the stages with the settings as they stand."""
    imap = bounce_mailbox()
    if imap is None:
        return walk((("name", _unset),))
    attempt = _Attempt(imap)
    try:
        stages = (("name", attempt.name), ("port", attempt.port), ("login", attempt.login), ("folder", attempt.folder))
        return walk(stages)
    finally:
        attempt.box.__exit__()


def _unset() -> str:
    raise Failed(_("Donnez d’abord le serveur, l’identifiant et le mot de passe, puis enregistrez."))


class _Attempt:
    def __init__(self, imap: Imap) -> None:
        self.imap = imap
        self.box = Mailbox(imap, PATIENCE)

    def name(self) -> str:
        try:
            found = socket.getaddrinfo(self.imap.host, self.imap.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Failed(
                _("Aucun serveur ne répond au nom « %(host)s » : corrigez le serveur.", host=self.imap.host)
            ) from error
        return str(_("%(host)s est à l’adresse %(address)s.", host=self.imap.host, address=found[0][4][0]))

    def port(self) -> str:
        _step(self.box.connect)
        if self.imap.tls == "none":
            return str(_("Le port répond ; la conversation n’est pas chiffrée."))
        return str(_("Le port répond, la conversation est chiffrée et le certificat reconnu."))

    def login(self) -> str:
        _step(self.box.login)
        return str(_("« %(login)s » est connecté.", login=self.imap.username))

    def folder(self) -> str:
        count = _step(self.box.open)
        told = ngettext("%(num)s message dans le dossier.", "%(num)s messages dans le dossier.", count)
        if _step(lambda: self.box.place(READ) and self.box.place(OTHERS)):
            return str(told + " " + _("Les messages lus seront rangés dans « %(place)s ».", place=READ))
        return str(told + " " + _("Aucun dossier ne peut y être créé : les messages lus seront marqués comme vus."))


def _step(work: Any) -> Any:
    try:
        return work()
    except MailboxError as error:
        raise Failed(error.sentence) from error
