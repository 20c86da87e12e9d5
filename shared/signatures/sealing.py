"""A signature put into a prepared PDF: PAdES (ETSI EN 319 142-1) by pyHanko, in a field that was there before.

What comes out begins with the very bytes that came in: nothing that was signed before is touched.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask_babel import gettext as _
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from shared.clock import now
from shared.errors import Refused
from shared.signatures.authority import Sealer, authority, one_shot
from shared.signatures.authority_models import KeySource
from shared.signatures.company import company_key, company_signer
from shared.signatures.signers import KeySigner
from shared.signatures.stamping import Stamp, StampStyle
from shared.signatures.timestamping import has_failed, stampers
from shared.signatures.trusting import context
from shared.signatures.writing import field_of, opened, rotation_of, stamped_by, unit_of

Level = Literal["B-B", "B-T", "B-LTA"]

LOG = logging.getLogger(__name__)
CERTIFICATION = "Envoi"
OWN_SEAL = "Sceau"  # the field of a file that only the company seals
# Hexadecimal digits kept for a signature. Each later reading of the file goes through them one by one.
ALONE, STAMPED, STAMPED_ELSEWHERE = 8_192, 12_288, 32_768


class Changed(Refused):
    """The bytes are not those that were shown: nobody signs."""

    def __init__(self) -> None:
        super().__init__(
            _("Le document a changé depuis qu’il a été affiché. Rien n’a été signé : rouvrez-le, puis relisez-le.")
        )


class NotSealed(Exception):
    """The seal could not be made for a reason of the installation, to be tried again: keys, timestamps."""


@dataclass(frozen=True)
class Sealed:
    """The file after, its digest, and what the proof tells of the signature."""

    data: bytes
    sha256: str
    before_sha256: str
    field: str
    certificate: bytes  # DER
    serial: str  # of the certificate, hexadecimal
    signer: str
    issuer: str
    signed_at: datetime
    level: Level
    timestamped_by: str  # address of the server, empty for our own authority


def seal(
    data: bytes,
    *,
    field: str,
    signer: Sealer,
    stamp: Stamp,
    reason: str,
    level: Level = "B-LTA",
    expected_sha256: str,
) -> Sealed:
    """Sign in the name of a person, with a certificate of one hour whose key is forgotten at once.

    Raises Changed when the digest of `data` (SHA-256, hexadecimal) is another, Refused when the field is signed
    already, NotSealed when it must be tried again later. A level without timestamp is for measuring: a certificate
    of one hour proves nothing after it.
    """
    certificate, key = one_shot(signer)
    hand = KeySigner(certificate, [authority().certificate], key)
    return _sealed(_Order(data, field, hand, stamp, reason, level), expected_sha256)


def company_seal(
    data: bytes,
    *,
    field: str,
    stamp: Stamp | None,
    reason: str,
    level: Level = "B-LTA",
    expected_sha256: str,
    certify: bool = False,
) -> Sealed:
    """Sign in the name of the company; `certify` makes it the first seal, after which only fields may be filled.

    Raises as `seal`.
    """
    fetches = company_key().source is not KeySource.MADE
    with company_signer() as hand:
        return _sealed(_Order(data, field, hand, stamp, reason, level, certify, fetches), expected_sha256)


def seal_pdf(data: bytes, *, reason: str) -> bytes:
    """The invisible seal of the company on a whole file that nobody else signs, with its timestamp."""
    digest = hashlib.sha256(data).hexdigest()
    return company_seal(data, field=OWN_SEAL, stamp=None, reason=reason, expected_sha256=digest).data


@dataclass(frozen=True)
class _Order:
    data: bytes
    field: str
    hand: Signer
    stamp: Stamp | None
    reason: str
    level: Level
    certify: bool = False
    fetches: bool = False  # the certificate is not ours: what proves it valid is asked of its issuer


def _sealed(order: _Order, expected_sha256: str) -> Sealed:
    if hashlib.sha256(order.data).hexdigest() != expected_sha256:
        raise Changed
    certificate = order.hand.signing_cert
    if certificate is None or certificate.not_valid_after < now():
        raise NotSealed("the certificate has expired")
    instant = now()
    made, by = _timestamped(order)
    if not made.startswith(order.data):
        raise NotSealed("the signed file does not begin with the file that was shown")
    return Sealed(
        data=made,
        sha256=hashlib.sha256(made).hexdigest(),
        before_sha256=expected_sha256,
        field=order.field,
        certificate=certificate.dump(),
        serial=f"{certificate.serial_number:x}",
        signer=str(certificate.subject.native.get("common_name", "")),
        issuer=str(certificate.issuer.native.get("common_name", "")),
        signed_at=instant,
        level=order.level,
        timestamped_by=by,
    )


def _timestamped(order: _Order) -> tuple[bytes, str]:
    """The signed file and who gave its timestamps: each server is tried for the whole, then our own authority."""
    if order.level == "B-B":
        return _written(order, None, ALONE, fetches=False), ""
    for url, stamper in stampers():
        try:
            room = STAMPED if not url and not order.fetches else STAMPED_ELSEWHERE
            return _written(order, stamper, room, fetches=order.fetches or bool(url)), url
        except (TimestampRequestError, SigningError) as error:
            if not url:
                raise NotSealed(type(error).__name__) from error
            LOG.warning("a timestamp server did not serve (%s): %s", type(error).__name__, url)
            has_failed(url)
    raise NotSealed("no timestamp")


def _written(order: _Order, stamper: TimeStamper | None, room: int, *, fetches: bool) -> bytes:
    writer = opened(order.data)
    lasting = order.level == "B-LTA"
    meta = PdfSignatureMetadata(
        field_name=order.field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=str(order.hand.subject_name),
        reason=order.reason,
        certify=order.certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        embed_validation_info=lasting,
        use_pades_lta=lasting,
        validation_context=context(fetches=fetches, also=stamped_by(writer)) if lasting else None,
    )
    style = None
    if order.stamp is not None:
        field = field_of(writer, order.field)
        style = StampStyle(stamp=order.stamp, rotation=rotation_of(field), unit=unit_of(field))
    signer = PdfSigner(meta, signer=order.hand, timestamper=stamper, stamp_style=style)
    only = order.field != OWN_SEAL
    try:
        out = signer.sign_pdf(writer, existing_fields_only=only, bytes_reserved=room)
    except PdfError as error:
        raise NotSealed(type(error).__name__) from error
    return bytes(out.getvalue())
