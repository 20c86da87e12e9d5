"""« Tester le stockage »: the place of the documents, stage by stage; the test object is removed."""

import os
import secrets
import socket
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from shared.config import S3, config
from shared.documents.storage import Storage, StorageError, derived_key, read, storage
from shared.settings.stages import Failed, walk

PATIENCE = 5.0  # seconds
NONE = "Sans objet : les documents sont dans un dossier de cette machine."
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
            raise Failed(f"Le dossier {self.folder} ne peut pas être créé ({error.strerror}).") from error
        return f"Le dossier {self.folder} existe."

    def port(self) -> str:
        return NONE

    def login(self) -> str:
        if not os.access(self.folder, os.R_OK | os.W_OK | os.X_OK):
            raise Failed(f"Guichet n’a pas le droit de lire et d’écrire dans {self.folder} : donnez-lui ce droit.")
        return "Guichet a le droit de lire et d’écrire dans ce dossier."


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
            raise Failed(f"Aucun serveur ne répond au nom « {self.host} » : corrigez S3_ENDPOINT.") from error
        return f"« {self.host} » est à l’adresse {found[0][4][0]}."

    def port(self) -> str:
        try:
            socket.create_connection((self.host, self.number), timeout=PATIENCE).close()
        except OSError as error:
            raise Failed(f"« {self.host} » ne répond pas sur le port {self.number} : corrigez S3_ENDPOINT.") from error
        return f"Le port {self.number} répond."

    def login(self) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client.head_bucket(Bucket=self.chosen.bucket)
        except (BotoCoreError, ClientError) as error:
            raise Failed(
                f"Le seau « {self.chosen.bucket} » n’existe pas ou refuse ces clés : vérifiez S3_BUCKET, S3_ACCESS_KEY "
                "et S3_SECRET_KEY."
            ) from error
        return f"Le seau « {self.chosen.bucket} » s’ouvre avec ces clés."


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
            raise Failed(f"La liste des objets n’est pas donnée ({_reason(error)}).") from error
        return "Plus de cent documents s’y trouvent." if found == 100 else f"Documents trouvés : {found}."

    def write(self) -> str:
        self.present = True
        try:
            self.where.put(self.key, WORDS, "text/plain")
        except StorageError as error:
            raise Failed(f"Écrire est impossible ({_reason(error)}) : donnez le droit d’écriture.") from error
        return "Un objet d’essai a été écrit."

    def read(self) -> str:
        try:
            found = read(self.where, self.key)
        except StorageError as error:
            raise Failed(f"L’objet d’essai ne se relit pas ({_reason(error)}).") from error
        if found != WORDS:
            raise Failed("L’objet d’essai revient différent de ce qui a été écrit.")
        return "L’objet d’essai se relit à l’identique."

    def delete(self) -> str:
        try:
            self.where.delete(self.key)
        except StorageError as error:
            raise Failed(f"L’objet d’essai ne se supprime pas ({_reason(error)}).") from error
        self.present = False
        return "L’objet d’essai est supprimé : le stockage est comme avant."

    def end(self) -> None:
        """Leave nothing behind."""
        if self.present:
            with suppress(StorageError):
                self.where.delete(self.key)


def _reason(error: StorageError) -> str:
    return str(error).removeprefix(f"{error.key}: ").splitlines()[0][:160]
