"""The signatures of a PDF, looked at without asking anything of the network.

The certificates that a foreign file brings hold addresses: fetching from them would let a stranger choose where this
machine goes.
"""

import base64
import io
import logging
from datetime import datetime
from typing import Any

from shared.clock import now
from shared.documents.sandboxed.reject import Reject

MOST = 200  # signatures of one file
AFTER_A_STAMP = ("NONE", "LTA_UPDATES", "FORM_FILLING")  # what may follow a timestamp of the whole file

for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def signatures(data: bytes, *, roots: list[str], crls: list[str]) -> tuple[dict[str, Any], bytes]:
    """One line a signature, in the order of the file; `roots` and `crls` are ours, DER in base64."""
    # pyHanko takes half a second to load, and this subprocess is mostly asked for other things.
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        if reader.encrypted:
            reader.decrypt(b"")
        found = reader.embedded_signatures
    except (PdfError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Reject("unreadable") from error
    if len(found) > MOST:
        raise Reject("complex")
    return {"signatures": [_line(each, roots, crls) for each in found]}, b""


def _line(embedded: Any, roots: list[str], crls: list[str]) -> dict[str, Any]:
    stamps = str(embedded.sig_object.get("/Type", "")) == "/DocTimeStamp"
    line: dict[str, Any] = {"field": str(embedded.field_name), "kind": "timestamp" if stamps else "signature"}
    try:
        line |= _certificate(embedded.signer_cert)
        line |= _checked(embedded, roots, crls, stamps=stamps)
    except Exception as error:  # noqa: BLE001 (a broken signature says so in its own line; the others are still told)
        line["fault"] = type(error).__name__
    # Whose seal it was must be told of a file that was changed since, too: there pyHanko trusts nothing any more.
    line["ours"] = line.get("ours", False) or any(_issued(embedded.signer_cert, root) for root in roots)
    return line


def _issued(certificate: Any, root: str) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.x509 import load_der_x509_certificate

    try:
        issuer = load_der_x509_certificate(base64.b64decode(root))
        load_der_x509_certificate(certificate.dump()).verify_directly_issued_by(issuer)
    except (ValueError, TypeError, AttributeError, InvalidSignature):
        return False
    return True


def _certificate(certificate: Any) -> dict[str, Any]:
    subject, issuer = certificate.subject.native, certificate.issuer.native
    return {
        "signer": _text(subject.get("common_name")),
        "organisation": _text(subject.get("organization_name")),
        "issuer": _text(issuer.get("common_name")),
        "serial": f"{certificate.serial_number:x}",
        "certificate_sha256": certificate.sha256.hex(),
    }


def _checked(embedded: Any, roots: list[str], crls: list[str], *, stamps: bool) -> dict[str, Any]:
    from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
    from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

    said = embedded.signed_data if stamps else next(extract_tst_data_iter(embedded.signer_info, signed=False), None)
    moment = _said_at(said) if said is not None else now()
    check = validate_pdf_timestamp if stamps else validate_pdf_signature
    status: Any = check(embedded, _context(roots, crls, moment))
    stamp = status if stamps else status.timestamp_validity
    own_time = embedded.self_reported_timestamp
    level, (_, _, after, length) = embedded.docmdp_level, embedded.byte_range
    changes = status.modification_level
    return {
        "kind": "timestamp" if stamps else "signature" if level is None else "certification",
        "intact": bool(status.intact),
        "valid": bool(status.valid),
        "ours": bool(status.trusted),
        "timestamped": stamp is not None and bool(stamp.intact and stamp.valid and stamp.trusted),
        "at": (stamp.timestamp if stamp is not None else own_time).isoformat() if stamp or own_time else None,
        "coverage": status.coverage.name if status.coverage else "UNCLEAR",
        "changes": changes.name if changes is not None else "OTHER",
        "allowed": bool(status.docmdp_ok) if not stamps else changes is not None and changes.name in AFTER_A_STAMP,
        "covers": int(after) + int(length),
    }


def _said_at(signed_data: Any) -> datetime:
    told: datetime = signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    return told


def _context(roots: list[str], crls: list[str], moment: datetime) -> Any:
    """At the moment of the timestamp: a certificate of one hour is judged within its hour."""
    from asn1crypto import crl, x509
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=[x509.Certificate.load(base64.b64decode(each)) for each in roots],
        crls=[crl.CertificateList.load(base64.b64decode(each)) for each in crls],
        allow_fetching=False,
        revocation_mode="soft-fail",
        retroactive_revinfo=True,
        moment=moment,
    )


def _text(value: Any) -> str:
    """A name as a certificate holds it: one line, no control mark."""
    told = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return "".join(mark for mark in told if mark.isprintable())[:200]
