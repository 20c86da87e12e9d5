"""Whom a signature made here rests on, for pyHanko: roots, revocations, and whether the network may be asked."""

from asn1crypto import x509
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import select

from shared.extensions import db
from shared.signatures.authority import authority, revocations
from shared.signatures.authority_models import KeyKind, KeySource, SigningKey, TimestampServer
from shared.signatures.keys import held


def context(*, fetches: bool = False) -> ValidationContext:
    """A context for one signature or one validation: pyHanko keeps what it learns in it.

    With `fetches` what a foreign certificate needs is asked of its issuer; without, only our own list serves.
    """
    return ValidationContext(
        trust_roots=roots(),
        crls=[revocations()],
        allow_fetching=fetches,
        revocation_mode="soft-fail" if fetches else "hard-fail",
    )


def roots() -> list[x509.Certificate]:
    """Our authority, then the top of each chain that an administrator brought or accepted."""
    known = [authority().certificate]
    foreign = select(SigningKey).where(SigningKey.kind == KeyKind.COMPANY, SigningKey.source != KeySource.MADE)
    for row in db.session.scalars(foreign.order_by(SigningKey.id)):
        key = held(row)
        known.append(key.chain[-1] if key.chain else key.certificate)
    anchors = select(TimestampServer.anchor).where(TimestampServer.anchor.is_not(None))
    known += [x509.Certificate.load(anchor) for anchor in db.session.scalars(anchors) if anchor]
    return known
