"""A document made ready to be signed, once: opened, all its signature fields created, certified by the company.

What comes out is what is shown and hashed from then on; the original stays as it was filed.
"""

import base64
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import gettext as _
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from shared.documents import sandbox
from shared.documents.inspecting import LIMITS
from shared.errors import Refused
from shared.sheets.making import make_sheet
from shared.signatures.sealing import CERTIFICATION, company_seal
from shared.signatures.stamping import HEIGHT, WIDTH
from shared.signatures.validating import Found, signatures_of
from shared.signatures.writing import opened

LONGEST_ANCHOR = 200  # characters

Side = Literal["left", "right"]


@dataclass(frozen=True)
class Place:
    """Where one signature goes: a half of the last page, or beside a text when the document holds it.

    `field` is the name in the file (« S1 », « Societe »), `label` what a screen reader says of it.
    """

    field: str
    label: str
    side: Side
    anchor: str | None = None


@dataclass(frozen=True)
class Prepared:
    """The file to show and to sign, its digest (SHA-256, hexadecimal) and its number of pages."""

    data: bytes
    sha256: str
    pages: int
    added_page: bool


def prepare(data: bytes, *, places: Sequence[Place], title: str, certify: bool = True) -> Prepared:
    """Make the version that is signed. Raises Refused with what to ask the sender for, and as `company_seal`.

    Somebody else's signatures stay valid; a file that they keep from being signed again is refused. Over such a file
    the company signs without certifying, as only the first signature of a file may certify.
    """
    facts, base = sandbox.ask(
        "prepare",
        data,
        seconds=LIMITS.seconds,
        places=[_told(place) for place in places],
        size=[WIDTH, HEIGHT],
        page=base64.b64encode(_page(title)).decode(),
        pixels_max=LIMITS.pixels_max,
    )
    made = _with_fields(base, places, facts["boxes"], seals=certify)
    if certify:
        digest = hashlib.sha256(made).hexdigest()
        reason = _("Document envoyé pour signature")
        made = company_seal(
            made, field=CERTIFICATION, stamp=None, reason=reason, expected_sha256=digest, certify=not facts["signed"]
        ).data
    if facts["signed"]:
        _check_others(signatures_of(data), made)
    return Prepared(made, hashlib.sha256(made).hexdigest(), facts["pages"], facts["added"])


def _told(place: Place) -> dict[str, Any]:
    return {"side": place.side, "anchor": (place.anchor or "").strip()[:LONGEST_ANCHOR]}


def _page(title: str) -> bytes:
    sentence = _("Page ajoutée pour recevoir les signatures du document « %(title)s ».", title=title)
    return make_sheet("signatures", {"heading": _("Signatures"), "sentence": sentence}, standard=None)


def _with_fields(data: bytes, places: Sequence[Place], boxes: list[list[Any]], *, seals: bool) -> bytes:
    """All of them before the first signature: one that came later would break the certification."""
    writer = opened(data)
    try:
        for place, (page, *box) in zip(places, boxes, strict=True):
            a, b, c, d = box
            spec = SigFieldSpec(
                place.field,
                on_page=page,
                box=(a, b, c, d),
                readable_field_name=place.label,
                empty_field_appearance=False,
            )
            append_signature_field(writer, spec)
        if seals:
            append_signature_field(writer, SigFieldSpec(CERTIFICATION, readable_field_name=_("Envoi pour signature")))
    except PdfError as error:
        raise Refused(
            _(
                "Ce PDF contient déjà des champs du nom de ceux qu’il faudrait y ajouter. Rien n’a été préparé : "
                "demandez à l’expéditeur une version sans champ de signature."
            )
        ) from error
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _check_others(before: list[Found], made: bytes) -> None:
    """Refused when somebody else's signature would not survive ours."""
    after = {found.field: found for found in signatures_of(made)}
    for found in before:
        if found.intact and found.allowed and not (after[found.field].intact and after[found.field].allowed):
            raise Refused(
                _(
                    "Ce PDF porte une signature qui n’en permet pas d’autre. Rien n’a été préparé : "
                    "demandez à l’expéditeur une version qui n’est pas encore signée."
                )
            )
