"""The company's own certificate: made here, brought as a PKCS#12 file, or on a PKCS#11 token."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import Signer

from shared.signatures.authority import own_key
from shared.signatures.authority_models import KeyKind, KeySource, SigningKey
from shared.signatures.keys import held, pin_of
from shared.signatures.signers import KeySigner


def company_key() -> SigningKey:
    """The row that serves; made by the installation's authority until somebody brings another."""
    return own_key(KeyKind.COMPANY)


@contextmanager
def company_signer() -> Iterator[Signer]:
    """What signs for the company, open as long as the caller needs it."""
    row = company_key()
    key = held(row)
    if row.source is not KeySource.PKCS11 and key.private is not None:
        yield KeySigner(key.certificate, key.chain, key.private)
        return
    criteria = TokenCriteria(label=row.token["token"])
    with open_pkcs11_session(row.token["module"], token_criteria=criteria, user_pin=pin_of(row)) as session:
        yield PKCS11Signer(
            session, key_label=row.token["label"], signing_cert=key.certificate, ca_chain=list(key.chain)
        )
