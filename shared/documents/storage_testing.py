"""« Tester le stockage »: the place of the documents, stage by stage; the test object is removed."""

import os
import secrets
import socket
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from shared.config import S3, config
from shared.documents.storage import Storage, StorageError, derived_key, read, storage
from shared.settings.stages import Failed, walk
from shared.words import N_

PATIENCE = 5.0  # seconds
NONE = N_("Sans objet : les documents sont dans un dossier de cette machine.")
WORDS = "Objet d’essai de Guichet.\n".encode()


def try_storage() -> list[dict[str, Any]]:
    """Walk the stages with the storage that the environment chose."""
    chosen = config().storage
    place = _Bucket(chosen) if isinstance(chosen, S3) else _Folder(config().storage_folder)
    test = _Test(storage())
    try:
        return walk(
            (
                ("name", place.name),
                ("port", place.port),
                ("login", place.login),
                ("list", test.listing),
                ("write", test.write),
                ("read", test.read),
                ("delete", test.delete),
            )
        )
    finally:
        test.end()


class _Folder:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def name(self) -> str:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Failed(
                _(
                    "Le dossier %(folder)s ne peut pas être créé (%(strerror)s).",
                    folder=self.folder,
                    strerror=error.strerror,
                )
            ) from error
        return str(_("Le dossier %(folder)s existe.", folder=self.folder))

    def port(self) -> str:
        return NONE

    def login(self) -> str:
        if not os.access(self.folder, os.R_OK | os.W_OK | os.X_OK):
            raise Failed(
                _(
                    "Guichet n’a pas le droit de lire et d’écrire dans %(folder)s : donnez-lui ce droit.",
                    folder=self.folder,
                )
            )
        return str(_("Guichet a le droit de lire et d’écrire dans ce dossier."))


class _Bucket:
    """An S3 bucket."""

    def __init__(self, chosen: S3) -> None:
        self.chosen = chosen
        from shared.documents.storage_s3 import S3Storage

        self.client = S3Storage.from_config(chosen).client
        parts = urlsplit(self.client.meta.endpoint_url)
        self.host = parts.hostname or ""
        self.number = parts.port or (443 if parts.scheme == "https" else 80)

    def name(self) -> str:
        try:
            found = socket.getaddrinfo(self.host, self.number, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Failed(
                _("Aucun serveur ne répond au nom « %(host)s » : corrigez S3_ENDPOINT.", host=self.host)
            ) from error
        return str(_("« %(host)s » est à l’adresse %(value)s.", host=self.host, value=found[0][4][0]))

    def port(self) -> str:
        try:
            socket.create_connection((self.host, self.number), timeout=PATIENCE).close()
        except OSError as error:
            raise Failed(
                _(
                    "« %(host)s » ne répond pas sur le port %(number)s : corrigez S3_ENDPOINT.",
                    host=self.host,
                    number=self.number,
                )
            ) from error
        return str(_("Le port %(number)s répond.", number=self.number))

    def login(self) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client.head_bucket(Bucket=self.chosen.bucket)
        except (BotoCoreError, ClientError) as error:
            raise Failed(
                _(
                    "Le seau « %(bucket)s » n’existe pas ou refuse ces clés : vérifiez S3_BUCKET, S3_ACCESS_KEY "
                    "et S3_SECRET_KEY.",
                    bucket=self.chosen.bucket,
                )
            ) from error
        return str(_("Le seau « %(bucket)s » s’ouvre avec ces clés.", bucket=self.chosen.bucket))


class _Test:
    """What any storage does: list, write, read, delete."""

    def __init__(self, where: Storage) -> None:
        self.where = where
        self.key = derived_key(secrets.token_hex(32), "essai.txt")
        self.present = False

    def listing(self) -> str:
        try:
            found = len(list(islice(self.where.keys("originals/"), 100)))
        except StorageError as error:
            raise Failed(_("La liste des objets n’est pas donnée (%(error)s).", error=_reason(error))) from error
        return str(
            _("Plus de cent documents s’y trouvent.")
            if found == 100
            else _("Documents trouvés : %(found)s.", found=found)
        )

    def write(self) -> str:
        self.present = True
        try:
            self.where.put(self.key, WORDS, "text/plain")
        except StorageError as error:
            raise Failed(
                _("Écrire est impossible (%(error)s) : donnez le droit d’écriture.", error=_reason(error))
            ) from error
        return str(_("Un objet d’essai a été écrit."))

    def read(self) -> str:
        try:
            found = read(self.where, self.key)
        except StorageError as error:
            raise Failed(_("L’objet d’essai ne se relit pas (%(error)s).", error=_reason(error))) from error
        if found != WORDS:
            raise Failed(_("L’objet d’essai revient différent de ce qui a été écrit."))
        return str(_("L’objet d’essai se relit à l’identique."))

    def delete(self) -> str:
        try:
            self.where.delete(self.key)
        except StorageError as error:
            raise Failed(_("L’objet d’essai ne se supprime pas (%(error)s).", error=_reason(error))) from error
        self.present = False
        return str(_("L’objet d’essai est supprimé : le stockage est comme avant."))

    def end(self) -> None:
        """Leave nothing behind."""
        if self.present:
            with suppress(StorageError):
                self.where.delete(self.key)


def _reason(error: StorageError) -> str:
    return str(error).removeprefix(f"{error.key}: ").splitlines()[0][:160]
