"""« Tester la connexion » of the ERP's server: name, port, login, list, write, read, delete; nothing is left there."""

import secrets
import socket
from contextlib import suppress
from typing import Any

from flask_babel import gettext as _

from shared.intake.transfer import PATIENCE, Remote, Transfer, TransferError, connect, joined, standing
from shared.intake.transfer_setting import pin
from shared.settings.stages import Failed, walk

PREFIX = ".guichet-essai-"  # never taken for a document
WORDS = "Fichier d’essai de Guichet : il peut être supprimé.\n".encode()


def try_transfer(*, by: str) -> list[dict[str, Any]]:
    """Walk the stages with the settings as they stand; a key met for the first time is pinned once all have passed."""
    where = standing()
    test = _Test(where)
    try:
        walked = walk(
            (
                ("name", test.name),
                ("port", test.port),
                ("login", test.login),
                ("list", test.listing),
                ("write", test.write),
                ("read", test.read),
                ("delete", test.delete),
            )
        )
    finally:
        test.end()
    learned = test.remote.key if test.remote else ""
    if learned and learned != where.host_key and "host_key" not in where.locked:
        pin(host_key=learned, by=by)
    return walked


class _Test:
    """The stages, in their order; `end` removes the file of a test that stopped in the middle."""

    def __init__(self, where: Transfer) -> None:
        self.where = where
        self.remote: Remote | None = None
        name = f"{PREFIX}{secrets.token_hex(6)}.txt"
        self.dropped, self.moved = joined(where.folder, name), joined(where.temporary, name)
        self.present: list[str] = []

    def name(self) -> str:
        where = self.where
        if not where.is_set:
            raise Failed(_("Donnez d’abord le serveur, l’identifiant et le dossier temporaire, puis enregistrez."))
        try:
            found = socket.getaddrinfo(where.server, where.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Failed(
                _(
                    "Aucun serveur ne répond au nom « %(server)s » : vérifiez son orthographe, ou le réseau.",
                    server=where.server,
                )
            ) from error
        return str(_("« %(server)s » est à l’adresse %(value)s.", server=where.server, value=found[0][4][0]))

    def port(self) -> str:
        where = self.where
        try:
            socket.create_connection((where.server, where.port), timeout=PATIENCE).close()
        except TimeoutError as error:
            raise Failed(
                _(
                    "« %(server)s » ne répond pas sur le port %(port)s : vérifiez le port, ou un pare-feu.",
                    server=where.server,
                    port=where.port,
                )
            ) from error
        except OSError as error:
            raise Failed(
                _(
                    "« %(server)s » refuse la connexion sur le port %(port)s : vérifiez le port et le protocole.",
                    server=where.server,
                    port=where.port,
                )
            ) from error
        return str(_("Le port %(port)s répond.", port=where.port))

    def login(self) -> str:
        try:
            self.remote = connect(self.where, learn=True)
        except TransferError as error:
            raise Failed(_sentence(_("La connexion n’aboutit pas"), error)) from error
        return str(_("« %(login)s » est accepté.", login=self.where.login))

    def listing(self) -> str:
        seen: dict[str, int] = {}
        for words, folder in (("Le chemin", self.where.folder), (_("Le dossier temporaire"), self.where.temporary)):
            try:
                seen[folder] = len(self._there.entries(folder))
            except TransferError as error:
                raise Failed(
                    _sentence(
                        _(
                            "%(words)s « %(folder)s » ne s’ouvre pas (créez-le sur le serveur s’il manque)",
                            words=words,
                            folder=folder,
                        ),
                        error,
                    )
                ) from error
        return str(
            _(
                "Fichiers à prendre : %(value)s ; déjà rangés : %(value2)s.",
                value=seen[self.where.folder],
                value2=seen[self.where.temporary],
            )
        )

    def write(self) -> str:
        try:
            self.present.append(self.dropped)
            self._there.write(self.dropped, WORDS)
        except TransferError as error:
            raise Failed(
                _sentence(_("Écrire dans « %(folder)s » est impossible", folder=self.where.folder), error)
            ) from error
        try:
            self.present.append(self.moved)
            self._there.move(self.dropped, self.moved)
        except TransferError as error:
            raise Failed(
                _sentence(_("Déplacer vers « %(temporary)s » est impossible", temporary=self.where.temporary), error)
            ) from error
        return str(_("Un fichier d’essai a été écrit, puis déplacé dans le dossier temporaire."))

    def read(self) -> str:
        try:
            read = self._there.read(self.moved, len(WORDS) * 2)
        except TransferError as error:
            raise Failed(_sentence(_("Le fichier d’essai ne se relit pas"), error)) from error
        if read != WORDS:
            raise Failed(_("Le fichier d’essai revient différent : le serveur transforme ce qu’il reçoit."))
        return str(_("Le fichier d’essai se relit à l’identique."))

    def delete(self) -> str:
        try:
            self._there.delete(self.moved)
        except TransferError as error:
            raise Failed(_sentence(_("Le fichier d’essai ne se supprime pas"), error)) from error
        self.present.clear()
        return str(_("Le fichier d’essai est supprimé : le serveur est comme avant."))

    def end(self) -> None:
        """Leave nothing: neither file nor session."""
        if self.remote is None:
            return
        for path in self.present:
            with suppress(TransferError):
                self.remote.delete(path)
        self.remote.close()

    @property
    def _there(self) -> Remote:
        assert self.remote is not None
        return self.remote


def _sentence(words: str, error: TransferError) -> str:
    """Ours, then the server's reason; a reason that is a sentence stands alone."""
    return error.sentence if error.sentence[:1].isupper() else f"{words} : {error.sentence}"
