"""Signatures a second on one core, against hashing and signing the same bytes with the same key and nothing else.

In seconds of processor, as other work may keep the machine busy; the circuits count the sandbox's seconds too.
"""

import hashlib
import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import pikepdf
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from benchmarks.figures import Figure, floor, in_turns, report, speed
from benchmarks.installation import installation
from shared.clock import now
from shared.signatures.authority import Sealer
from shared.signatures.authority_models import KeyKind, KeySource
from shared.signatures.keys import PrivateKey, current, held, keep
from shared.signatures.preparing import Place, Prepared, prepare
from shared.signatures.sealing import Level, company_seal, seal
from shared.signatures.stamping import Stamp, words
from shared.transactions import transaction
from tests.shared.signatures.foreign import somebody

ROUNDS, SPAN = 5, 0.6  # s of each side in each round
SIZES = {"100 KB": 100_000, "5 MB": 5_000_000}
LEAST_PLAIN, LEAST_LASTING, LEAST_CIRCUITS = 35, 5, 1.6  # a second
LEAST_RATIO = {"100 KB": 0.005, "5 MB": 0.05}
CLARA = Sealer("Clara Fontaine", "P-1", "Menuiserie Ôrion")
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, print, keep."""
    with installation() as made, made.app.app_context(), transaction():
        figures = [*_plain("P-256"), floor("lasting, P-256, 100 KB", _lasting(), LEAST_LASTING, "/s")]
        figures.append(floor("circuits of three signatures, 100 KB", _circuits(), LEAST_CIRCUITS, "/s"))
        certificate, key = somebody(900, 3072)
        der = certificate.public_bytes(Encoding.DER)
        keep(kind=KeyKind.COMPANY, source=KeySource.PKCS12, certificate=der, chain=[], private=key, by="bench")
        figures += _plain("RSA-3072")
    report("signing", figures)


def _plain(kind: str) -> list[Figure]:
    """The visible seal of the company without timestamp, for both sizes."""
    found = []
    for label, size in SIZES.items():
        prepared = _prepared(size)
        sides = {
            "ours": lambda p=prepared: _rate(lambda: _company(p, "B-B")),
            "bare": lambda p=prepared: _rate(_bare(p)),
        }
        _company(prepared, "B-B")
        rounds = in_turns(sides, ROUNDS)
        found.append(speed(f"visible, {kind}, {label}", rounds["ours"], rounds["bare"], LEAST_RATIO[label], "/s"))
        if (kind, label) == ("P-256", "100 KB"):
            found.append(
                floor(f"visible, {kind}, {label}, against what is asked", max(rounds["ours"]), LEAST_PLAIN, "/s")
            )
    return found


def _lasting() -> float:
    prepared = _prepared(SIZES["100 KB"])
    _company(prepared, "B-LTA")
    return max(_rate(lambda: _company(prepared, "B-LTA")) for _round in range(ROUNDS))


def _circuits() -> float:
    """Certified by the company, signed by somebody, countersigned: from the filed bytes to the last ones."""
    filed = _paper(SIZES["100 KB"])
    places = [Place("S1", "Signature", "left"), Place("Societe", "Société", "right")]

    def circuit() -> None:
        prepared = prepare(filed, places=places, title="Devis")
        stamp = Stamp(words(CLARA.common_name, now()))
        digest = prepared.sha256
        first = seal(prepared.data, field="S1", signer=CLARA, stamp=stamp, reason="Accord", expected_sha256=digest)
        company_seal(first.data, field="Societe", stamp=stamp, reason="Accord", expected_sha256=first.sha256)

    circuit()
    return max(_rate(circuit) for _round in range(ROUNDS))


def _company(prepared: Prepared, level: Level) -> None:
    stamp = Stamp(words("Menuiserie Ôrion", now()))
    company_seal(prepared.data, field="S1", stamp=stamp, reason="Accord", level=level, expected_sha256=prepared.sha256)


def _bare(prepared: Prepared) -> Callable[[], None]:
    row = current(KeyKind.COMPANY)
    key: PrivateKey | None = held(row).private if row is not None else None

    def sign() -> None:
        digest = hashlib.sha256(prepared.data).digest()
        if isinstance(key, ec.EllipticCurvePrivateKey):
            key.sign(digest, ec.ECDSA(Prehashed(SHA256())))
        elif isinstance(key, rsa.RSAPrivateKey):
            key.sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))

    return sign


def _prepared(size: int) -> Prepared:
    return prepare(_paper(size), places=[Place("S1", "Signature", "left")], title="Devis", certify=False)


def _paper(size: int) -> bytes:
    """An A4 page with a picture of that many bytes that nothing compresses."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842)).obj
        side = int(size**0.5)
        picture = pikepdf.Stream(pdf, os.urandom(side * side))
        picture.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image, "/BitsPerComponent": 8})
        picture.update({"/Width": side, "/Height": side, "/ColorSpace": pikepdf.Name.DeviceGray})
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=pdf.make_indirect(picture)))
        page.Contents = pdf.make_stream(b"q 300 0 0 300 150 450 cm /Im Do Q")
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def _rate(work: Callable[[], None]) -> float:
    """Times a second of processor, of this process and of its sandboxes."""
    start, end, count = _processor(), time.monotonic() + SPAN, 0
    while time.monotonic() < end or not count:
        work()
        count += 1
    return count / max(_processor() - start, 1e-6)


def _processor() -> float:
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    seconds = time.process_time()
    for child in children:
        try:
            told = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if b"sandboxed" in Path(f"/proc/{child}/cmdline").read_bytes():
            seconds += (int(told[11]) + int(told[12])) / CLOCK_TICKS
    return seconds


if __name__ == "__main__":
    main()
