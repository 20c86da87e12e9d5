"""What must be read back later is sealed: encrypted and authenticated under a key of its own purpose."""

import base64

from cryptography.fernet import Fernet, InvalidToken

from shared.config import config


def seal(text: str, purpose: str) -> str:
    """`text` encrypted for `purpose`; the same text gives another result each time."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(token: str, purpose: str) -> str:
    """What was sealed for `purpose`; raises ValueError when it was altered or sealed for something else."""
    try:
        return _box(purpose).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ValueError("The sealed text was altered, or sealed for another purpose or key.") from error


def _box(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(config().derive(b"seal:" + purpose.encode())))
