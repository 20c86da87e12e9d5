"""Whom a signature made here rests on, for pyHanko: roots, revocations, and whether the network may be asked."""

from collections.abc import Sequence

from asn1crypto import x509
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import select

from shared.extensions import db
from shared.signatures.authority import authority, revocations
from shared.signatures.authority_models import KeyKind, KeySource, SigningKey, TimestampServer
from shared.signatures.keys import held


def context(*, fetches: bool = False, also: Sequence[x509.Certificate] = ()) -> ValidationContext:
    """A context for one signature: pyHanko keeps what it learns in it.

    With `fetches` what a foreign certificate needs is asked of its issuer; without, only our own list serves. `also`
    are taken as they are for that signature alone, unless a root that is known has issued them.
    """
    known = roots()
    issuers = {root.subject.hashable for root in known}
    return ValidationContext(
        trust_roots=[*known, *(each for each in also if each.issuer.hashable not in issuers)],
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
