"""What must be read back later is sealed: encrypted and authenticated under a key of its own purpose."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.config import config

NONCE = 12  # bytes, drawn for each sealing


def seal(text: str, purpose: str) -> str:
    """`text` encrypted for `purpose`; the same text gives another result each time."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(token: str, purpose: str) -> str:
    """What was sealed for `purpose`; raises ValueError when it was altered or sealed for something else."""
    try:
        return _box(purpose).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ValueError("The sealed text was altered, or sealed for another purpose or key.") from error


def seal_bytes(data: bytes, purpose: str, name: str) -> bytes:
    """As `seal` for many bytes, a tenth larger at most; `name` says which piece it is and is needed to read it."""
    nonce = os.urandom(NONCE)
    return nonce + _cipher(purpose).encrypt(nonce, data, name.encode())


def unseal_bytes(sealed: bytes, purpose: str, name: str) -> bytes:
    """What was sealed under that name; raises ValueError when it was altered, or is another piece."""
    try:
        return _cipher(purpose).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
    except InvalidTag as error:
        raise ValueError("The sealed bytes were altered, or sealed for another purpose, name or key.") from error


def _cipher(purpose: str) -> AESGCM:
    return AESGCM(config().derive(b"seal-bytes:" + purpose.encode()))


def _box(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(config().derive(b"seal:" + purpose.encode())))
