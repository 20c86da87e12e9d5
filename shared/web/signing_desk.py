"""Where somebody signs: the portal, the back office, the clerk’s tablet. Each face says who, and gives a `Desk`."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from shared.documents.models import Version
from shared.signatures.accepting import Who
from shared.signatures.consenting import level_words
from shared.signatures.models import RequestState, Signer, SignerState
from shared.signatures.naming import name_of
from shared.web.damage import damaged


@dataclass(frozen=True)
class Desk:
    """What stands around the pages, under which address they are, and who signs there."""

    layout: str
    prefix: str
    who: Who
    leave: str  # where one goes without signing
    is_portal: bool = False  # there one may also refuse, ask, hand on to a colleague
    is_locked: bool = False  # the tablet handed over: there is no way out but by the clerk's password
    channels: tuple[str, ...] = ("email", "sms")

    def at(self, signer: Signer) -> str:
        """The address of the pages of this signer."""
        return f"{self.prefix}/{signer.id}"


@dataclass(frozen=True)
class PreparedSheet:
    """The prepared version as previews want it."""

    version_id: uuid.UUID
    sha256: str
    size: int
    kind: str
    pages: int | None


def is_open(signer: Signer) -> bool:
    """Whether this person may sign now."""
    return signer.state is SignerState.ASKED and signer.request.state is RequestState.OPEN


def sheet_of(version: Version) -> PreparedSheet:
    """What is shown of a version, and nothing of the document's other ones."""
    return PreparedSheet(version.id, version.sha256, version.size, version.kind, version.pages)


def around(desk: Desk, signers: Sequence[Signer]) -> dict[str, Any]:
    """What every page of signing shows."""
    first = signers[0]
    return {
        "layout": desk.layout,
        "desk": desk,
        "signers": list(signers),
        "base": desk.at(first),
        "signer_name": name_of(first),
        "level_words": level_words(first.request.level),
    }


def damage(signer: Signer, version: Version, desk: Desk) -> Response:
    """The stored bytes are not those that were prepared: nobody reads, nobody signs, the company is told."""
    ours = signer.request
    return damaged(sha256=version.sha256, by=desk.who.by, document_id=ours.document_id, party_id=ours.party_id)
