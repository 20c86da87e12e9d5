"""What the signatures of a PDF are worth, whoever made them: cryptography, later changes, whether they are ours.

Nothing is fetched. A rollback to an earlier version and bytes changed inside the padding of a signature pass every
validator: whoever asks about a document of ours also compares its SHA-256 with what was recorded.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.documents import sandbox
from shared.documents.inspecting import LIMITS

Kind = Literal["certification", "signature", "timestamp"]
Coverage = Literal["ENTIRE_FILE", "ENTIRE_REVISION", "CONTIGUOUS_BLOCK_FROM_START", "UNCLEAR"]
Changes = Literal["NONE", "LTA_UPDATES", "FORM_FILLING", "ANNOTATIONS", "OTHER"]


@dataclass(frozen=True)
class Found:
    """One signature, in the order of the file.

    `intact`: the bytes it covers (the first `covers` ones) are those that were signed; `valid`: the signature is that
    of its certificate; `changes`: what was added after it, and `allowed` whether its author permits that. `ours`: the
    certificate comes from this installation's authority or from one that its administrator accepted. `at` is the
    timestamp's when `timestamped`, else only what the signer's machine said. `fault` names what could not be read.
    """

    field: str
    kind: Kind
    signer: str = ""
    organisation: str = ""
    issuer: str = ""
    serial: str = ""  # of the certificate, hexadecimal
    certificate_sha256: str = ""
    at: datetime | None = None
    timestamped: bool = False
    intact: bool = False
    valid: bool = False
    ours: bool = False
    coverage: Coverage = "UNCLEAR"
    changes: Changes = "OTHER"
    allowed: bool = False
    covers: int = 0
    fault: str = ""

    @property
    def stands(self) -> bool:
        """Whether it still says what its author signed: nothing altered, nothing added that may not be."""
        return self.intact and self.valid and self.allowed

    @property
    def covers_file(self) -> bool:
        """Whether nothing at all was added after it."""
        return self.coverage == "ENTIRE_FILE"


def signatures_of(data: bytes) -> list[Found]:
    """Every signature of a PDF, none when it has none. Raises FileRefused for what is not a readable PDF."""
    # Loaded when it is asked for: most processes never look at a signature.
    from shared.signatures.authority import revocations
    from shared.signatures.trusting import roots

    return found_in(data, roots=[root.dump() for root in roots()], crls=[revocations().dump()])


def found_in(data: bytes, *, roots: Sequence[bytes] = (), crls: Sequence[bytes] = ()) -> list[Found]:
    """As `signatures_of`, without the database: the authorities to trust and what they revoked, in DER."""
    facts, _none = sandbox.ask(
        "signatures",
        data,
        seconds=LIMITS.seconds,
        roots=[base64.b64encode(root).decode() for root in roots],
        crls=[base64.b64encode(crl).decode() for crl in crls],
    )
    return [_found(line) for line in facts["signatures"]]


def _found(line: dict[str, object]) -> Found:
    at = line.pop("at", None)
    return Found(**line, at=datetime.fromisoformat(str(at)) if at else None)  # type: ignore[arg-type]
