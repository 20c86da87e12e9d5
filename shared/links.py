"""Mailed links: a token is derived from a row's id at each build and stored nowhere.

Each purpose has its own salt, so that a token made for one is worth nothing for another.
"""

import base64
import binascii
import hashlib
import uuid
from typing import Protocol

from itsdangerous import BadSignature, Signer

from shared.config import config
from shared.settings.reading import secret, setting

PATHS = {
    "activation": "/a/",
    "reset": "/r/",
    "document": "/d/",
    "target": "/l/",
    "invitation": "/backoffice/invitation/",
    "unsubscribe": "/u/",
}


class Linked(Protocol):
    """What is needed of a `Link` row."""

    id: uuid.UUID

    @property
    def purpose(self) -> str: ...


def token(link: Linked) -> str:
    """The token of one link: 66 characters that fit in an address."""
    text = base64.urlsafe_b64encode(link.id.bytes).rstrip(b"=")
    return _signer(link.purpose).sign(text).decode()


def url(link: Linked) -> str:
    """The absolute address to mail, from the configured public address and never from a request."""
    return f"{config().public_url}{PATHS[link.purpose]}{token(link)}"


def read(token: str, purpose: str) -> uuid.UUID | None:
    """The id of the `Link` row behind a token, or None when we did not make it for this purpose."""
    try:
        text = _signer(purpose).unsign(token)
        return uuid.UUID(bytes=base64.urlsafe_b64decode(text + b"=="))
    except (BadSignature, ValueError, binascii.Error):
        return None


def _signer(purpose: str) -> Signer:
    """Once changed, the installation's identifier and password sign too: another one ends every link at once."""
    own = f":{setting('installation_id')}:{secret('installation_secret')}"
    salt = f"link:{purpose}" + (own if own != "::" else "")
    return Signer(config().derive(b"links"), salt=salt, digest_method=hashlib.sha256)
