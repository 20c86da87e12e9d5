"""The company's certificate brought from outside: a PKCS#12 file, or a key that stays on its PKCS#11 token."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from flask_babel import gettext as _

from shared.clock import now
from shared.config import config
from shared.errors import Refused
from shared.events.recording import record
from shared.signatures.authority_models import KeyKind, KeySource, SigningKey
from shared.signatures.keys import current, keep

LARGEST = 100_000  # bytes of a PKCS#12 file
LEAST_RSA, LEAST_ELLIPTIC = 2048, 256  # bits (ANSSI, RGS B1)


def bring_pkcs12(*, data: bytes, password: str, by: str) -> SigningKey:
    """Make a PKCS#12 file the company's certificate. Raises Refused with the field that is wrong."""
    if len(data) > LARGEST:
        raise Refused(_("Ce fichier est trop grand pour un certificat : choisissez le fichier .p12 ou .pfx."), "file")
    try:
        found = load_pkcs12(data, password.encode())
    except ValueError as error:
        raise Refused(_("Ce fichier ne s’ouvre pas : vérifiez le mot de passe et le fichier."), "password") from error
    key, certificate = found.key, found.cert
    if certificate is None or not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise Refused(_("Ce fichier ne contient pas de clé RSA ou elliptique avec son certificat."), "file")
    _check(certificate.certificate, key.key_size, "file")
    if certificate.certificate.public_key() != key.public_key():
        raise Refused(_("La clé de ce fichier n’est pas celle du certificat."), "file")
    chain = _chain(certificate.certificate, [each.certificate for each in found.additional_certs])
    row = keep(
        kind=KeyKind.COMPANY,
        source=KeySource.PKCS12,
        certificate=certificate.certificate.public_bytes(Encoding.DER),
        chain=chain,
        private=key,
        by=by,
    )
    return _recorded(row, by)


def bring_token(*, module: str, token: str, label: str, pin: str, by: str) -> SigningKey:
    """Make a key of a PKCS#11 token the company's: `module` is the path of the library on this machine.

    Raises Refused with the field that is wrong.
    """
    # Loaded when it is asked for: pages that only show the certificate have no use of it.
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    library = Path(module)
    if not library.is_absolute() or not library.is_file() or library.resolve().is_relative_to(config().var):
        raise Refused(_("Cette bibliothèque n’existe pas sur la machine : écrivez son chemin complet."), "module")
    try:
        with open_pkcs11_session(module, token_criteria=TokenCriteria(label=token), user_pin=pin) as session:
            found = PKCS11Signer(session, cert_label=label, key_label=label).signing_cert
    except (PKCS11Error, OSError, ValueError, RuntimeError) as error:
        raise Refused(
            _("Le jeton ne répond pas ainsi : vérifiez son nom, celui de la clé et le code PIN."), "token"
        ) from error
    if found is None:
        raise Refused(_("Le jeton n’a pas de certificat de ce nom."), "label")
    certificate = x509.load_der_x509_certificate(found.dump())
    public = certificate.public_key()
    _check(certificate, getattr(public, "key_size", 0), "label")
    row = keep(
        kind=KeyKind.COMPANY,
        source=KeySource.PKCS11,
        certificate=found.dump(),
        chain=[],
        private=None,
        token={"module": module, "token": token, "label": label},
        pin=pin,
        by=by,
    )
    return _recorded(row, by)


def make_again(*, compromised: bool, by: str) -> SigningKey:
    """Go back to a certificate of the installation's authority; the one before is revoked when it was `compromised`."""
    from shared.signatures.authority import make_own, revoke

    before = current(KeyKind.COMPANY)
    row = make_own(KeyKind.COMPANY, by=by)
    if compromised and before is not None and before.source is KeySource.MADE:
        revoke(before)
    return _recorded(row, by)


def _recorded(row: SigningKey, by: str) -> SigningKey:
    subject = x509.load_der_x509_certificate(row.certificate).subject
    named = next((str(each.value) for each in subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)), "")
    record("setting.changed", by=by, facts={"key": "company_certificate", "value": f"{row.source}: {named}"})
    return row


def _check(certificate: x509.Certificate, bits: int, field: str) -> None:
    if certificate.not_valid_after_utc < now():
        raise Refused(_("Ce certificat a expiré : demandez-en un autre à qui vous l’a délivré."), field)
    if certificate.not_valid_before_utc > now():
        raise Refused(_("Ce certificat n’est pas encore valable : attendez sa date."), field)
    elliptic = "EllipticCurve" in type(certificate.public_key()).__name__
    if bits < (LEAST_ELLIPTIC if elliptic else LEAST_RSA):
        raise Refused(_("Cette clé est trop courte : RSA de 2048 bits ou courbe de 256 bits au moins."), field)
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise Refused(_("Ce certificat n’est pas fait pour signer : demandez un certificat de signature."), field)


def _chain(leaf: x509.Certificate, others: list[x509.Certificate]) -> list[bytes]:
    """From the issuer of the leaf upwards, whatever the order of the file."""
    found, at = [], leaf
    while at.issuer != at.subject:
        issuer = next((each for each in others if each.subject == at.issuer), None)
        if issuer is None or issuer in found:
            break
        found.append(issuer)
        at = issuer
    return [each.public_bytes(Encoding.DER) for each in found]
